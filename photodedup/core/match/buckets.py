"""Sorts one word of many hashes by the keys of one block, so that near keys can be looked up.

Enters: a word of each hash, and a block. Leaves: `Buckets`. Few hashes share most keys; those buckets are
light, and are joined many at once (see `joins`). Where many share a key the bucket is heavy, and is compared
a tile at a time (see `tiles`). Between two buckets of which one is heavy, the tiles are used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.blocks import LIGHT, Block, Words

A_GOOD_PART = 0.35
Positions = NDArray[np.int64]
Near = Iterator[tuple[int, Positions, Positions]]
"""How many hashes of the left side are done, and positions left and right that are near in this word."""


@dataclass(frozen=True)
class Buckets:
    """One word, sorted by the keys of one block.

    Attributes:
        order: int64 (hashes,), the hash at each position.
        words: uint64 (hashes + LIGHT,), the word at each position, and nothing after the last.
        keys: int64 (hashes,), the key at each position, rising.
        begins: int64 (keys + 1,), where the bucket of each key begins.
        light: uint8 (keys,), the size of each light bucket, 0 for the others.
        heavy: int64, the keys of heavy buckets, rising.
        full: How many places of a bucket are filled in a good part of all buckets.
    """

    order: Positions
    words: Words
    keys: Positions
    begins: Positions
    light: NDArray[np.uint8]
    heavy: Positions
    full: int

    @staticmethod
    def of(words: Words, block: Block) -> Buckets:
        """Sorts the words of hashes, uint64 (hashes,), by their keys."""
        keys = block.keys(words).astype(np.uint16)
        # A stable sort of 16 bits is a radix sort.
        order = np.argsort(keys, kind="stable")
        sizes = np.bincount(keys, minlength=1 << block.width)
        begins = np.zeros(len(sizes) + 1, np.int64)
        np.cumsum(sizes, out=begins[1:])
        light = np.where(sizes > LIGHT, 0, sizes).astype(np.uint8)
        heavy = np.flatnonzero(sizes > LIGHT)
        padded = np.zeros(len(words) + LIGHT, np.uint64)
        words.take(order, out=padded[: len(words)], mode="clip")
        filled = 1 - np.cumsum(np.bincount(light, minlength=LIGHT)) / len(light)
        full = max(1, int((filled > A_GOOD_PART).sum()))
        return Buckets(order, padded, keys[order].astype(np.int64), begins, light, heavy, full)

    def light_positions(self) -> Positions:
        """The positions of all hashes in light buckets: int64."""
        if not len(self.heavy):
            return np.arange(len(self.order))
        return np.flatnonzero(self.light[self.keys])

    def positions(self, keys: Positions) -> Positions:
        """The positions of the buckets of several keys, one after the other: int64."""
        firsts = self.begins[keys]
        sizes = self.begins[keys + 1] - firsts
        ends = np.cumsum(sizes)
        found: Positions = np.repeat(firsts - ends + sizes, sizes)
        found += np.arange(len(found))
        return found


@dataclass(frozen=True)
class Sides:
    """Two sides of which near words are sought.

    Attributes:
        left: One side.
        right: The other side. If both are the same object, each pair is wanted once, and none with itself.
        steps: int64, what a key of the left side is xored with to give the keys of the right side to look at.
        near: The largest distance of two words.
        mask: What words of the left side are xored with before they are compared.
    """

    left: Buckets
    right: Buckets
    steps: Positions
    near: int
    mask: np.uint64

    @property
    def same(self) -> bool:
        """Whether the sides are one."""
        return self.left is self.right

    @property
    def within(self) -> bool:
        """Whether each bucket must be compared with itself."""
        return self.same and not self.steps.all()
