import numpy as np

from photodedup.core.match import edit_between, edited, place_in
from photodedup.core.values import NO_EDITS, Edits, Matches


def matches_with(edits, pictures=(0, 1, 2, 1)):
    own, none = np.arange(4, dtype=np.int32), np.zeros(0, np.int32)
    return Matches(own, none, none, none, own, np.array(pictures, np.int32), 8, edits)


def made(*triples):
    copy, source, likeness = zip(*triples, strict=True)
    transform = np.arange(6 * len(triples), dtype=np.float32).reshape(-1, 2, 3)
    return Edits(np.array(copy, np.int32), np.array(source, np.int32), transform, np.array(likeness))


def test_an_edit_is_found_from_both_sides():
    matches = matches_with(made((0, 1, 0.5)))
    one, other = (each.ravel().astype(np.int32) for each in np.indices((4, 4)))
    found = {
        (int(a), int(b)) for a, b in zip(one, other, strict=True) if edited(matches, one, other)[a * 4 + b]
    }
    assert found == {(0, 1), (1, 0), (0, 3), (3, 0)}


def test_what_was_proven_of_a_picture_holds_for_its_identical_copies():
    edit = edit_between(matches_with(made((0, 1, 0.5))), 3, 0)
    assert (edit.copy, edit.source, edit.likeness) == (0, 3, 0.5)
    assert edit.transform.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_of_several_edits_the_likeliest_is_given():
    edit = edit_between(matches_with(made((0, 1, 0.5), (3, 0, 0.75))), 0, 1)
    assert (edit.copy, edit.source, edit.likeness) == (1, 0, 0.75)


def test_photos_without_an_edit_have_none():
    for edits in (NO_EDITS, made((0, 1, 0.5))):
        assert edit_between(matches_with(edits), 1, 2) is None
        assert edited(matches_with(edits), np.int32(2), np.arange(4, dtype=np.int32)).tolist() == [False] * 4


def test_the_place_of_one_photo_in_the_other_is_known_from_both_sides():
    quarter = np.array([[[0.5, 0, 0.25], [0, 0.5, 0.5]]], np.float32)
    one, other = np.zeros(1, np.int32), np.ones(1, np.int32)
    matches = matches_with(Edits(one, other, quarter, np.ones(1, np.float32)))
    assert place_in(matches, 0, 1).tolist() == [[0.5, 0, 0.25], [0, 0.5, 0.5]]
    assert place_in(matches, 3, 0).tolist() == [[2, 0, -0.5], [0, 2, -1]]
    assert place_in(matches, 1, 2) is None
