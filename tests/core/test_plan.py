"""A plan is data that can't be built so that a group loses its last photo."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodedup.core.errors import LastPhotoError, NoKeeperError
from photodedup.core.group import build_tree
from photodedup.core.match import find_matches
from photodedup.core.plan import Plan, plan_from_marks, plan_from_suggestions
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
