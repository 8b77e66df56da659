"""The key points that look like those of one photo: what is found does look alike, and little is missed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodedup.core.errors import StoppedError
from photodedup.core.match.copies.meeting import FURTHEST
from photodedup.core.match.copies.meeting_one import meet_one
from photodedup.core.match.copies.points import Points


def points_of(photos, bits):
    count = len(photos)
    place, facing = np.zeros((count, 3), np.float32), np.zeros(count, np.uint8)
    return Points(np.array(photos, np.int32), place, np.array(bits, np.uint8).reshape(count, 16), facing)


def near(random, bits, differing):
    """The same bits but for some."""
    flat = np.unpackbits(bits)
    flat[random.choice(128, differing, replace=False)] ^= 1
    return np.packbits(flat)


def brute(points, photo):
    found = []
    for one in range(len(points)):
        for other in range(one + 1, len(points)):
            apart = int(np.bitwise_count(points.bits[one] ^ points.bits[other]).sum())
            owners = {int(points.photo[one]), int(points.photo[other])}
            if len(owners) == 2 and photo in owners and apart <= FURTHEST:
                found.append((one, other))
    return found


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 3))
def test_points_that_differ_little_are_all_met_and_no_others(seed, photo):
    random = np.random.default_rng(seed)
    centres = random.integers(0, 256, (3, 16), np.uint8)
    photos = np.sort(random.integers(0, 4, 24))
    # Up to 15 flipped bits leave one of eight words with one of them at most.
    bits = [near(random, centres[random.integers(3)], int(random.integers(0, 8))) for _ in photos]
    points = points_of(photos, bits)
    one, other = meet_one(points, photo, lambda: None)
    assert list(zip(one.tolist(), other.tolist(), strict=True)) == brute(points, photo)


def test_most_of_the_points_that_differ_more_are_met():
    random = np.random.default_rng(5)
    mine = random.integers(0, 256, (400, 16), np.uint8)
    copies = [near(random, bits, 22) for bits in mine]
    strangers = random.integers(0, 256, (2000, 16), np.uint8)
    points = points_of([0] * 400 + [1] * 400 + [2] * 2000, [*mine, *copies, *strangers])
    one, other = meet_one(points, 0, lambda: None)
    assert sum(a + 400 == b for a, b in zip(one, other, strict=True)) > 340
    assert (other >= 800).sum() == 0


def test_a_photo_without_points_meets_nobody():
    points = points_of([1, 2], np.zeros((2, 16), np.uint8))
    assert [each.tolist() for each in meet_one(points, 7, lambda: None)] == [[], []]


def test_looking_for_the_points_of_one_photo_can_be_stopped():
    def stop():
        raise StoppedError("stopped")

    with pytest.raises(StoppedError):
        meet_one(points_of([1, 2], np.zeros((2, 16), np.uint8)), 1, stop)
