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

import numpy as np
from numpy.typing import NDArray

from photodedup.core.values import Groups, Index, Matches

OPEN, CENTRE, HUNG = 0, 1, 2
States = NDArray[np.uint8]


@dataclass(frozen=True)
class _Arrows:
    """Which cluster was made from which; a cluster is named by its first photo.

    Attributes:
        copy: int32 (arrows,), a cluster.
        source: int32 (arrows,), the cluster that it was made from.
        likeness: float64 (arrows,).
    """

    copy: Index
    source: Index
    likeness: NDArray[np.float64]


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
    first = _first_of_cluster(groups, len(areas))
    arrows = _arrows(matches, first, gone)
    if not len(arrows.copy):
        return groups
    centre = _centres(arrows, areas, groups)
    return _laid_out(groups, centre)


def _first_of_cluster(groups: Groups, photos: int) -> Index:
    first = np.arange(photos, dtype=np.int32)
    first[groups.members] = np.repeat(groups.members[groups.starts[:-1]], np.diff(groups.starts))
    return first


def _arrows(matches: Matches, first: Index, gone: NDArray[np.bool_] | None) -> _Arrows:
    """The edits between clusters; one within a cluster says nothing that nearness does not say better."""
    edits = matches.edits
    copy, source = first[edits.copy], first[edits.source]
    real = copy != source
    if gone is not None:
        real &= ~(gone[edits.copy] | gone[edits.source])
    return _Arrows(copy[real], source[real], edits.likeness[real].astype(np.float64))


def _centres(arrows: _Arrows, areas: NDArray[np.int64], groups: Groups) -> Index:
    """For each cluster with an arrow the centre that it belongs to, itself for a centre; -1 for others."""
    weight = _weights(arrows, _sizes(groups, len(areas)))
    rank = _ranks(arrows, weight, _largest(areas, groups))
    one = np.concatenate((arrows.copy, arrows.source))
    other = np.concatenate((arrows.source, arrows.copy))
    state = _settled(one, other, rank)
    reached = (state[one] == HUNG) & (state[other] == CENTRE)
    hung, centre, likeness = one[reached], other[reached], np.tile(arrows.likeness, 2)[reached]
    order = np.lexsort((centre, -likeness, -weight[centre], hung))
    hung, centre = hung[order], centre[order]
    first = np.flatnonzero(np.diff(hung, prepend=-1))
    result = np.where(state == CENTRE, np.arange(len(areas), dtype=np.int32), np.int32(-1))
    result[hung[first]] = centre[first]
    return result


def _settled(one: Index, other: Index, rank: Index) -> States:
    """Which clusters are centres and which hang: uint8 (photos,), `OPEN` for what has no arrow."""
    state = np.zeros(len(rank), np.uint8)
    beaten = np.zeros(len(rank), bool)
    while len(one):
        beaten[one] = False
        beaten[one[rank[one] < rank[other]]] = True
        state[one[~beaten[one]]] = CENTRE
        state[other[state[one] == CENTRE]] = HUNG
        left = (state[one] == OPEN) & (state[other] == OPEN)
        alone = one[state[one] == OPEN]
        one, other = one[left], other[left]
        state[np.setdiff1d(alone, one)] = CENTRE
    return state


def _weights(arrows: _Arrows, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """What speaks for each cluster as a centre: int64 (photos,)."""
    photos = len(sizes)
    pairs = np.unique(arrows.copy.astype(np.int64) << 32 | arrows.source)
    copy, source = pairs >> 32, pairs & 0xFFFFFFFF
    both = np.unique(np.minimum(copy, source) << 32 | np.maximum(copy, source))
    around = np.bincount(np.concatenate((both >> 32, both & 0xFFFFFFFF)), minlength=photos)
    votes = np.bincount(source, minlength=photos) - np.bincount(copy, minlength=photos)
    return np.asarray(around + votes + np.minimum(sizes - 1, around))


def _sizes(groups: Groups, photos: int) -> NDArray[np.int64]:
    """How many photos each cluster has, at its first one: int64 (photos,)."""
    sizes = np.ones(photos, np.int64)
    sizes[groups.members[groups.starts[:-1]]] = np.diff(groups.starts)
    return sizes


def _largest(areas: NDArray[np.int64], groups: Groups) -> NDArray[np.int64]:
    """The most pixels in each cluster, at its first photo."""
    largest = areas.copy()
    if len(groups):
        begins = groups.starts[:-1]
        largest[groups.members[begins]] = np.maximum.reduceat(areas[groups.members], begins)
    return largest


def _ranks(arrows: _Arrows, weight: NDArray[np.int64], largest: NDArray[np.int64]) -> Index:
    """The place of each cluster in the order in which centres are taken, the highest first: int32 (photos,).

    By weight, then less often made from another one, then the larger picture, then the first path.
    """
    clusters = np.union1d(arrows.copy, arrows.source)
    made = np.bincount(arrows.copy, minlength=len(weight))[clusters]
    order = np.lexsort((-clusters, largest[clusters], -made, weight[clusters]))
    rank = np.full(len(weight), -1, np.int32)
    rank[clusters[order]] = np.arange(len(order))
    return rank


def _laid_out(groups: Groups, centre: Index) -> Groups:
    """The clusters in the order of their centres, each centre before its satellites."""
    grouped = np.zeros(len(centre), bool)
    grouped[groups.members] = True
    alone = np.flatnonzero(_in_a_star(centre) & ~grouped).astype(np.int32)
    pool = np.concatenate((groups.members, alone))
    begins = np.concatenate((groups.starts[:-1], np.arange(len(groups.members), len(pool))))
    firsts = pool[begins]
    lengths = np.diff(begins, append=len(pool))
    belongs = np.where(centre[firsts] < 0, firsts, centre[firsts])
    order = np.argsort(belongs.astype(np.int64) << 32 | np.where(belongs == firsts, 0, firsts + 1))
    belongs, lengths = belongs[order], lengths[order]
    ends = np.cumsum(lengths)
    members = pool[np.arange(ends[-1]) + np.repeat(begins[order] - ends + lengths, lengths)]
    heads = np.flatnonzero(np.diff(belongs, prepend=-1))
    part = np.arange(len(order)) - np.repeat(heads, np.diff(heads, append=len(order)))
    starts = np.append((ends - lengths)[heads], ends[-1])
    return Groups(members, starts, groups.threshold, np.repeat(part, lengths).astype(np.int32))


def _in_a_star(centre: Index) -> NDArray[np.bool_]:
    """Whether each photo is the first of a cluster that hangs, or on which one hangs: bool (photos,)."""
    there = np.flatnonzero(centre >= 0)
    hung = there[centre[there] != there]
    within = np.zeros(len(centre), bool)
    within[hung] = True
    within[centre[hung]] = True
    return within
