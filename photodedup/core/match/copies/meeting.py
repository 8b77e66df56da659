"""Finds the key points that look alike in different photos, without comparing all with all.

`Points` enter; pairs of points leave. Each point is put under keys of its bits, those first that copies
keep best (the slowest waves: each changes in 3 to 10 of 100 copies), in several orders; sorted by key, points
that look alike lie together, and each is compared with its next neighbours only. A crowd that shares a key,
such as the icons of all screenshots, costs as much as any other points.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.copies.facings import SLOW
from photodedup.core.match.copies.points import Points
from photodedup.core.values import Bits, Index, distinct

Wide = NDArray[np.int64]

ORDERS = 4
"""In how many orders the bits are read."""
NEIGHBOURS = 8
"""How many next ones under a key a point is compared with."""
FURTHEST = 36
"""Bits of 128 within which two points look alike; random ones differ in 64."""
_LEAST_SHARED = 16
_LENGTH = 38
_POOL = 56
"""How many of the slowest waves the keys are made of."""
_SPREAD = 42.0
_GOLDEN = 0.6180339887498949
_AT_ONCE = 1 << 16


def meet(points: Points, told: Callable[[], object]) -> tuple[Index, Index]:
    """Finds the points that look alike.

    Args:
        points: At most 2**26 - 1 points.
        told: Called after each order of bits; it may end this by raising.

    Returns:
        int32 (pairs,) twice: numbers of points, the first one in the photo that comes first; sorted, unique.
    """
    every = np.zeros(0, np.int64)
    shared = max(_LEAST_SHARED, max(len(points) - 1, 1).bit_length())
    for order in range(ORDERS):
        every = distinct(np.concatenate((every, _met(points, _keys(points.bits, order), shared, told))))
    return (every >> 32).astype(np.int32), (every & 0xFFFFFFFF).astype(np.int32)


def _keys(bits: Bits, order: int) -> NDArray[np.uint64]:
    """The key of each point, the point's number in its low bits: uint64 (points,)."""
    pool = np.arange(_POOL)
    mixed = pool + _SPREAD * (((pool + 1) * (order + 1) * _GOLDEN + order * 0.37) % 1.0)
    chosen = np.array(SLOW)[np.argsort(mixed, kind="stable")[:_LENGTH]]
    keys = np.empty(len(bits), np.uint64)
    for start in range(0, len(bits), _AT_ONCE):
        some = np.zeros((len(bits[start : start + _AT_ONCE]), 64), np.uint8)
        some[:, :_LENGTH] = np.unpackbits(bits[start : start + _AT_ONCE], axis=1)[:, chosen]
        keys[start : start + _AT_ONCE] = np.packbits(some, axis=1).view(">u8").ravel()
    keys |= np.arange(len(bits), dtype=np.uint64)
    return keys


def _met(points: Points, keys: NDArray[np.uint64], shared: int, told: Callable[[], object]) -> Wide:
    """The pairs of neighbours under one order of keys that look alike, the first point above the second."""
    keys.sort()
    number = (keys & np.uint64((1 << (64 - _LENGTH)) - 1)).astype(np.int64)
    keys >>= np.uint64(64 - shared)
    words = points.bits.view(np.uint64)
    at = np.arange(len(keys))
    found = [np.zeros(0, np.int64)]
    for step in range(1, NEIGHBOURS + 1):
        told()
        at = at[at < len(keys) - step]
        at = at[keys[at] == keys[at + step]]
        one, other = number[at], number[at + step]
        apart = points.photo[one] != points.photo[other]
        one, other = one[apart], other[apart]
        differing = np.bitwise_count(words[one] ^ words[other]).sum(axis=1)
        alike = differing <= FURTHEST
        one, other = one[alike], other[alike]
        found.append(np.minimum(one, other) << 32 | np.maximum(one, other))
    return distinct(np.concatenate(found))
