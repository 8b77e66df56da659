"""Tells copies from other shots of one scene, where cameras wrote down when each was taken.

Photos or pairs enter; whether two were taken seconds to minutes apart leaves. A copy keeps the moment of
its picture or loses it, but nothing that makes copies moves it by seconds. Whole hours say nothing: programs
shift photos between time zones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photodedup.core.values import Index, Library
from photodedup.core.values.columns import NEVER

Seconds = NDArray[np.int64]
_SECOND = 1_000_000
_HOUR = 3600
_MOST = 64


def moments(library: Library) -> Seconds:
    """The second in which each photo was taken: int64 (photos,), `NEVER` where it does not say."""
    taken = library.seen.rows["taken"]
    return np.where(taken == NEVER, NEVER, taken // _SECOND)


def by_moment(number: Index, moment: Seconds) -> Index:
    """Numbers looks anew, so that photos of one hash and several moments are several.

    Args:
        number: int32 (photos,), the number of each photo's hash.
        moment: int64 (photos,), as `moments` tells them.

    Returns:
        int32 (photos,). A hash of very many moments stays one look, since each two of them would be a pair.
    """
    told = np.flatnonzero((moment != NEVER) & (number >= 0))
    order = told[np.lexsort((moment[told], number[told]))]
    fresh = np.ones(len(order), bool)
    fresh[1:] = (np.diff(number[order]) != 0) | (np.diff(moment[order]) != 0)
    several = np.bincount(number[order][fresh], minlength=int(number.max(initial=-1)) + 1)
    split = (several > 1) & (several <= _MOST)
    result = number.copy()
    mine = split[number[order]]
    result[order[mine]] = int(number.max(initial=-1)) + np.cumsum(fresh)[mine]
    return result


def of_nodes(moment: Seconds, node: Index, nodes: int) -> Seconds:
    """The second of each node: int64 (nodes,), `NEVER` where its photos do not say, or disagree."""
    known = moment != NEVER
    first = np.full(nodes, np.iinfo(np.int64).max)
    last = np.full(nodes, NEVER)
    np.minimum.at(first, node[known], moment[known])
    np.maximum.at(last, node[known], moment[known])
    return np.where(first == last, last, NEVER)


def apart(one: Seconds, other: Seconds) -> NDArray[np.bool_]:
    """Whether two photos were taken a second or more apart, and less than an hour: bool, pair by pair."""
    told = (one != NEVER) & (other != NEVER)
    gap = np.abs(np.where(told, one, 0) - np.where(told, other, 0))
    return np.asarray(told & (gap > 0) & (gap < _HOUR))
