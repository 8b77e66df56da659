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

from photodedup.core.match.copies.clusters import Clusters
from photodedup.core.match.copies.facings import WAY
from photodedup.core.match.copies.fitting import Alike, Numbers, fit
from photodedup.core.match.copies.points import Points
from photodedup.core.values import Index

Wide = NDArray[np.int64]
Known = Callable[[Index, Index], NDArray[np.bool_]]
"""Says of pairs of photos which need no proposal."""

PARTNERS = 12
"""Clusters of near photos that one cluster proposes."""
BETWEEN = 2
"""Pairs of photos that are proposed between two clusters."""
FEWEST = 4
"""Points that two photos must share to be looked at, and on whose places they must agree."""
_MOST = 20
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


def propose(
    points: Points, one: Wide, other: Wide, known: Known, clusters: Clusters, told: Callable[[], object]
) -> Proposals:
    """Proposes pairs of photos.

    Args:
        points: The points of all photos.
        one: int64 (pairs of points,), as `meet` finds them.
        other: int64 (pairs of points,).
        known: Says which pairs of photos need no proposal.
        clusters: Which photos are shown together.
        told: Called now and then; it may end this by raising.
    """
    worth = 1 / np.sqrt(_times(one, len(points))[one] * _times(other, len(points))[other])
    key = points.photo[one].astype(np.int64) << 32 | points.photo[other]
    words = points.bits.view(np.uint64)
    differing = np.bitwise_count(words[one] ^ words[other]).sum(axis=1, dtype=np.uint8)
    order = np.lexsort((differing, key))
    one, other, key, worth = one[order], other[order], key[order], worth[order]
    begins = np.flatnonzero(np.diff(key, prepend=-1))
    sizes = np.diff(np.append(begins, len(key)))
    sums = np.add.reduceat(worth, begins) if len(begins) else worth
    left, right = (key[begins] >> 32).astype(np.int32), (key[begins] & 0xFFFFFFFF).astype(np.int32)
    rich = np.flatnonzero((sizes >= FEWEST) & ~known(left, right))
    rich = rich[chosen(left[rich], right[rich], sums[rich], clusters)]
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


def chosen(left: Index, right: Index, worth: Numbers, clusters: Clusters) -> NDArray[np.bool_]:
    """Which pairs are proposed: the best few between two clusters, if one is among the best of the other.

    Args:
        left: int32 (pairs,), photos.
        right: int32 (pairs,), photos.
        worth: float64 (pairs,), how much each pair shares.
        clusters: Which photos are shown together.
    """
    one, other = clusters.of[left].astype(np.int64), clusters.of[right].astype(np.int64)
    both = np.minimum(one, other) << 32 | np.maximum(one, other)
    best = _rank(both, worth)
    heads = np.flatnonzero(best == 0)
    ends = np.concatenate((one[heads], other[heads]))
    near = _rank(ends, np.tile(worth[heads], 2)) < PARTNERS
    wanted = both[heads][near[: len(heads)] | near[len(heads) :]]
    return np.asarray((best < BETWEEN) & np.isin(both, wanted))


def _rank(group: Wide, worth: Numbers) -> Wide:
    """The rank of each thing within its group, the worthiest first, then the first."""
    order = np.lexsort((np.arange(len(group)), -worth, group))
    begins = np.flatnonzero(np.diff(group[order], prepend=-1))
    sizes = np.diff(np.append(begins, len(order)))
    rank = np.empty(len(group), np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(begins, sizes)
    return rank


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
