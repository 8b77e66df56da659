"""Compares heavy buckets with the buckets of near keys, a tile at a time.

Enters: two sides. Leaves: positions that are near in their word, for each two buckets of which one is heavy.
A tile is a table of distances that fits into the second level cache.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from photodedup.core.match.blocks import Words
from photodedup.core.match.buckets import Near, Positions, Sides

TILE = 1 << 16
LOWEST = 64


def tiles(sides: Sides) -> Near:
    """Finds the near positions of two sides of which at least one lies in a heavy bucket."""
    left, right = sides.left, sides.right
    done = 0
    for key in left.heavy.tolist():
        keys = key ^ sides.steps
        if sides.same:
            keys = keys[(keys > key) | (right.light[keys] > 0)]
        own, mates = left.positions(np.array([key])), right.positions(keys)
        if sides.within:
            mates = np.concatenate((own, mates))
        mine = left.words[own] ^ sides.mask
        for rows, columns in _against(mine, right.words[mates], sides.near, sides.within):
            yield done, own[rows], mates[columns]
        done += len(own)
    for key in [] if sides.same else right.heavy.tolist():
        keys = key ^ sides.steps
        own, mates = right.positions(np.array([key])), left.positions(keys[left.light[keys] > 0])
        mine = right.words[own] ^ sides.mask
        for rows, columns in _against(mine, left.words[mates], sides.near, once=False):
            yield done, mates[columns], own[rows]


def _against(mine: Words, theirs: Words, near: int, once: bool) -> Iterator[tuple[Positions, Positions]]:
    """The near places of two lists of words; `once`: the second begins with the first, and counts upwards."""
    differing, apart = np.empty(TILE, np.uint64), np.empty(TILE, np.uint8)
    for top, height, start, width in _cuts(len(mine), len(theirs), once):
        tile = differing[: height * width].reshape(height, width)
        np.bitwise_xor(mine[top : top + height, None], theirs[None, start : start + width], out=tile)
        bits = np.bitwise_count(differing[: height * width], out=apart[: height * width])
        hits = (bits <= near).nonzero()[0]
        rows, columns = hits // width + top, hits % width + start
        if once:
            upwards = columns > rows
            rows, columns = rows[upwards], columns[upwards]
        yield rows, columns


def _cuts(size: int, mates: int, once: bool) -> Iterator[tuple[int, int, int, int]]:
    """Cuts rows times mates into tiles; if only upwards counts, without most of the lower half."""
    top = 0
    while top < size and mates:
        first = top if once else 0
        height = min(size - top, max(LOWEST, TILE // (mates - first)))
        width = TILE // height
        for start in range(first, mates, width):
            yield top, height, start, min(width, mates - start)
        top += height
