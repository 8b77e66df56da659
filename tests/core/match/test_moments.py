"""A copy keeps the moment of its picture; a shot taken seconds later is another picture."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from photodedup.core.group import build_tree
from photodedup.core.match import find_matches
from photodedup.core.values import Kind, Library
from tests.core.match.library import fingerprint, library_of

NEAR = frozenset({Kind.NEAR_DUPLICATE})
NOON = datetime(2019, 7, 21, 12)


def pairs(*taken, looks=None):
    """The near pairs of photos one bit apart, taken at these times."""
    looks = looks or [1 << at for at in range(len(taken))]
    prints = [
        fingerprint(at, look, taken=time) for at, (look, time) in enumerate(zip(looks, taken, strict=True))
    ]
    found = find_matches(library_of(prints), 4, NEAR)
    return list(zip(found.left.tolist(), found.right.tolist(), strict=True))


@pytest.mark.parametrize(
    ("later", "one_picture"),
    [
        (timedelta(0), True),
        (timedelta(milliseconds=400), True),
        (timedelta(seconds=1), False),
        (timedelta(minutes=59), False),
        (timedelta(hours=1), True),
        (timedelta(hours=2), True),
    ],
)
def test_alike_photos_of_another_moment_are_no_copies_of_each_other(later, one_picture):
    assert pairs(NOON, NOON + later) == ([(0, 1)] if one_picture else [])
    assert pairs(NOON + later, NOON) == ([(0, 1)] if one_picture else [])


def test_a_photo_that_does_not_say_when_it_was_taken_may_be_a_copy_of_any():
    assert pairs(NOON, None) == [(0, 1)]
    assert pairs(NOON, None, NOON + timedelta(seconds=2)) == [(0, 1), (1, 2)]


def groups(*taken):
    """The near groups of photos of one hash, taken at these times."""
    prints = [fingerprint(at, 5, small=at, taken=time) for at, time in enumerate(taken)]
    return [group.tolist() for group in build_tree(find_matches(library_of(prints), 4, NEAR)).cut(4)]


def test_photos_of_one_hash_and_another_moment_are_no_copies_of_each_other():
    later = NOON + timedelta(seconds=1)
    assert groups(NOON, later) == []
    assert groups(NOON, later, NOON, later) == [[0, 2], [1, 3]]
    assert groups(NOON, NOON + timedelta(hours=2)) == [[0, 1]]
    assert groups(NOON, None, NOON, None) == [[0, 1, 2, 3]]


def test_plain_photos_need_no_moment():
    prints = [fingerprint(at, 5, small=at, taken=NOON, plain=at < 2) for at in range(4)]
    assert [g.tolist() for g in build_tree(find_matches(library_of(prints), 4, NEAR)).cut(4)] == [[2, 3]]


def test_a_silent_photo_of_one_hash_joins_one_moment_only():
    assert groups(NOON, NOON + timedelta(seconds=1), None) == [[0, 2]]


def test_very_many_moments_of_one_hash_need_no_quadratic_list():
    found = find_matches(
        library_of([fingerprint(at, 5, small=at, taken=NOON + timedelta(seconds=at)) for at in range(5000)]),
        4,
        NEAR,
    )
    assert len(found.left) == 0
    assert found.nodes == 1


def test_a_library_without_photos_has_no_moments():
    assert len(find_matches(Library(), 4, NEAR).left) == 0
    assert np.array_equal(find_matches(Library(), 4, NEAR).node, np.zeros(0, np.int32))
