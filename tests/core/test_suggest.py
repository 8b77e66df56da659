"""The keeper of a group, and why in words."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from photodedup.core.group import build_tree
from photodedup.core.match import find_matches
from photodedup.core.plan import plan_from_suggestions
from photodedup.core.suggest import NO_KEEPER, every_why, measure, suggest, why
from photodedup.core.values import Fingerprint, Groups, Kind, Library, Pairs, Photo
from photodedup.core.values.columns import PhotoColumns

NEAR = frozenset(Kind)
TAKEN = datetime(2019, 7, 21)


def photo(
    name: str,
    content: str = "",
    size: int = 1000,
    pixels: tuple[int, int] = (4000, 3000),
    taken: datetime | None = None,
    mtime: int = 10,
    damaged: bool = False,
    bits: int = 0,
    proven: bytes | None = None,
):
    seen = Fingerprint(
        (content or name).encode().ljust(32),
        bits.to_bytes(32, "big"),
        b"",
        False,
        *pixels,
        "JPEG",
        taken,
        "Acme One" if taken else "",
        damaged,
        proven,
    )
    return Photo(Path("/photos") / name, size, mtime, 1, hash(name) & 0xFFFF), seen


def look(*pairs, kinds=NEAR, threshold=48):
    library = Library([p for p, _ in pairs], [f for _, f in pairs])
    matches = find_matches(library, 64, kinds)
    shown = suggest(library, matches, build_tree(matches).cut(threshold), kinds=kinds)
    keepers = [None if k == NO_KEEPER else library.photos[k].path.name for k in shown.keeper]
    reasons = [why(matches, shown, number, measure(library)) for number in range(len(shown))]
    assert list(every_why(matches, shown, measure(library))) == reasons
    return shown, keepers, reasons


def test_the_largest_photo_is_proposed():
    _, keepers, reasons = look(photo("a.jpg", pixels=(1600, 1200)), photo("b.jpg"))
    assert (keepers, reasons) == (["b.jpg"], ["largest"])


def test_a_damaged_photo_is_never_the_keeper():
    whole = photo("b.jpg", pixels=(400, 300))
    _, keepers, reasons = look(photo("a.jpg", damaged=True), whole)
    assert (keepers, reasons) == (["b.jpg"], ["not damaged"])


def test_among_damaged_photos_only_there_is_no_keeper():
    _, keepers, reasons = look(photo("a.jpg", damaged=True), photo("b.jpg", damaged=True, pixels=(40, 30)))
    assert (keepers, reasons) == ([None], ["no clear winner: every photo is damaged"])


def test_a_copy_with_a_frame_does_not_win_by_its_few_pixels_more():
    framed = photo("a.jpg", pixels=(4200, 3200))
    _, keepers, reasons = look(framed, photo("b.jpg", taken=TAKEN))
    assert (keepers, reasons) == (["b.jpg"], ["full metadata"])


def test_the_less_compressed_photo_is_proposed():
    _, keepers, reasons = look(photo("a.jpg", size=500), photo("b.jpg", size=1000))
    assert (keepers, reasons) == (["b.jpg"], ["least compressed"])


def test_several_reasons_are_told_in_their_order():
    group = photo("a.jpg", taken=TAKEN), photo("b.jpg"), photo("c.jpg", pixels=(40, 30), taken=TAKEN)
    assert look(*group)[2] == ["largest, full metadata"]


def test_photos_that_differ_in_nothing_that_counts_have_no_clear_winner():
    shown, keepers, reasons = look(photo("a.jpg"), photo("b.jpg", size=990))
    assert (keepers, reasons) == ([None], ["no clear winner: compare them"])
    assert shown.space() == 0


@pytest.mark.parametrize("copy", ["a (1).jpg", "a copy.jpg", "a~2.jpg", "a-1.jpg"])
def test_of_identical_files_the_plainest_name_stays(copy):
    _, keepers, reasons = look(photo(copy, "same"), photo("b.jpg", "same"))
    assert (keepers, reasons) == (["b.jpg"], ["plainest name"])


@pytest.mark.parametrize("folder", ["Backup", "2019/old_phone", "WhatsApp Images", "Sicherung (2)", "Copies"])
def test_of_identical_files_the_one_outside_a_folder_of_copies_stays(folder):
    _, keepers, reasons = look(photo(f"{folder}/a.jpg", "same"), photo("Trips/a (1).jpg", "same"))
    assert (keepers, reasons) == (["a (1).jpg"], ["not in a folder of copies"])


def test_words_inside_other_words_are_no_folder_of_copies():
    _, keepers, reasons = look(photo("Golden/a.jpg", "same"), photo("Trips/a (1).jpg", "same"))
    assert (keepers, reasons) == (["a.jpg"], ["plainest name"])


def test_a_library_that_lies_in_a_backup_is_decided_by_the_other_rules():
    _, keepers, reasons = look(photo("Backup/a (1).jpg", "same"), photo("Backup/b/a.jpg", "same"))
    assert (keepers, reasons) == (["a.jpg"], ["plainest name"])


def test_of_identical_files_the_oldest_stays():
    _, keepers, reasons = look(photo("a.jpg", "same", mtime=20), photo("b.jpg", "same", mtime=10))
    assert (keepers, reasons) == (["b.jpg"], ["oldest file"])


def test_of_identical_files_that_differ_in_nothing_the_first_stays():
    _, keepers, reasons = look(photo("a.jpg", "same"), photo("b.jpg", "same"))
    assert (keepers, reasons) == (["a.jpg"], ["else alike, so the first"])


def test_the_best_ones_may_be_identical_pictures():
    best = [photo(name, proven=b"pixels", taken=TAKEN) for name in ("b.jpg", "c.jpg")]
    shown, keepers, reasons = look(photo("a.jpg", pixels=(40, 30)), *best)
    assert (keepers, reasons) == (["b.jpg"], ["largest, full metadata, else alike, so the first"])
    assert shown.kind.tolist() == [Kind.NEAR_DUPLICATE]


def test_identical_files_come_first_then_the_most_space():
    shown, keepers, _ = look(
        photo("a.jpg", pixels=(40, 30), size=5000, bits=1),
        photo("b.jpg", bits=1),
        photo("c.jpg", "same", bits=2**255 - 1),
        photo("d.jpg", "same", bits=2**255 - 1),
        photo("e.jpg", "more", size=9000, bits=(2**255 - 1) ^ (2**120 - 1)),
        photo("f.jpg", "more", size=9000, bits=(2**255 - 1) ^ (2**120 - 1)),
    )
    assert keepers == ["e.jpg", "c.jpg", "b.jpg"]
    assert shown.free.tolist() == [9000, 1000, 5000]
    assert shown.kind.tolist() == [0, 0, 2]
    assert shown.space() == 15000


def test_only_groups_of_the_wanted_kinds_are_shown():
    pairs = photo("a.jpg"), photo("b.jpg", pixels=(40, 30))
    wanted = frozenset({Kind.IDENTICAL_FILE})
    assert len(look(*pairs, kinds=wanted)[0]) == 0
    shown, _, _ = look(
        *pairs, photo("c.jpg", "same", bits=2**200 - 1), photo("d.jpg", "same", bits=2**200 - 1)
    )
    assert shown.only(Kind.IDENTICAL_FILE).groups[0].tolist() == [2, 3]


def test_without_a_keeper_photos_are_compared_with_the_first():
    shown, _, _ = look(photo("a.jpg"), photo("b.jpg"))
    assert shown.anchor(0) == 0


def paired(library, *names):
    """The same library, some of whose photos have a raw photo or a film beside them."""
    rows = library.files.rows.copy()
    rows["paired"] = [each.path.name in names for each in library.photos]
    files = PhotoColumns(library.files.folders, rows, library.files.names, library.files.ends)
    return Library(files, library.seen)


@pytest.mark.parametrize(
    ("with_raw", "proposed", "free", "held"),
    [
        ((), ["small.jpg", "tiny.jpg"], 20, ""),
        (("small.jpg",), ["tiny.jpg"], 10, ", but another stays for its raw photo or film"),
        (("small.jpg", "tiny.jpg"), [], 0, ", but others stay for their raw photos or films"),
        (("large.jpg", "small.jpg"), ["small.jpg", "tiny.jpg"], 20, ""),
    ],
)
def test_a_photo_with_a_raw_photo_that_the_keeper_lacks_is_not_proposed(with_raw, proposed, free, held):
    pairs = [
        photo("large.jpg", size=99),
        photo("small.jpg", size=10, pixels=(800, 600)),
        photo("tiny.jpg", size=10, pixels=(400, 300)),
    ]
    library = paired(Library([p for p, _ in pairs], [f for _, f in pairs]), *with_raw)
    matches = find_matches(library, 64, NEAR)
    shown = suggest(library, matches, build_tree(matches).cut(48))

    def names(photos):
        return [library.photos[each].path.name for each in photos.tolist()]

    assert names(shown.proposal(0)) == names(shown.groups.members[shown.proposed]) == proposed
    assert names(shown.holding(0)) == [each for each in with_raw if each not in proposed and held]
    assert shown.space() == free
    assert why(matches, shown, 0, measure(library)) == "largest" + held
    assert names(shown.only(Kind.NEAR_DUPLICATE).holding(0)) == names(shown.holding(0))
    for pairs_wanted, refusable in ((Pairs.TOGETHER, 0), (Pairs.PHOTO_ONLY, len(shown.holding(0)))):
        plan = plan_from_suggestions(library, matches, shown, pairs_wanted)
        assert len(plan.removals) == len(proposed) + refusable


def test_no_groups_give_no_proposals():
    library = Library()
    empty = Groups(np.zeros(0, np.int32), np.zeros(1, np.int64), 48)
    shown = suggest(library, find_matches(library, 0, NEAR), empty)
    assert len(shown) == shown.space() == 0
