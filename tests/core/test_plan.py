"""A plan is data that can't be built so that a group loses its last photo."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodedup.core import disk
from photodedup.core.errors import LastPhotoError, NoKeeperError, WrongUseError
from photodedup.core.group import build_tree
from photodedup.core.match import find_matches
from photodedup.core.plan import (
    Plan,
    check_destination,
    plan_from_marks,
    plan_from_suggestions,
    read_plan,
    write_plan,
)
from photodedup.core.review import Review
from photodedup.core.suggest import suggest
from photodedup.core.values import Fingerprint, Kind, Library, Photo, Removal, Witness

KINDS = frozenset(Kind)


def witness(name: str, inode: int = 0) -> Witness:
    return Witness(Path("/photos") / name, 100, 7, 1, inode, name.encode().ljust(32))


def removal(photo: str, keeper: str, inodes: tuple[int, int] = (0, 0)) -> Removal:
    return Removal(witness(photo, inodes[0]), witness(keeper, inodes[1]), Kind.IDENTICAL_FILE, 0)


def photos(*bits: int, wide: tuple[int, ...] = (), damaged: str = "") -> Library:
    """One photo for each hash, named a, b, c and so on; the widths make keepers, some may be damaged."""
    made, seen = [], []
    for number, value in enumerate(bits):
        name = chr(97 + number)
        made.append(Photo(Path(f"/photos/{name}.jpg"), 100 + number, 7, 1, number + 1))
        width = wide[number] if wide else 1000
        content = name.encode().ljust(32)
        bits_of = value.to_bytes(32, "big")
        broken = name in damaged
        seen.append(Fingerprint(content, bits_of, b"", False, width, 1000, "JPEG", None, "", broken))
    return Library(made, seen)


def look(library: Library, threshold: int = 48):
    matches = find_matches(library, 64, KINDS)
    return matches, suggest(library, matches, build_tree(matches).cut(threshold))


def test_a_keeper_that_is_removed_makes_no_plan():
    with pytest.raises(NoKeeperError, match=r"would remove b, which is the keeper of a\."):
        Plan((removal("a", "b"), removal("b", "c")))


def test_a_keeper_under_another_name_that_is_removed_makes_no_plan():
    with pytest.raises(NoKeeperError):
        Plan((removal("a", "b", (1, 2)), removal("link-to-b", "c", (2, 3))))


def test_a_photo_that_keeps_itself_makes_no_plan():
    with pytest.raises(NoKeeperError):
        Plan((removal("a", "a", (1, 1)),))


def test_a_photo_removed_twice_makes_no_plan():
    for second in (removal("a", "c", (5, 6)), removal("other-name", "c", (1, 6))):
        with pytest.raises(NoKeeperError, match="twice"):
            Plan((removal("a", "b", (1, 2)), second))


def test_files_without_numbers_are_told_apart_by_their_paths():
    plan = Plan((removal("a", "b"), removal("c", "b")))
    assert (plan.size, plan.keepers) == (200, 1)


def test_marks_become_removals_with_the_kept_photo_as_keeper():
    library = photos(0, 1, 3, wide=(1000, 4000, 1000))
    matches, shown = look(library)
    paths = [photo.path for photo in library.photos]
    review = Review()
    review.keep_only(paths[2], paths)
    plan = plan_from_marks(library, matches, shown, review)
    assert {(each.photo.path, each.keeper.path) for each in plan.removals} == {
        (paths[0], paths[2]),
        (paths[1], paths[2]),
    }
    assert [each.distance for each in plan.removals] == [2, 1]
    assert plan.removals[0].kind is Kind.NEAR_DUPLICATE
    assert plan.removals[0].photo == Witness(paths[0], 100, 7, 1, 1, library.fingerprints[0].content)


def test_without_a_kept_photo_the_proposed_keeper_vouches():
    library = photos(0, 1, 3, wide=(1000, 1000, 4000))
    matches, shown = look(library)
    review = Review()
    review.trash(library.photos[0].path, [photo.path for photo in library.photos])
    assert plan_from_marks(library, matches, shown, review).removals[0].keeper.path.name == "c.jpg"


def test_an_intact_photo_vouches_before_a_damaged_one_that_is_kept():
    library = photos(0, 1, 2**9 - 1, wide=(1000, 4000, 1000), damaged="b")
    matches, shown = look(library)
    paths = [photo.path for photo in library.photos]
    review = Review()
    review.keep(paths[1])
    review.trash(paths[0], paths)
    plan = plan_from_marks(library, matches, shown, review)
    assert [each.keeper.path for each in plan.removals] == [paths[2]]


def test_an_intact_photo_stays_where_only_damaged_ones_would():
    library = photos(0, 1, 3, damaged="bc")
    matches, shown = look(library)
    paths = [photo.path for photo in library.photos]
    review = Review()
    review.keep_only(paths[1], paths)
    plan = plan_from_marks(library, matches, shown, review)
    assert [(each.photo.path, each.keeper.path) for each in plan.removals] == [(paths[2], paths[1])]
    expected = "a.jpg stays: only damaged photos that match it are kept."
    assert [each.sentence for each in plan.refusals] == [expected]


def test_the_rules_never_let_a_damaged_photo_stand_for_an_intact_one():
    library = photos(0, 1, 3, wide=(1000, 4000, 2000), damaged="b")
    plan = plan_from_suggestions(library, *look(library))
    found = {(each.photo.path.name, each.keeper.path.name) for each in plan.removals}
    assert found == {("a.jpg", "c.jpg"), ("b.jpg", "c.jpg")}


def test_a_group_that_keeps_nothing_is_refused_whole():
    library = photos(0, 0, 2**200 - 1)
    matches, shown = look(library, threshold=0)
    paths = [photo.path for photo in library.photos]
    review = Review()
    review.keep_only(paths[2], paths)
    plan = plan_from_marks(library, matches, shown, review)
    assert plan.removals == ()
    assert [each.sentence for each in plan.refusals] == [
        "a.jpg stays: no photo of its group is kept.",
        "b.jpg stays: no photo of its group is kept.",
    ]


def test_a_marked_photo_without_a_group_is_refused():
    library = photos(0, 2**40 - 1)
    matches, shown = look(library, threshold=10)
    paths = [photo.path for photo in library.photos]
    review = Review()
    review.trash(paths[0], paths)
    plan = plan_from_marks(library, matches, shown, review)
    assert [each.sentence for each in plan.refusals] == ["a.jpg stays: it has no copy at this similarity."]


def test_the_rules_propose_every_copy_of_a_keeper():
    library = photos(0, 1, 2**100 - 1, 2**101 - 1, wide=(1000, 4000, 1000, 1000))
    plan = plan_from_suggestions(library, *look(library))
    assert [(each.photo.path.name, each.keeper.path.name) for each in plan.removals] == [("a.jpg", "b.jpg")]


def test_a_plan_is_read_as_it_was_written(tmp_path):
    odd = Path("/photos/caf\udce9\n📷.jpg")
    plan = Plan((Removal(Witness(odd, 1, 2, 3, 4, b"x" * 32), witness("b", 9), Kind.NEAR_DUPLICATE, 12),))
    write_plan(plan, tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == plan


def test_a_plan_that_was_altered_to_remove_a_keeper_is_refused(tmp_path):
    path = tmp_path / "plan.json"
    write_plan(Plan((removal("a", "b"), removal("c", "d"))), path)
    path.write_text(path.read_text().replace("/photos/d", "/photos/a"))
    with pytest.raises(NoKeeperError):
        read_plan(path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("no json", "is not a plan"),
        ("[]", "is not a plan"),
        ('{"photodedup": "plan", "schema": 99}', "another version"),
        ('{"photodedup": "plan", "schema": 1}', "is damaged"),
        ('{"photodedup": "plan", "schema": 1, "removals": [{"photo": 1}]}', "is damaged"),
    ],
)
def test_a_file_that_is_no_plan_is_told(tmp_path, content, sentence):
    path = tmp_path / "plan.json"
    path.write_text(content)
    with pytest.raises(WrongUseError, match=sentence):
        read_plan(path)


def test_relative_paths_in_a_plan_are_damage(tmp_path):
    path = tmp_path / "plan.json"
    write_plan(Plan((removal("a", "b"),)), path)
    document = json.loads(path.read_text())
    document["removals"][0]["photo"]["path"] = "a"
    path.write_text(json.dumps(document))
    with pytest.raises(WrongUseError, match="is damaged"):
        read_plan(path)


def test_a_missing_plan_is_told(tmp_path):
    with pytest.raises(WrongUseError, match=r"cannot be read: No such file"):
        read_plan(tmp_path / "none.json")


def test_a_plan_replaces_only_a_plan(tmp_path):
    path = tmp_path / "plan.json"
    write_plan(Plan(()), path)
    write_plan(Plan((removal("a", "b"),)), path)
    assert len(read_plan(path).removals) == 1
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"\xff\xd8")
    with pytest.raises(WrongUseError, match="exists and is not a plan"):
        write_plan(Plan(()), photo)
    assert photo.read_bytes() == b"\xff\xd8"


def test_the_place_of_a_plan_is_looked_at_before(tmp_path):
    path = tmp_path / "plan.json"
    check_destination(path)
    write_plan(Plan(()), path)
    check_destination(path)
    with pytest.raises(WrongUseError, match=r"there is no folder .*none\. Choose another one"):
        check_destination(tmp_path / "none" / "plan.json")


def test_a_read_only_folder_for_a_plan_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    with pytest.raises(WrongUseError, match="is read-only"):
        check_destination(tmp_path / "plan.json")


@pytest.mark.parametrize(
    "what", ["photo", "folder", "pipe", "dangling link", "link to a plan", "altered plan"]
)
def test_what_is_no_plan_is_never_replaced(tmp_path, what):
    path = tmp_path / "plan.json"
    if what == "photo":
        path.write_bytes(b"\xff\xd8")
    elif what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "dangling link":
        path.symlink_to(tmp_path / "nowhere")
    elif what == "link to a plan":
        write_plan(Plan(()), tmp_path / "other.json")
        path.symlink_to(tmp_path / "other.json")
    else:
        write_plan(Plan((removal("a", "b"), removal("c", "d"))), path)
        path.write_text(path.read_text().replace("/photos/d", "/photos/a"))
    before = os.lstat(path)
    for call in (check_destination, lambda place: write_plan(Plan(()), place)):
        with pytest.raises(WrongUseError, match="exists and is not a plan"):
            call(path)
    assert os.lstat(path) == before


def test_a_plan_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "create_exclusive", full)
    with pytest.raises(WrongUseError, match=r"could not be written to .*: No space left on device"):
        write_plan(Plan(()), tmp_path / "plan.json")


MOVES = st.lists(st.tuples(st.sampled_from(["keep", "trash", "only"]), st.integers(0, 9)), max_size=30)


@given(st.lists(st.integers(0, 255), min_size=2, max_size=10), MOVES, st.integers(0, 16))
@settings(max_examples=60, deadline=None)
def test_whatever_is_marked_each_group_keeps_a_photo_that_matches(hashes, moves, threshold):
    library = photos(*hashes)
    paths = [photo.path for photo in library.photos]
    matches, _ = look(library)
    review, tree = Review(), build_tree(matches)
    for name, number in moves:
        wide = tree.cut(number % 9)
        group = next((g for g in wide if number % len(paths) in g), [0])
        _decide(review, name, paths[number % len(paths)], [paths[each] for each in group])
    shown = suggest(library, matches, tree.cut(threshold))
    plan = plan_from_marks(library, matches, shown, review)
    removed = {each.photo.path for each in plan.removals}
    for group in shown.groups:
        assert {paths[each] for each in group} - removed
    assert all(each.distance <= threshold for each in plan.removals)
    assert all(each.keeper.path not in removed for each in plan.removals)


def _decide(review: Review, name: str, photo: Path, group: list[Path]) -> None:
    try:
        if name == "keep":
            review.keep(photo)
        elif name == "trash":
            review.trash(photo, group)
        elif photo in group:
            review.keep_only(photo, group)
    except LastPhotoError:
        assert name == "trash"
