"""Turns hashes and digests into matches: the nodes of equal photos, and the pairs between nodes.

Enters: a library, and the pairs of its hashes. Leaves: `Matches`.

Photos of equal content or equal pixels always share a node. Photos of equal hashes share one only where
that keeps complete linkage true: a node holds either photos of one hash, or copies of one picture. Where
the copies of one picture have several hashes (a JPEG and its PNG are not decoded alike), they are a node of
their own, as far from another node as its furthest hash is. A picture of which one copy is plain is plain:
its look matches nothing. Photos that were taken seconds apart are no copies, however alike they look.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.classes import first_equal, joined, numbered
from photodedup.core.match.moments import apart, by_moment, moments, of_nodes
from photodedup.core.match.pairs import PLAIN, HashPairs, find_pairs, no_pairs
from photodedup.core.match.stopping import end_if_set
from photodedup.core.values import Index, Kind, Library, Matches, Tell, distinct

Wide = NDArray[np.int64]


def find_matches(
    library: Library,
    furthest: int,
    kinds: frozenset[Kind],
    tell: Tell | None = None,
    stop: Event | None = None,
    pairs: HashPairs | None = None,
) -> Matches:
    """Finds every match of a library, for all positions of the slider.

    Args:
        library: The photos.
        furthest: The largest distance in bits.
        kinds: What is sought; near pairs only with `Kind.NEAR_DUPLICATE`, equal pixels with it or with
            `Kind.IDENTICAL_PICTURE`, equal content always.
        tell: Told the progress.
        stop: Set to stop.
        pairs: The pairs of an earlier search of the same photos and `furthest`, to be spared a second one.

    Returns:
        The matches.

    Raises:
        StoppedError: `stop` was set.
    """
    near = Kind.NEAR_DUPLICATE in kinds
    if not near:
        pairs = no_pairs(library, furthest)
    elif pairs is None:
        pairs = find_pairs(library, furthest, tell, stop)
    elif pairs.furthest != furthest or len(pairs.number) != len(library):
        raise ValueError("these pairs belong to another search")
    same_file = first_equal(library.seen.rows["content"])
    same_picture = joined(same_file, _equal_pixels(library))
    end_if_set(stop)
    pictures = same_picture if near or Kind.IDENTICAL_PICTURE in kinds else same_file
    moment = moments(library)
    node, holding = _nodes(pictures, pairs.number, by_moment(pairs.number, moment))
    end_if_set(stop)
    left, right, distance = _between_nodes(holding, pairs)
    moment = of_nodes(moment, node, int(node.max(initial=-1)) + 1)
    one_moment = ~apart(moment[left], moment[right])
    left, right, distance = left[one_moment], right[one_moment], distance[one_moment]
    return Matches(node, left, right, distance, same_file, same_picture, furthest)


def _equal_pixels(library: Library) -> Index:
    result = np.arange(len(library), dtype=np.int32)
    seen = library.seen
    photos = np.flatnonzero(seen.pixels >= 0).astype(np.int32)
    if len(photos):
        result[photos] = photos[first_equal(seen.digests[seen.pixels[photos]])]
    return result


@dataclass(frozen=True)
class _Holding:
    """Which node holds which hash: pairs, sorted by hash, then node.

    Attributes:
        hash: int32 (holdings,).
        node: int32 (holdings,).
        size: int64 (nodes,), how many hashes a node holds.
    """

    hash: Index
    node: Index
    size: Wide


def _nodes(pictures: Index, number: Index, look: Index) -> tuple[Index, _Holding]:
    """Joins photos of one picture or one look into nodes, and lists the hashes by which each is matched."""
    photos = len(pictures)
    least, most = np.full(photos, np.iinfo(np.int32).max, np.int32), np.full(photos, PLAIN, np.int32)
    np.minimum.at(least, pictures, number)
    np.maximum.at(most, pictures, number)
    least, most = least[pictures], most[pictures]
    by_look = np.arange(photos, dtype=np.int32)
    uniform = np.flatnonzero((least == most) & (number != PLAIN))
    by_look[uniform] = uniform[first_equal(look[uniform].reshape(-1, 1).view(np.uint8))]
    node, firsts = numbered(joined(pictures, by_look))
    informative = least != PLAIN
    held = distinct(number[informative].astype(np.int64) << 32 | node[informative])
    holders = (held & 0xFFFFFFFF).astype(np.int32)
    return node, _Holding((held >> 32).astype(np.int32), holders, np.bincount(holders, minlength=len(firsts)))


def _between_nodes(holding: _Holding, pairs: HashPairs) -> tuple[Index, Index, Index]:
    """The pairs of nodes of which all hashes are near each other, with the largest of their distances."""
    one, other, distance = _held_pairs(holding, pairs)
    left, right = np.minimum(one, other), np.maximum(one, other)
    key = left.astype(np.int64) << 32 | right
    if (holding.size > 1).any():
        key, distance = _furthest_apart(holding, key, distance)
        left, right = (key >> 32).astype(np.int32), (key & 0xFFFFFFFF).astype(np.int32)
    order = np.lexsort((key, distance))
    return left[order], right[order], distance[order]


def _held_pairs(holding: _Holding, pairs: HashPairs) -> tuple[Index, Index, Index]:
    """The pairs of hashes as pairs of different nodes that hold them, and nodes that hold the same hash."""
    hashes = int(pairs.number.max(initial=PLAIN)) + 1
    counts = np.bincount(holding.hash, minlength=hashes)
    begins = np.cumsum(counts) - counts
    shared = np.flatnonzero(counts > 1).astype(np.int32)
    if not len(shared):
        held = (counts[pairs.left] & counts[pairs.right]).astype(bool)
        ends = begins[pairs.left[held]], begins[pairs.right[held]]
        return holding.node[ends[0]], holding.node[ends[1]], pairs.distance[held]
    lefts, rights = np.concatenate((pairs.left, shared)), np.concatenate((pairs.right, shared))
    distance = np.concatenate((pairs.distance, np.zeros(len(shared), np.int32)))
    times = counts[lefts] * counts[rights]
    pair = np.repeat(np.arange(len(lefts)), times)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(times) - times, times)
    wide = counts[rights[pair]]
    one = holding.node[begins[lefts[pair]] + within // wide]
    other = holding.node[begins[rights[pair]] + within % wide]
    apart = (one < other) | ((one != other) & (lefts != rights)[pair])
    return one[apart], other[apart], distance[pair[apart]]


def _furthest_apart(holding: _Holding, key: Wide, distance: Index) -> tuple[Wide, Index]:
    """Of the pairs of nodes, those seen once for each two of their hashes, with the largest distance."""
    order = np.argsort(key, kind="stable")
    key, distance = key[order], distance[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    keys = key[starts]
    if not len(keys):
        return keys, distance
    seen = np.diff(starts, append=len(key))
    furthest = np.maximum.reduceat(distance, starts)
    whole = seen == holding.size[keys >> 32] * holding.size[keys & 0xFFFFFFFF]
    return keys[whole], furthest[whole]
