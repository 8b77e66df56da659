"""Finds all pairs of hashes within a distance: exactly those of brute force, in bounded memory.

Enters: distinct hashes and a radius. Leaves: pairs. Each word of the hashes is sorted by its blocks (see
`blocks`); what shares a bucket or lies in buckets of near keys is compared on that word alone (`joins` and
`tiles`). What is near there is compared in full, and kept by the first word and block that meets it, so that
no pair comes twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from threading import Event

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.blocks import WordPlan, Words, plan, to_words
from photodedup.core.match.buckets import Buckets, Positions, Sides
from photodedup.core.match.joins import join
from photodedup.core.match.stopping import end_if_set
from photodedup.core.match.tiles import tiles
from photodedup.core.pace import Pace
from photodedup.core.values import Bits, Index, Stage, Tell

BATCH = 1 << 15
PLACES = 27
SMALL_BUFFER = 64


def near_pairs(
    hashes: Bits,
    furthest: int,
    tell: Tell | None = None,
    stop: Event | None = None,
    plans: tuple[WordPlan, ...] | None = None,
) -> tuple[Index, Index, Index]:
    """Finds every pair of hashes at most `furthest` bits apart.

    Args:
        hashes: uint8, shape (hashes, bytes); distinct rows, fewer than 2**27 of them.
        furthest: The radius in bits.
        tell: Told how many hashes are done, at most ten times a second.
        stop: Set to stop.
        plans: How to search; by default the cheapest way for so many hashes and this radius.

    Returns:
        left, right, distance: int32, shape (pairs,) each, `left < right`; sorted by distance, left, right.

    Raises:
        StoppedError: `stop` was set.
    """
    if len(hashes) >= 1 << PLACES:
        raise ValueError("too many hashes for one search")
    plans = plan(len(hashes), hashes.shape[1] * 8, furthest) if plans is None else plans
    search = _Search(to_words(hashes, stop), furthest, plans)
    with np.errstate():
        # numpy copies rows shorter than its buffer, which triples the time of a tile; errstate puts it back.
        np.setbufsize(SMALL_BUFFER)
        _run(search, tell, stop)
    return search.pairs()


def _run(search: _Search, tell: Tell | None, stop: Event | None) -> None:
    count = search.words.shape[1]
    pace = Pace(Stage.MATCHING, tell, count)
    steps = [(each, number) for each in search.plans for number in range(len(each.blocks))]
    before = 0
    for step, (each, number) in enumerate(steps):
        for done in search.block(each, number):
            end_if_set(stop)
            whole = (step * count + done) // len(steps)
            pace.step(count=whole - before)
            before = whole
    pace.step(count=count - before)
    pace.finish()


@dataclass
class _Search:
    words: Words
    furthest: int
    plans: tuple[WordPlan, ...]
    found: list[NDArray[np.int64]] = field(default_factory=list)

    def block(self, each: WordPlan, number: int) -> Iterator[int]:
        """Searches the buckets of one block; yields how many hashes are done, after each tile."""
        block = each.blocks[number]
        buckets = Buckets.of(self.words[each.word], block)
        sides = Sides(buckets, buckets, np.append(block.flips(), 0), each.near, np.uint64(0))
        rows: list[Positions] = []
        columns: list[Positions] = []
        waiting = 0
        for done, left, right in chain(tiles(sides), join(sides)):
            if len(left):
                rows.append(left)
                columns.append(right)
                waiting += len(left)
            if waiting >= BATCH:
                self._verify(each, number, buckets, np.concatenate(rows), np.concatenate(columns))
                rows, columns, waiting = [], [], 0
            yield done
        if waiting:
            self._verify(each, number, buckets, np.concatenate(rows), np.concatenate(columns))

    def _verify(
        self, each: WordPlan, number: int, buckets: Buckets, rows: Positions, columns: Positions
    ) -> None:
        """Keeps the pairs that are near in full and that no earlier block or word meets."""
        differing = buckets.words[rows] ^ buckets.words[columns]
        fresh = np.ones(len(rows), bool)
        for block in each.blocks[:number]:
            fresh &= np.bitwise_count(block.keys(differing)) > block.near
        one, other = buckets.order[rows[fresh]], buckets.order[columns[fresh]]
        distance = np.bitwise_count(differing[fresh]).astype(np.int64)
        earlier = {before.word: before.near for before in self.plans if before.word < each.word}
        for word, row in enumerate(self.words):
            if word == each.word or not len(one):
                continue
            apart = np.bitwise_count(row[one] ^ row[other])
            distance += apart
            keep = distance <= self.furthest
            if word in earlier:
                keep &= apart > earlier[word]
            one, other, distance = one[keep], other[keep], distance[keep]
        left, right = np.minimum(one, other), np.maximum(one, other)
        self.found.append(((distance << PLACES) | left) << PLACES | right)

    def pairs(self) -> tuple[Index, Index, Index]:
        """All pairs that were found, sorted."""
        packed = np.concatenate(self.found) if self.found else np.zeros(0, np.int64)
        self.found.clear()
        packed.sort()
        low = (1 << PLACES) - 1
        right = (packed & low).astype(np.int32)
        packed >>= PLACES
        left = (packed & low).astype(np.int32)
        packed >>= PLACES
        return left, right, packed.astype(np.int32)
