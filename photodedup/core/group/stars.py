"""Hangs edited copies on the group of the picture that they were made from: stars, never chains.

Enters: the near clusters at one position of the slider, and the edits. Leaves: `Groups` with satellites. A
photo that is near no other one is a cluster too. A cluster is either a centre or hangs on a centre of which
it is a direct edit; a cluster that was only made from satellites stays on its own.

In the graph whose arrows lead from copies to sources, the centres are the kernel (von Neumann and
Morgenstern, "Theory of games and economic behavior", 1944): no centre is a copy of a centre, and each other
cluster is a copy of one. A graph without circles has exactly one kernel, so the order in which anything was
met cannot matter. Where copies lead in a circle, the larger picture is taken for the source.
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
    state = _settled(arrows, areas, groups)
    copy, source = arrows.copy, arrows.source
    down = (state[copy] == HUNG) & (state[source] == CENTRE)
    # Only where copies lead in a circle does a source hang on its own copy, and then on nothing better.
    up = (state[source] == HUNG) & (state[copy] == CENTRE)
    hung = np.concatenate((copy[down], source[up]))
    centre = np.concatenate((source[down], copy[up]))
    likeness = np.concatenate((arrows.likeness[down] + 1, arrows.likeness[up]))
    best = np.full(len(areas), -1.0)
    np.maximum.at(best, hung, likeness)
    result = np.full(len(areas), -1, np.int32)
    alike = likeness == best[hung]
    result[hung[alike]] = np.iinfo(np.int32).max
    np.minimum.at(result, hung[alike], centre[alike])
    result[centre] = centre
    return result


def _settled(arrows: _Arrows, areas: NDArray[np.int64], groups: Groups) -> States:
    """Which clusters are centres and which hang: uint8 (photos,), `OPEN` for what has no arrow."""
    state = np.zeros(len(areas), np.uint8)
    waits = np.zeros(len(areas), bool)
    copy, source = arrows.copy, arrows.source
    while len(copy):
        state[copy[state[source] == CENTRE]] = HUNG
        left = state[copy] == OPEN
        copy, source = copy[left], source[left]
        waiting = state[source] == OPEN
        waits[copy] = False
        waits[copy[waiting]] = True
        either = np.concatenate((copy, source[waiting]))
        free = either[~waits[either]]
        if len(free):
            state[free] = CENTRE
        elif len(copy):
            _break_circles(state, copy[waiting], source[waiting], _largest(areas, groups))
    return state


def _largest(areas: NDArray[np.int64], groups: Groups) -> NDArray[np.int64]:
    """The most pixels in each cluster, at its first photo."""
    largest = areas.copy()
    if len(groups):
        firsts = groups.members[groups.starts[:-1]]
        largest[firsts] = np.maximum.reduceat(areas[groups.members], groups.starts[:-1])
    return largest


def _break_circles(state: States, copy: Index, source: Index, largest: NDArray[np.int64]) -> None:
    """Makes centres of the open clusters that are larger than every open neighbour, then first by path."""
    mine, theirs = largest[copy], largest[source]
    wins = (mine > theirs) | ((mine == theirs) & (copy < source))
    beaten = np.zeros(len(state), bool)
    beaten[np.where(wins, source, copy)] = True
    either = np.concatenate((copy, source))
    state[either[~beaten[either]]] = CENTRE
    state[source[state[copy] == CENTRE]] = HUNG


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
