"""Proposes the pairs of photos that may be edited copies, with a rough transform each.

Points that look alike enter; `Proposals` leave. A photo proposes only the few others with which it shares the
most, points that many photos have counting less, so that a library of a thousand alike pictures costs a
thousand times as much as one picture, and not a million times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.copies.facings import WAY
from photodedup.core.match.copies.fitting import Alike, Numbers, fit
from photodedup.core.match.copies.points import Points
from photodedup.core.values import Index

Wide = NDArray[np.int64]
Leave = Callable[[Index, Index], NDArray[np.bool_]]
"""Says of pairs of photos which are not to be proposed."""

PARTNERS = 12
"""Photos that one photo proposes."""
FEWEST = 4
"""Points that two photos must share to be looked at, and on whose places they must agree."""
_MOST = 28
"""Points of a pair that are looked at, those most alike."""
_AT_ONCE = 400


@dataclass(frozen=True)
class Proposals:
    """Pairs of photos, sorted.

    Attributes:
        one: int32 (pairs,), a photo.
        other: int32 (pairs,), a later photo.
        transform: float64 (pairs, 2, 3), takes a place in the first one to that in the second, both in shares
            of the longer side.
    """

    one: Index
    other: Index
    transform: Numbers

    def __len__(self) -> int:
        return len(self.one)


def propose(points: Points, one: Wide, other: Wide, leave: Leave, told: Callable[[], object]) -> Proposals:
    """Proposes pairs of photos.

    Args:
        points: The points of all photos.
        one: int64 (pairs of points,), as `meet` finds them.
        other: int64 (pairs of points,).
        leave: Says which pairs of photos are known already.
        told: Called now and then; it may end this by raising.
    """
    worth = 1 / np.sqrt(_times(one, len(points))[one] * _times(other, len(points))[other])
    key = points.photo[one].astype(np.int64) << 32 | points.photo[other]
    differing = np.bitwise_count(points.bits.view(np.uint64)[one] ^ points.bits.view(np.uint64)[other])
    order = np.lexsort((differing.sum(axis=1), key))
    one, other, key, worth = one[order], other[order], key[order], worth[order]
    begins = np.flatnonzero(np.diff(key, prepend=-1))
    sizes = np.diff(np.append(begins, len(key)))
    sums = np.add.reduceat(worth, begins) if len(begins) else worth
    left, right = (key[begins] >> 32).astype(np.int32), (key[begins] & 0xFFFFFFFF).astype(np.int32)
    rich = np.flatnonzero((sizes >= FEWEST) & ~leave(left, right))
    rich = rich[_among_the_best(left[rich], right[rich], sums[rich])]
    found = [_fitted(points, one, other, begins[some], sizes[some], told) for some in _parts(rich)]
    agree = np.concatenate([each[1] for each in found] or [np.zeros(0, np.int64)])
    transform = np.concatenate([each[0] for each in found] or [np.zeros((0, 2, 3))])
    good = agree >= FEWEST
    return Proposals(left[rich][good], right[rich][good], transform[good])


def merged(parts: list[Proposals]) -> Proposals:
    """All proposals, each pair once and sorted."""
    one, other = (np.concatenate([getattr(each, name) for each in parts]) for name in ("one", "other"))
    transform = np.concatenate([each.transform for each in parts])
    _, firsts = np.unique(one.astype(np.int64) << 32 | other, return_index=True)
    return Proposals(one[firsts], other[firsts], transform[firsts])


def _times(numbers: Wide, count: int) -> NDArray[np.float64]:
    return np.bincount(numbers, minlength=count).astype(np.float64)


def _parts(numbers: Wide) -> Iterator[Wide]:
    return (numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE))


def _among_the_best(left: Index, right: Index, worth: Numbers) -> NDArray[np.bool_]:
    """Whether a pair is among the best of one of its two photos."""
    ends = np.concatenate((left, right))
    pair = np.tile(np.arange(len(left)), 2)
    order = np.lexsort((pair, -np.tile(worth, 2), ends))
    begins = np.flatnonzero(np.diff(ends[order], prepend=-1))
    sizes = np.diff(np.append(begins, len(order)))
    rank = np.arange(len(order)) - np.repeat(begins, sizes)
    best = np.zeros(len(left), np.bool_)
    best[pair[order[rank < PARTNERS]]] = True
    return best


def _fitted(
    points: Points, one: Wide, other: Wide, begins: Wide, sizes: Wide, told: Callable[[], object]
) -> tuple[Numbers, Wide]:
    """Transforms of pairs of photos whose points begin where `begins` says, and how many points agree."""
    told()
    place = np.arange(_MOST)
    there = place < sizes[:, None]
    at = begins[:, None] + np.minimum(place, sizes[:, None] - 1)
    first, second = one[at], other[at]
    way = WAY[points.facing[first], points.facing[second]]
    return fit(
        Alike(points.place[first].astype(np.float64), points.place[second].astype(np.float64), way, there)
    )
