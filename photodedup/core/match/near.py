"""Finds all pairs of hashes within a distance: exactly those of brute force, in bounded memory.

Enters: distinct hashes and a radius. Leaves: pairs. Each word of the hashes is sorted by its blocks (see
`blocks`); what shares a bucket or lies in buckets of near keys is compared on that word alone (`joins` and
`tiles`). What is near there is compared in full, and kept by the first word and block that meets it, so that
no pair comes twice. Where hashes can be turned, a second search goes through the other orientations (see
`facing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from threading import Event

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.blocks import Block, WordPlan, plan, scattered, to_words
from photodedup.core.match.buckets import Buckets, Positions, Sides
from photodedup.core.match.facing import Facing, Masks, Relation, facing, relations, upright
from photodedup.core.match.joins import join
from photodedup.core.match.stopping import end_if_set
from photodedup.core.match.tiles import tiles
from photodedup.core.match.turns import reach
from photodedup.core.pace import Pace
from photodedup.core.values import Bits, Index, Stage, Tell

BATCH = 1 << 15
PLACES = 27
SMALL_BUFFER = 64

Packed = NDArray[np.int64]


def near_pairs(
    hashes: Bits,
    furthest: int,
    turned: int = -1,
    tell: Tell | None = None,
    stop: Event | None = None,
    plan_for: int | None = None,
) -> tuple[Index, Index, Index]:
    """Finds every pair of hashes at most `furthest` bits apart.

    Args:
        hashes: uint8, shape (hashes, bytes); distinct rows, fewer than 2**27 of them.
        furthest: The radius in bits.
        turned: The radius of pairs of which one is turned, less where `turns.reach` is; negative where hashes
            cannot be turned.
        tell: Told how many hashes are done, at most ten times a second.
        stop: Set to stop.
        plan_for: Search in the way that is cheapest for so many hashes; by default for those given.

    Returns:
        left, right, distance: int32, shape (pairs,) each, `left < right`; sorted by distance, left, right.
        The distance is that of the nearest orientation.

    Raises:
        StoppedError: `stop` was set.
    """
    if len(hashes) >= 1 << PLACES:
        raise ValueError("too many hashes for one search")
    count, bits = plan_for or len(hashes), hashes.shape[1] * 8
    places = scattered(bits)
    searches = [_Search(upright(to_words(hashes, places, stop)), furthest, plan(count, bits, furthest))]
    if turned >= 0 and furthest >= 0:
        radius = min(turned, furthest)
        faced = facing(hashes, stop)
        plans = plan(count, bits, radius, len(faced.words))
        searches.append(_Search(faced, radius, plans, reach(hashes, radius)))
    with np.errstate():
        # numpy copies rows shorter than its buffer, which triples the time of a tile; errstate puts it back.
        np.setbufsize(SMALL_BUFFER)
        _run(searches, Pace(Stage.MATCHING, tell, len(hashes)), stop)
    return _unpacked(searches)


def _run(searches: Sequence[_Search], pace: Pace, stop: Event | None) -> None:
    steps = sum(len(each.blocks) for search in searches for each in search.plans)
    count, step, before = pace.total or 0, 0, 0
    for search in searches:
        for each in search.plans:
            for number in range(len(each.blocks)):
                for share in search.block(each, number):
                    end_if_set(stop)
                    whole = int((step + share) * count / steps)
                    pace.step(count=whole - before)
                    before = whole
                step += 1
    pace.step(count=count - before)
    pace.finish()


def _unpacked(searches: Sequence[_Search]) -> tuple[Index, Index, Index]:
    """All pairs that were found, each once at its least distance, sorted."""
    found = [packed for search in searches for packed in search.found]
    for search in searches:
        search.found.clear()
    packed = np.concatenate(found) if found else np.zeros(0, np.int64)
    found.clear()
    packed.sort()
    both, low = (1 << 2 * PLACES) - 1, (1 << PLACES) - 1
    if len(searches) > 1 and len(packed):
        _, firsts = np.unique(packed & both, return_index=True)
        firsts.sort()
        packed = packed[firsts]
    left, right = (packed >> PLACES & low).astype(np.int32), (packed & low).astype(np.int32)
    return left, right, (packed >> 2 * PLACES).astype(np.int32)


@dataclass
class _Search:
    facing: Facing
    furthest: int
    plans: tuple[WordPlan, ...]
    reach: Index | None = None
    found: list[Packed] = field(default_factory=list)

    def block(self, each: WordPlan, number: int) -> Iterator[float]:
        """Searches the buckets of one block in all orientations; yields which share of it is done."""
        block = each.blocks[number]
        left = Buckets.of(self.facing.words[each.word], block)
        right = left
        ways = relations(self.facing, each.word)
        for at, way in enumerate(ways):
            if way.crossed and right is left:
                right = Buckets.of(way.faced[each.word], block)
            base = int(block.keys(np.array([way.mask], np.uint64))[0])
            steps = np.append(block.flips(), 0) ^ base
            sides = Sides(left, right if way.crossed else left, steps, each.near, np.uint64(way.mask))
            for done in self._met(sides, _Check(each, number, way)):
                yield (at + done / max(1, len(left.order))) / len(ways)

    def _met(self, sides: Sides, check: _Check) -> Iterator[int]:
        rows: list[Positions] = []
        columns: list[Positions] = []
        waiting = 0
        for done, left, right in chain(tiles(sides), join(sides)):
            if len(left):
                rows.append(left)
                columns.append(right)
                waiting += len(left)
            if waiting >= BATCH:
                self._verify(sides, check, np.concatenate(rows), np.concatenate(columns))
                rows, columns, waiting = [], [], 0
            yield done
        if waiting:
            self._verify(sides, check, np.concatenate(rows), np.concatenate(columns))

    def _verify(self, sides: Sides, check: _Check, rows: Positions, columns: Positions) -> None:
        """Keeps the pairs that are near in full and that no earlier block or word meets."""
        differing = sides.left.words[rows] ^ sides.right.words[columns] ^ sides.mask
        one, other = sides.left.order[rows], sides.right.order[columns]
        fresh = one < other if check.way.once else one != other
        for block in check.earlier_blocks():
            fresh &= np.bitwise_count(block.keys(differing)) > block.near
        one, other = one[fresh], other[fresh]
        within = np.bitwise_count(differing[fresh]).astype(np.int64)
        for masks in check.way.masks:
            self._keep(check, masks, one, other, within)

    def _keep(self, check: _Check, masks: Masks, one: Positions, other: Positions, distance: Packed) -> None:
        """Compares pairs in the other words, in one orientation, and keeps what is near."""
        words, faced = self.facing.words, check.way.faced
        earlier = {before.word: before.near for before in self.plans if before.word < check.plan.word}
        for word, mask in enumerate(masks):
            if word == check.plan.word or not len(one):
                continue
            apart = np.bitwise_count(words[word][one] ^ faced[word][other] ^ np.uint64(mask))
            distance = distance + apart
            keep = distance <= self.furthest
            if word in earlier:
                keep &= apart > earlier[word]
            one, other, distance = one[keep], other[keep], distance[keep]
        if self.reach is not None:
            keep = distance <= np.minimum(self.reach[one], self.reach[other])
            one, other, distance = one[keep], other[keep], distance[keep]
        left, right = np.minimum(one, other), np.maximum(one, other)
        self.found.append(((distance << PLACES) | left) << PLACES | right)


@dataclass(frozen=True)
class _Check:
    """Where and in which relation pairs were met.

    Attributes:
        plan: Of the word.
        number: Of the block.
        way: The relation.
    """

    plan: WordPlan
    number: int
    way: Relation

    def earlier_blocks(self) -> tuple[Block, ...]:
        """The blocks that met a pair before, if it is near in them."""
        return self.plan.blocks[: self.number]
