"""Edited copies in proposals and plans: nothing goes without a photo that matches it directly."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodedup.core.group import build_tree, hang
from photodedup.core.match import find_matches
from photodedup.core.plan import plan_from_marks, plan_from_suggestions
from photodedup.core.review import Review
from photodedup.core.suggest import NO_KEEPER, direct, measure, suggest, vouched, why
from photodedup.core.values import Fingerprint, Groups, Kind, Library, Mark, Photo
from tests.core.group.test_stars import edits_of

KINDS = frozenset(Kind)
FAR = 2**200 - 1


def photos(*bits, wide=(), damaged="", contents=""):
    """One photo for each hash, named a, b, c and so on; those of one letter in `contents` are identical."""
    made, seen = [], []
    for number, value in enumerate(bits):
        name = chr(97 + number)
        made.append(Photo(Path(f"/photos/{name}.jpg"), 100 + number, 7, 1, number + 1))
        content = (contents[number] if contents else name).encode().ljust(32)
        width = wide[number] if wide else 1000
        look = value.to_bytes(32, "big")
        broken = name in damaged
        seen.append(Fingerprint(content, look, b"", False, width, 1000, "JPEG", None, "", broken))
    return Library(made, seen)


def look(library, edits, threshold=48, shots=None):
    matches = replace(find_matches(library, 64, KINDS), edits=edits_of(edits))
    areas = library.seen.rows["width"].astype(np.int64) * library.seen.rows["height"]
    groups = hang(build_tree(matches).cut(threshold), matches, areas)
    return matches, suggest(library, matches, groups, shots=shots)


def marked(library, *names):
    return Review({Path(f"/photos/{name}.jpg"): Mark.TRASH for name in names})


def removed(plan):
    return {(each.photo.path.stem, each.keeper.path.stem, each.kind) for each in plan.removals}


# b and d are one picture; a is a crop of b, c is one of d, and e is a smaller copy of the crop c.
FIVE = photos(FAR, 0, FAR << 56, 1, (FAR << 56) + 1, wide=(9000, 4000, 800, 1000, 400))
CROPS = [(0, 1, 0.9), (2, 3, 0.8), (4, 3, 0.7)]


def test_the_keeper_is_the_source_and_no_crop_however_large():
    library = photos(FAR, 0, wide=(9000, 100))
    matches, shown = look(library, [(0, 1, 0.9)])
    assert shown.keeper.tolist() == [1]
    assert why(matches, shown, 0, measure(library)) == "the picture that the other was made from"
    assert shown.kind.tolist() == [Kind.EDITED_COPY]
    assert shown.kinds(0) == {0: Kind.EDITED_COPY}


def test_nothing_is_proposed_for_a_source_that_is_damaged():
    library = photos(FAR, 0, damaged="b")
    matches, shown = look(library, [(0, 1, 0.9)])
    assert shown.keeper.tolist() == [NO_KEEPER]
    assert shown.anchor(0) == 1
    reason = "no clear winner: the picture that the other was made from is damaged"
    assert why(matches, shown, 0, measure(library)) == reason


def test_edited_copies_are_shown_and_never_proposed_for_the_trash():
    matches, shown = look(FIVE, CROPS)
    assert [group.tolist() for group in shown.groups] == [[1, 3, 0, 2, 4]]
    assert shown.keeper.tolist() == [1]
    assert why(matches, shown, 0, measure(FIVE)) == "largest"
    assert shown.proposal(0).tolist() == [3]
    assert shown.proposed.tolist() == [False, True, False, False, False]
    assert shown.space() == 103
    near, edited = Kind.NEAR_DUPLICATE, Kind.EDITED_COPY
    assert shown.kinds(0) == {3: near, 0: edited, 2: edited, 4: edited}
    assert removed(plan_from_suggestions(FIVE, matches, shown)) == {("d", "b", near)}


def test_kinds_are_counted_and_chosen():
    library = photos(0, 1, FAR, FAR << 56, contents="xxyz")
    shots = Groups(np.array([2, 3], np.int32), np.array([0, 2]), 48)
    matches, shown = look(library, [], shots=shots)
    counts = shown.counts()
    assert {kind: (each.groups, each.photos) for kind, each in counts.items() if each.groups} == {
        Kind.IDENTICAL_FILE: (1, 1),
        Kind.SIMILAR_SHOT: (1, 1),
    }
    assert shown.only(Kind.SIMILAR_SHOT).groups.members.tolist() == [2, 3]
    assert len(shown.only(Kind.SIMILAR_SHOT, Kind.IDENTICAL_FILE)) == 2
    assert shown.keeper.tolist() == [0, NO_KEEPER]
    assert why(matches, shown, 1, measure(library)) == "shots of one moment: look which are worth keeping"
    assert shown.kind_between(matches, 1, 2, 3) is Kind.SIMILAR_SHOT
    assert removed(plan_from_suggestions(library, matches, shown)) == {("b", "a", Kind.IDENTICAL_FILE)}


def test_a_shot_that_the_person_marks_goes_while_another_stays():
    library = photos(0, FAR)
    shots = Groups(np.array([0, 1], np.int32), np.array([0, 2]), 48)
    matches, shown = look(library, [], shots=shots)
    assert removed(plan_from_marks(library, matches, shown, marked(library, "b"))) == {
        ("b", "a", Kind.SIMILAR_SHOT)
    }


def test_a_marked_crop_goes_while_its_source_stays():
    matches, shown = look(FIVE, CROPS)
    plan = plan_from_marks(FIVE, matches, shown, marked(FIVE, "a"))
    assert removed(plan) == {("a", "b", Kind.EDITED_COPY)}


def test_a_marked_crop_stays_where_its_source_goes():
    matches, shown = look(FIVE, CROPS)
    plan = plan_from_marks(FIVE, matches, shown, marked(FIVE, "a", "b"))
    assert removed(plan) == {("b", "d", Kind.NEAR_DUPLICATE)}
    expected = "a.jpg stays: the picture that it was made from is not kept."
    assert [each.sentence for each in plan.refusals] == [expected]


def test_a_smaller_copy_of_a_crop_vouches_before_the_source():
    matches, shown = look(FIVE, CROPS)
    plan = plan_from_marks(FIVE, matches, shown, marked(FIVE, "e"))
    assert removed(plan) == {("e", "c", Kind.NEAR_DUPLICATE)}


def test_a_source_goes_only_for_a_crop_that_shows_it_directly():
    matches, shown = look(FIVE, CROPS)
    plan = plan_from_marks(FIVE, matches, shown, marked(FIVE, "b", "d", "c", "e"))
    assert removed(plan) == {("b", "a", Kind.EDITED_COPY)}
    assert {each.sentence for each in plan.refusals} == {
        "c.jpg stays: the picture that it was made from is not kept.",
        "d.jpg stays: a photo that matches it is not kept.",
        "e.jpg stays: the picture that it was made from is not kept.",
    }


def test_an_identical_file_of_the_source_vouches_as_the_source_does():
    library = photos(FAR, 0, 0, contents="xyy")
    matches, shown = look(library, [(0, 1, 0.9)])
    plan = plan_from_marks(library, matches, shown, marked(library, "a", "b"))
    assert removed(plan) == {("a", "c", Kind.EDITED_COPY), ("b", "c", Kind.IDENTICAL_FILE)}


def test_two_crops_of_one_picture_do_not_match_each_other():
    matches, shown = look(FIVE, CROPS)
    assert direct(matches, shown.groups, 0, 0).tolist() == [True, False, True, False, False]
    assert shown.kind_between(matches, 0, 0, 2) is Kind.EDITED_COPY
    assert shown.kind_between(matches, 0, 2, 4) is Kind.NEAR_DUPLICATE


def test_without_groups_nothing_is_vouched_for():
    matches, shown = look(photos(0), [])
    assert vouched(matches, shown.groups, np.zeros(0, bool)).tolist() == []


@st.composite
def libraries(draw):
    count = draw(st.integers(2, 9))
    bits = draw(st.lists(st.sampled_from([0, 1, 3, FAR, FAR - 1, FAR << 56]), min_size=count, max_size=count))
    pair = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda p: p[0] != p[1])
    made = draw(st.dictionaries(pair, st.integers(1, 9), max_size=12))
    damaged = draw(st.sets(st.sampled_from("abcdefghi"), max_size=2))
    contents = draw(st.text("xyzuvw", min_size=count, max_size=count)) if draw(st.booleans()) else ""
    if contents:  # equal content has an equal look
        bits = [bits["xyzuvw".index(each) % count] for each in contents]
        damaged = set()
    library = photos(*bits, damaged="".join(damaged), contents=contents)
    return library, [(*each, likeness / 10) for each, likeness in made.items()]


@settings(max_examples=200, deadline=None)
@given(libraries(), st.sets(st.sampled_from("abcdefghi")), st.sampled_from([0, 1, 48]))
def test_whatever_is_marked_nothing_goes_without_a_direct_match_that_stays(drawn, names, threshold):
    library, edits = drawn
    matches, shown = look(library, edits, threshold)
    review = marked(library, *names)
    plan = plan_from_marks(library, matches, shown, review)
    gone = {each.photo.path for each in plan.removals}
    number = {photo.path: at for at, photo in enumerate(library.photos)}
    pairs = {frozenset(each[:2]) for each in edits}
    same = matches.same_picture
    for each in plan.removals:
        assert each.keeper.path not in gone
        one, other = number[each.photo.path], number[each.keeper.path]
        by_edit = any({same[one], same[other]} == {same[a], same[b]} for a, b in map(tuple, pairs))
        assert by_edit if each.kind is Kind.EDITED_COPY else each.distance <= threshold
    for group in shown.groups:
        assert {library.photos[photo].path for photo in group.tolist()} - gone
    proposed = plan_from_suggestions(library, matches, shown)
    assert all(each.kind <= Kind.NEAR_DUPLICATE and each.distance <= threshold for each in proposed.removals)
    assert shown.space() == proposed.size


@settings(max_examples=200, deadline=None)
@given(libraries(), st.sets(st.sampled_from("abcdefghi")))
def test_what_is_vouched_for_is_what_a_plan_moves(drawn, names):
    library, edits = drawn
    matches, shown = look(library, edits)
    trash = np.array([chr(97 + photo) in names for photo in shown.groups.members.tolist()], bool)
    held = vouched(matches, shown.groups, trash)
    plan = plan_from_marks(library, matches, shown, marked(library, *names))
    for_damage = {each.path for each in plan.refusals if "damaged" in each.sentence}
    going = {each.photo.path for each in plan.removals} | for_damage
    assert {library.photos[photo].path for photo in shown.groups.members[held].tolist()} == going


@pytest.mark.parametrize("threshold", [0, 48])
def test_the_kind_of_a_group_is_its_weakest(threshold):
    library = photos(0, 0, 3, FAR, contents="xxyz")
    _, shown = look(library, [(3, 0, 0.9)], threshold)
    assert shown.kind.tolist() == [Kind.EDITED_COPY]
