"""Proposes the pairs of photos that may be edited copies, with a rough transform each.

Points that look alike enter; `Proposals` leave. A photo proposes only the few others with which it shares the
most, points that many photos have counting less, so that a library of a thousand alike pictures costs a
thousand times as much as one picture, and not a million times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.copies.clusters import Clusters
from photodedup.core.match.copies.facings import WAY
from photodedup.core.match.copies.fitting import Alike, Numbers, fit
from photodedup.core.match.copies.points import Points
from photodedup.core.values import Index

Wide = NDArray[np.int64]
Numbered = NDArray[np.int32] | NDArray[np.int64]
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
_PART = 4_000_000
"""Pairs of points that are sorted together."""


@dataclass(frozen=True)
class Proposals:
    """Pairs of photos, each once.

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
    points: Points,
    one: Numbered,
    other: Numbered,
    known: Known,
    clusters: Clusters,
    told: Callable[[], object],
) -> Proposals:
    """Proposes pairs of photos.

    Args:
        points: The points of all photos.
        one: int (pairs of points,), as `meet` finds them.
        other: int (pairs of points,).
        known: Says which pairs of photos need no proposal.
        clusters: Which photos are shown together.
        told: Called now and then; it may end this by raising.
    """
    rarity = [1 / np.sqrt(np.maximum(np.bincount(each, minlength=len(points)), 1)) for each in (one, other)]
    parts = _by_photo(points, one)
    counted = [
        _counted(points, one[part], other[part], rarity[0][one[part]] * rarity[1][other[part]])
        for part in parts
    ]
    keys, sums = (np.concatenate([each[at] for each in counted]) for at in (0, 1))
    left, right = (keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32)
    fresh = np.flatnonzero(~known(left, right))
    wanted = keys[fresh[chosen(left[fresh], right[fresh], sums[fresh], clusters)]]
    found = [_fitted(points, one[part], other[part], wanted, told) for part in parts]
    key, transform = (np.concatenate([each[at] for each in found]) for at in (0, 1))
    return Proposals((key >> 32).astype(np.int32), (key & 0xFFFFFFFF).astype(np.int32), transform)


def _by_photo(points: Points, one: Numbered) -> list[slice]:
    """Parts of the pairs of points that can be held several times over; each has all pairs of its photos."""
    photo, cuts = points.photo[one], [0]
    while cuts[-1] < len(one):
        last = photo[min(cuts[-1] + _PART, len(one)) - 1]
        cuts.append(int(np.searchsorted(photo, last, side="right")))
    return [slice(begin, end) for begin, end in pairwise(cuts)] or [slice(0, 0)]


def _counted(points: Points, one: Numbered, other: Numbered, worth: Numbers) -> tuple[Wide, Numbers]:
    """The pairs of photos that share enough points, rising, and what these are worth."""
    key = points.photo[one].astype(np.int64) << 32 | points.photo[other]
    order = np.argsort(key, kind="stable")
    key = key[order]
    begins = np.flatnonzero(np.diff(key, prepend=-1))
    rich = np.diff(np.append(begins, len(key))) >= FEWEST
    sums = np.add.reduceat(worth[order], begins) if len(begins) else worth
    return key[begins[rich]], sums[rich]


def merged(parts: list[Proposals]) -> Proposals:
    """All proposals, each pair once; connected ones together, so that few thumbnails are needed at a time."""
    one, other = (np.concatenate([getattr(each, name) for each in parts]) for name in ("one", "other"))
    transform = np.concatenate([each.transform for each in parts])
    _, firsts = np.unique(one.astype(np.int64) << 32 | other, return_index=True)
    order = firsts[np.argsort(_connected(one[firsts], other[firsts]), kind="stable")]
    return Proposals(one[order], other[order], transform[order])


def _connected(one: Index, other: Index) -> Index:
    """The first photo that each pair is connected with: int32 (pairs,)."""
    label = np.arange(max(one.max(initial=0), other.max(initial=0)) + 1, dtype=np.int32)
    while True:
        before = label.copy()
        np.minimum.at(label, one, before[other])
        np.minimum.at(label, other, before[one])
        label = label[label]
        if np.array_equal(label, before):
            return label[one]


def chosen(
    left: Index, right: Index, worth: Numbers, clusters: Clusters, between: int = BETWEEN
) -> NDArray[np.bool_]:
    """Which pairs are proposed: the best few between two clusters, if one is among the best of the other.

    Args:
        left: int32 (pairs,), photos.
        right: int32 (pairs,), photos.
        worth: float64 (pairs,), how much each pair shares.
        clusters: Which photos are shown together.
        between: How many are proposed between two clusters.
    """
    one, other = clusters.of[left].astype(np.int64), clusters.of[right].astype(np.int64)
    both = np.minimum(one, other) << 32 | np.maximum(one, other)
    best = _rank(both, worth)
    heads = np.flatnonzero(best == 0)
    ends = np.concatenate((one[heads], other[heads]))
    near = _rank(ends, np.tile(worth[heads], 2)) < PARTNERS
    wanted = both[heads][near[: len(heads)] | near[len(heads) :]]
    return np.asarray((best < between) & np.isin(both, wanted))


def _rank(group: Wide, worth: Numbers) -> Wide:
    """The rank of each thing within its group, the worthiest first, then the first."""
    order = np.lexsort((np.arange(len(group)), -worth, group))
    begins = np.flatnonzero(np.diff(group[order], prepend=-1))
    sizes = np.diff(np.append(begins, len(order)))
    rank = np.empty(len(group), np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(begins, sizes)
    return rank


def _fitted(
    points: Points, one: Numbered, other: Numbered, wanted: Wide, told: Callable[[], object]
) -> tuple[Wide, Numbers]:
    """Of the pairs of photos that are wanted, those on whose transform enough points agree, and these."""
    key = points.photo[one].astype(np.int64) << 32 | points.photo[other]
    mine = np.flatnonzero(np.isin(key, wanted))
    one, other, key, words = one[mine], other[mine], key[mine], points.bits.view(np.uint64)
    differing = np.bitwise_count(words[one] ^ words[other]).sum(axis=1, dtype=np.uint8)
    order = np.lexsort((differing, key))
    one, other, key = one[order], other[order], key[order]
    begins = np.flatnonzero(np.diff(key, prepend=-1))
    sizes = np.diff(np.append(begins, len(key)))
    transforms, agree = [np.zeros((0, 2, 3))], [np.zeros(0, np.int64)]
    for start in range(0, len(begins), _AT_ONCE):
        told()
        some = slice(start, start + _AT_ONCE)
        place = np.arange(_MOST)
        at = begins[some, None] + np.minimum(place, sizes[some, None] - 1)
        fitted = fit(_alike(points, one[at], other[at], place < sizes[some, None]))
        transforms.append(fitted[0])
        agree.append(fitted[1])
    good = np.concatenate(agree) >= FEWEST
    return key[begins][good], np.concatenate(transforms)[good]


def _alike(points: Points, one: Numbered, other: Numbered, there: NDArray[np.bool_]) -> Alike:
    way = WAY[points.facing[one], points.facing[other]]
    return Alike(points.place[one].astype(np.float64), points.place[other].astype(np.float64), way, there)
