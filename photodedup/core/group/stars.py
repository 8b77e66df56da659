"""Hangs edited copies on the group of the picture that they were made from: stars, never chains.

Enters: the near clusters at one position of the slider, and the edits. Leaves: `Groups` with satellites. A
photo that is near no other one is a cluster too. A cluster is either a centre or hangs on a centre with which
it has a direct edit; a cluster whose partners all hang already stays on its own.

The picture that others were made from is the one that most of them have an edit with: two crops need not
share anything, nor need a crop and a screenshot, but each shares all of itself with its source. So centres
are taken greedily, first the cluster with the most clusters around it, those made from it counting twice,
those that it was made from not at all, and as many again if it has so many photos itself. This is the greedy
maximal independent set under a total order, so the order in which anything was met cannot matter, and one
edit whose direction was mistaken decides little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from photodedup.core.values import Groups, Index, Matches, distinct

OPEN, CENTRE, HUNG = 0, 1, 2
States = NDArray[np.uint8]


@dataclass(frozen=True)
class _Arrows:
    """Which cluster was made from which. Only clusters with an arrow have a number here.

    Attributes:
        first: int32 (clusters,), the first photo of each, rising.
        copy: int32 (arrows,), a cluster.
        source: int32 (arrows,), the cluster that it was made from.
        likeness: float32 (arrows,).
        group: int32 (clusters,), the number of its group, -1 for a photo that is near no other one.
    """

    first: Index
    copy: Index
    source: Index
    likeness: NDArray[np.float32]
    group: Index

    def __len__(self) -> int:
        return len(self.first)


def hang(
    groups: Groups, matches: Matches, areas: NDArray[np.int64], gone: NDArray[np.bool_] | None = None
) -> Groups:
    """Hangs the clusters of edited copies on the clusters that they were made from.

    Args:
        groups: The near clusters of two photos or more.
        matches: The matches, with their edits.
        areas: int64 (photos,), the pixels of each photo.
        gone: bool (photos,), True for photos that are no longer there, which `groups` leave out.

    Returns:
        The groups, ordered by their first photo, with their satellites.
    """
    if not len(matches.edits):
        return groups
    arrows = _arrows(matches, groups, len(areas), gone)
    return _laid_out(groups, arrows, _centres(arrows, areas, groups)) if len(arrows) else groups


def _arrows(matches: Matches, groups: Groups, photos: int, gone: NDArray[np.bool_] | None) -> _Arrows:
    """The edits between clusters; one within a cluster says nothing that nearness does not say better."""
    heads, edits = groups.members[groups.starts[:-1]], matches.edits
    first = np.arange(photos, dtype=np.int32)
    first[groups.members] = np.repeat(heads, np.diff(groups.starts))
    copy, source = first[edits.copy], first[edits.source]
    between = copy != source
    if gone is not None:
        between &= ~(gone[edits.copy] | gone[edits.source])
    real = np.flatnonzero(between)
    copy, source = copy[real], source[real]
    there = np.zeros(photos, bool)
    there[copy] = there[source] = True
    clusters = np.flatnonzero(there).astype(np.int32)
    # Each number is written before it is read, so that the others cost nothing.
    place = np.empty(photos, np.int32)
    place[clusters] = -1
    place[heads] = np.arange(len(heads), dtype=np.int32)
    group = place[clusters]
    place[clusters] = np.arange(len(clusters), dtype=np.int32)
    return _Arrows(clusters, place[copy], place[source], edits.likeness[real], group)


def _centres(arrows: _Arrows, areas: NDArray[np.int64], groups: Groups) -> Index:
    """The centre that each cluster belongs to, itself for a centre; -1 for others: int32 (clusters,)."""
    weight = _weights(arrows, _sizes(groups, arrows))
    losing = _losing(arrows, weight, areas, groups)
    loser = np.where(losing, arrows.copy, arrows.source)
    winner = arrows.copy + arrows.source - loser
    state = _settled(loser, winner, len(arrows))
    here, there = state[loser], state[winner]
    up = np.flatnonzero((here == HUNG) & (there == CENTRE))
    # What hangs on one centre may touch another one that comes later than itself.
    down = np.flatnonzero((there == HUNG) & (here == CENTRE))
    one, other = np.concatenate((loser[up], winner[down])), np.concatenate((winner[up], loser[down]))
    likeness = np.concatenate((arrows.likeness[up], arrows.likeness[down]))
    reached = np.flatnonzero(_best(weight[other], one, len(arrows)))
    reached = reached[_best(likeness[reached], one[reached], len(arrows))]
    reached = reached[_best(-other[reached], one[reached], len(arrows))]
    result = np.full(len(arrows), -1, np.int32)
    centres = np.flatnonzero(state == CENTRE)
    result[centres] = centres
    result[one[reached]] = other[reached]
    return result


def _best(values: NDArray[Any], cluster: Index, clusters: int) -> NDArray[np.bool_]:
    """Which of some values are the largest ones of their cluster: bool (values,)."""
    most = np.full(clusters, np.iinfo(np.int32).min, values.dtype)
    np.maximum.at(most, cluster, values)
    return np.asarray(values == most[cluster])


def _settled(loser: Index, winner: Index, clusters: int) -> States:
    """Which clusters are centres and which hang: uint8 (clusters,).

    Args:
        loser: int32 (pairs,), the one of two that is taken for a centre later.
        winner: int32 (pairs,), the other.
        clusters: How many there are, each in a pair.
    """
    state, waits = np.zeros(clusters, np.uint8), np.zeros(clusters, bool)
    while len(loser):
        waits[winner] = False
        waits[loser] = True
        state[winner[np.flatnonzero(~waits[winner])]] = CENTRE
        state[loser[np.flatnonzero(state[winner] == CENTRE)]] = HUNG
        left = np.flatnonzero((state[loser] == OPEN) & (state[winner] == OPEN))
        loser, winner = loser[left], winner[left]
    # All that is around what is left open hangs elsewhere.
    state[state == OPEN] = CENTRE
    return state


def _weights(arrows: _Arrows, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """What speaks for each cluster as a centre: int64 (clusters,)."""
    clusters = len(sizes)
    low, high = np.minimum(arrows.copy, arrows.source), np.maximum(arrows.copy, arrows.source)
    # Sorted once, each pair stands beside its reverse.
    ways = distinct(low.astype(np.int64) << 32 | high.astype(np.int64) << 1 | (high == arrows.copy))
    low, high, made_high = ways >> 32, (ways & 0xFFFFFFFF) >> 1, ways & 1 > 0
    first = np.flatnonzero(np.append(True, ways[1:] >> 1 != ways[:-1] >> 1))
    around = np.bincount(np.concatenate((low[first], high[first])), minlength=clusters)
    sign = made_high * 2.0 - 1
    votes = np.bincount(low, sign, clusters) - np.bincount(high, sign, clusters)
    return np.asarray(around + votes.astype(np.int64) + np.minimum(sizes - 1, around))


def _sizes(groups: Groups, arrows: _Arrows) -> NDArray[np.int64]:
    """How many photos each cluster has: int64 (clusters,)."""
    return np.where(arrows.group < 0, 1, np.append(np.diff(groups.starts), 1)[arrows.group])


def _losing(
    arrows: _Arrows, weight: NDArray[np.int64], areas: NDArray[np.int64], groups: Groups
) -> NDArray[np.bool_]:
    """Whether the copy of each arrow is taken for a centre later than its source: bool (arrows,).

    The order is by weight, then less often made from another one, then the larger picture, then by path.
    """
    rank = (weight << 32) - np.bincount(arrows.copy, minlength=len(weight))
    mine, theirs = rank[arrows.copy], rank[arrows.source]
    losing = np.asarray(mine < theirs)
    tied = np.flatnonzero(mine == theirs)
    copy, source = arrows.copy[tied], arrows.source[tied]
    # Only between these do areas decide: they are looked up for few clusters.
    largest = _largest(areas, groups, arrows, distinct(np.concatenate((copy, source))))
    mine, theirs = largest[copy], largest[source]
    losing[tied] = (mine < theirs) | (mine == theirs) & (copy > source)
    return losing


def _largest(areas: NDArray[np.int64], groups: Groups, arrows: _Arrows, some: Index) -> NDArray[np.int64]:
    """The most pixels in some of the clusters: int64 (clusters,), 0 for the others."""
    largest = np.zeros(len(arrows), np.int64)
    largest[some] = areas[arrows.first[some]]
    grouped = some[arrows.group[some] >= 0]
    if len(grouped):
        taken, _ = groups.take(arrows.group[grouped].astype(np.intp))
        largest[grouped] = np.maximum.reduceat(areas[taken.members], taken.starts[:-1])
    return largest


def _laid_out(groups: Groups, arrows: _Arrows, centre: Index) -> Groups:
    """The clusters in the order of their centres, each centre before its satellites."""
    hung = np.flatnonzero((centre >= 0) & (centre != np.arange(len(arrows))))
    stars = np.zeros(len(arrows), bool)
    stars[hung] = stars[centre[hung]] = True
    alone = np.flatnonzero(stars & (arrows.group < 0))
    pool = np.concatenate((groups.members, arrows.first[alone]))
    begins = np.concatenate((groups.starts[:-1], np.arange(len(groups.members), len(pool))))
    place = arrows.group.copy()
    place[alone] = np.arange(len(groups), len(begins))
    hanging = place[hung]
    # One sort of (first photo of the centre, number); satellites have the largest numbers, and rise by path.
    places = np.concatenate((np.arange(len(begins)), hanging))
    key = pool[begins].astype(np.int64) << 32 | np.arange(len(begins))
    key[hanging] = arrows.first[centre[hung]].astype(np.int64) << 32 | np.arange(len(begins), len(places))
    key.sort()
    number = key & 0xFFFFFFFF
    order, heads = places[number], np.flatnonzero(number < len(begins))
    lengths = np.diff(begins, append=len(pool))[order]
    ends = np.cumsum(lengths)
    cluster = np.repeat(np.arange(len(order), dtype=np.int32), lengths)
    members = pool[np.arange(len(pool)) + (begins[order] - ends + lengths)[cluster]]
    part = np.arange(len(order), dtype=np.int32) - np.repeat(heads, np.diff(heads, append=len(order)))
    starts = np.append((ends - lengths)[heads], ends[-1])
    return Groups(members, starts, groups.threshold, part.astype(np.int32)[cluster])
