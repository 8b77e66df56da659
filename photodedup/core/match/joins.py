"""Compares light buckets with light buckets of near keys, whole arrays at a time.

Enters: two sides. Leaves: positions that are near in their word, for each two light buckets. For each step,
the key that it leads to is looked up for each hash of the left side; then all hashes are compared with the
first hash of the bucket found there, those with fuller buckets with the second, and so on. That costs about
four nanoseconds a comparison.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.blocks import Words
from photodedup.core.match.buckets import Buckets, Near, Positions, Sides
from photodedup.core.values import distinct

NONE = np.zeros(0, np.int64)
ROWS = 1 << 16
"""Hashes looked up at once, so that what is made of them stays in the second level cache."""

Found = Iterator[tuple[Positions, Positions]]
"""Places in the words that were compared, and positions on the right side."""


def join(sides: Sides) -> Near:
    """Finds the near positions of two sides that both lie in light buckets."""
    left = sides.left
    every = left.light_positions()
    if sides.within:
        yield from _within(sides, every)
    work = list(_halves(left, every, sides.steps)) if sides.same else [(every, sides.steps)]
    total, done = sum(len(rows) * len(steps) for rows, steps in work), 0
    for rows, steps in work:
        for start in range(0, len(rows), ROWS):
            part = rows[start : start + ROWS]
            keys, words = left.keys.take(part), left.words.take(part) ^ sides.mask
            for step in steps.tolist():
                share = done * len(every) // total
                yield share, NONE, NONE
                for at, columns in _met(sides.right, words, keys ^ step, sides.near):
                    yield share, part.take(at), columns
                done += len(part)


def _halves(buckets: Buckets, rows: Positions, steps: Positions) -> Iterator[tuple[Positions, Positions]]:
    """For steps of one highest bit, the rows whose key lacks it: the smaller key of each pair of keys."""
    highest = np.frexp(steps)[1] - 1
    keys = buckets.keys.take(rows)
    for bit in distinct(highest[steps != 0]).tolist():
        yield rows.compress(keys >> bit & 1 == 0), steps[highest == bit]


def _within(sides: Sides, rows: Positions) -> Near:
    """The near positions that share a bucket."""
    buckets = sides.left
    for start in range(0, len(rows), ROWS):
        part = rows[start : start + ROWS]
        after = buckets.begins.take(buckets.keys.take(part) + 1) - part - 1
        met = after.nonzero()[0]
        part = part.take(met)
        words = buckets.words.take(part) ^ sides.mask
        for at, columns in _compared(buckets, words, part + 1, after.take(met), sides.near):
            yield 0, part.take(at), columns


def _met(right: Buckets, words: Words, keys: Positions, near: int) -> Found:
    """Compares words with the light buckets of some keys."""
    firsts = right.begins.take(keys)
    for place in range(right.full):  # looking past the end of some buckets is cheaper than leaving them out
        hits = (np.bitwise_count(words ^ right.words[place:].take(firsts)) <= near).nonzero()[0]
        if len(hits):
            hits = hits.compress(right.light.take(keys.take(hits)) > place)
            yield hits, firsts.take(hits) + place
    sizes = right.light.take(keys)
    more = (sizes > right.full).nonzero()[0]
    if len(more):
        firsts, sizes = firsts.take(more) + right.full, sizes.take(more) - np.uint8(right.full)
        for at, columns in _compared(right, words.take(more), firsts, sizes, near):
            yield more.take(at), columns


def _compared(
    right: Buckets, words: Words, firsts: Positions, sizes: NDArray[np.integer], near: int
) -> Found:
    """Compares each word with the `sizes` words from `firsts` on; no size is 0."""
    rows, place = np.arange(len(words)), 0
    while len(rows):
        hits = (np.bitwise_count(words ^ right.words[place:].take(firsts)) <= near).nonzero()[0]
        if len(hits):
            yield rows.take(hits), firsts.take(hits) + place
        place += 1
        more = (sizes > place).nonzero()[0]
        rows, words, firsts, sizes = rows.take(more), words.take(more), firsts.take(more), sizes.take(more)
