"""Finds the key points of a library that look like those of one photo.

`Points` enter; pairs of points leave. Two points that look alike differ in 36 of 128 bits at most and mostly
in far fewer, so that one of their eight words of 16 bits is nearly always equal but for one bit. Each word of
every point is looked up among those words of the one photo: that costs a few nanoseconds, and meets, by
chance, one point of the photo for each point of the library.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.copies.meeting import FURTHEST
from photodedup.core.match.copies.points import Points

Wide = NDArray[np.int64]

_FLIPS = np.array([0, *(1 << bit for bit in range(16))], np.uint16)
_AT_ONCE = 1 << 18


def meet_one(points: Points, photo: int, told: Callable[[], object]) -> tuple[Wide, Wide]:
    """Finds the points of other photos that look like those of one.

    Args:
        points: Those of all photos.
        photo: The number of the one.
        told: Called now and then; it may end this by raising.

    Returns:
        int64 (pairs,) twice: numbers of points, the first one in the photo that comes first; sorted, unique.
    """
    mine = np.flatnonzero(points.photo == photo)
    others = np.flatnonzero(points.photo != photo)
    found = [np.zeros(0, np.int64)]
    for word in range(8):
        mates = _Mates(points.bits.view("<u2")[mine, word], mine)
        for start in range(0, len(others), _AT_ONCE):
            told()
            some = others[start : start + _AT_ONCE]
            one, other = mates.of(points.bits.view("<u2")[some, word], some)
            bits = points.bits.view(np.uint64)
            alike = np.bitwise_count(bits[one] ^ bits[other]).sum(axis=1) <= FURTHEST
            one, other = one[alike], other[alike]
            found.append(np.minimum(one, other) << 32 | np.maximum(one, other))
    every = np.unique(np.concatenate(found))
    return every >> 32, every & 0xFFFFFFFF


class _Mates:
    """Points by one of their words, and by what that word becomes where one bit flips."""

    def __init__(self, words: NDArray[np.uint16], numbers: Wide) -> None:
        keys = (words[:, None] ^ _FLIPS).ravel()
        order = np.argsort(keys, kind="stable")
        self._numbers = np.repeat(numbers, len(_FLIPS))[order]
        self._counts = np.bincount(keys, minlength=1 << 16)
        self._begins = np.cumsum(self._counts) - self._counts

    def of(self, words: NDArray[np.uint16], numbers: Wide) -> tuple[Wide, Wide]:
        """The mates of other points, and these points as often as they have any: int64 (pairs,) each."""
        times = self._counts[words]
        met = np.flatnonzero(times)
        times, begins = times[met], self._begins[words[met]]
        within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        return self._numbers[np.repeat(begins, times) + within], np.repeat(numbers[met], times)
