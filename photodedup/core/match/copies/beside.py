"""Proposes what the hashes say lies one upon the other, and is not shown together all the same.

A library and its matches enter; `Proposals` leave. Complete linkage parts copies of which two are too far
from each other, and pairs beyond the threshold may be copies that were re-toned: the pixels decide.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.copies.clusters import Clusters
from photodedup.core.match.copies.frames import Numbers
from photodedup.core.match.copies.proposing import Known, Proposals, chosen
from photodedup.core.match.copies.toned import laid
from photodedup.core.match.seek import near_to
from photodedup.core.match.turns import turn_between
from photodedup.core.values import Index, Library, Matches

BETWEEN = 6
"""Pairs of photos that are proposed between two clusters, of each photo of the smaller one its nearest."""


def near_proposals(library: Library, matches: Matches, known: Known, clusters: Clusters) -> Proposals:
    """Proposes the nearest few pairs of each two clusters that are near.

    Args:
        library: The photos.
        matches: Their near pairs.
        known: Says which pairs of photos need no proposal.
        clusters: Which photos are shown together.
    """
    _, first = np.unique(matches.node, return_index=True)
    one, other = (first[each].astype(np.int32) for each in (matches.left, matches.right))
    fresh = ~known(one, other)
    one, other, distance = one[fresh], other[fresh], matches.distance[fresh]
    heads = _nearest(one, other, distance, clusters)
    one, other, distance = one[heads], other[heads], distance[heads]
    wanted = chosen(one, other, -distance.astype(np.float64), clusters, BETWEEN)
    return _laid(library, one[wanted], other[wanted])


def _nearest(one: Index, other: Index, distance: Index, clusters: Clusters) -> NDArray[np.int64]:
    """The places of pairs that are the nearest of a photo of the smaller cluster to the other one."""
    sizes = np.bincount(clusters.of)
    swap = sizes[clusters.of[one]] > sizes[clusters.of[other]]
    mine, theirs = np.where(swap, other, one), np.where(swap, one, other)
    key = mine.astype(np.int64) << 32 | clusters.of[theirs]
    order = np.lexsort((distance, key))
    return np.asarray(order[np.flatnonzero(np.diff(key[order], prepend=-1))])


def near_proposals_of(library: Library, of: int, furthest: int, known: Known) -> Proposals:
    """Proposes one photo with each that is near it.

    Args:
        library: The photos.
        of: The photo.
        furthest: The largest distance in bits.
        known: Says which pairs of photos need no proposal.
    """
    rows, raw = library.seen.rows, library.raw()
    met = near_to(library, rows["bits"][of].tobytes(), furthest) & ~rows["plain"] & (raw == raw[of])
    others = np.flatnonzero(met & ~rows["plain"][of]).astype(np.int32)
    mine = np.full(len(others), of, np.int32)
    one, other = np.minimum(mine, others), np.maximum(mine, others)
    fresh = (one != other) & ~known(one, other)
    return _laid(library, one[fresh], other[fresh])


def _laid(library: Library, one: Index, other: Index) -> Proposals:
    """Pairs with the transform that lays one whole picture upon the other."""
    turns = [turn_between(library, *pair) for pair in zip(one.tolist(), other.tolist(), strict=True)]
    sides = [_spreads(library, each) for each in (one, other)]
    whole = np.stack([laid(turn) for turn in turns]) if turns else np.zeros((0, 3, 3))
    return Proposals(one, other, (sides[1] @ whole @ np.linalg.inv(sides[0]))[:, :2])


def _spreads(library: Library, photos: Index) -> Numbers:
    """Takes shares of width and height to shares of the longer side: float64 (photos, 3, 3)."""
    rows = library.seen.rows
    sizes = np.column_stack((rows["width"][photos], rows["height"][photos])).astype(np.float64)
    made = np.zeros((len(photos), 3, 3))
    made[:, [0, 1], [0, 1]] = sizes / sizes.max(axis=1, initial=1.0, keepdims=True)
    made[:, 2, 2] = 1.0
    return made
