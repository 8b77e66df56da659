"""Shots of one moment: same camera, seconds apart, and alike by a look that is far too loose for copies."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from photodedup.core.group import build_tree
from photodedup.core.match import find_shots
from photodedup.core.match.shots import ALIKE, CROWD, SECONDS
from tests.core.match.library import fingerprint, library_of

BEGAN = datetime(2019, 7, 11, 15, 7, 32)
WIDE = int.from_bytes(b"\x07\xff" * 16)
"""A look that shares the slowest waves with a look of no bits, and no others."""


def shot(content, seconds, bits=0, camera="Acme One", **others):
    taken = None if seconds is None else BEGAN + timedelta(seconds=seconds)
    look = int(bits).to_bytes(32, "big")
    return replace(fingerprint(content, look, **others), taken=taken, camera=camera)


def slow(count):
    """A look in which so many of the slowest waves differ from a look of no bits, and nothing else."""
    places = [row * 16 + column for row in range(5) for column in range(5)]
    return sum(1 << (255 - place) for place in places[:count])


def groups_of(*shots, waves=True):
    found = find_shots(library_of(shots), waves)
    return [group.tolist() for group in build_tree(found).cut(found.furthest)]


def test_shots_a_fraction_of_a_second_apart_are_of_one_moment():
    assert groups_of(shot(1, 0.2), shot(2, 0.4, WIDE), shot(3, 60)) == [[0, 1]]


@pytest.mark.parametrize(
    "other",
    [
        shot(2, SECONDS + 0.001),
        shot(2, 1, camera="Acme Two"),
        shot(2, 1, slow(ALIKE + 1)),
        shot(2, None),
        shot(2, 1, plain=True),
        shot(2, 1, format="DNG"),
    ],
    ids=["later", "other camera", "not alike", "no date", "plain", "raw"],
)
def test_other_photos_are_not_of_the_moment(other):
    assert groups_of(shot(1, 0), other) == []
    assert groups_of(shot(1, 0), shot(2, SECONDS, WIDE | slow(ALIKE))) == [[0, 1]]


def test_all_shots_of_a_group_are_of_one_moment():
    times = [0, 4, 8, 12, 16]
    groups = groups_of(*(shot(at, seconds, 1 << at) for at, seconds in enumerate(times)))
    assert all(times[group[-1]] - times[group[0]] <= SECONDS for group in groups)
    assert len(groups) == 2


def test_a_clock_that_stands_still_makes_no_moment():
    assert groups_of(*(shot(at, 0, at) for at in range(CROWD + 1))) == []
    assert groups_of(*(shot(7, 0, 7) for _ in range(CROWD + 1)), shot(8, 1)) == [list(range(CROWD + 2))]


def test_hashes_without_waves_are_compared_whole():
    assert groups_of(shot(1, 0), shot(2, 1, 2**80 - 1), waves=False) == [[0, 1]]
    assert groups_of(shot(1, 0), shot(2, 1, WIDE), waves=False) == []
    small = [replace(shot(at, at), bits=bytes([at << 6, *[7] * at, *[0] * (7 - at)])) for at in range(2)]
    assert groups_of(*small) == [[0, 1]]


def test_few_pairs_of_different_pictures_are_alike_enough():
    random = np.random.default_rng(1).integers(0, 256, (400, 32), dtype=np.uint8)
    shots = [shot(at, 60 * (at // 2), int.from_bytes(row.tobytes())) for at, row in enumerate(random)]
    assert len(groups_of(*shots)) < 200 * 0.06


def test_an_empty_library_has_no_shots():
    assert groups_of() == []
