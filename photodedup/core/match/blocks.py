"""Cuts hashes into words and words into blocks, so that near pairs can be met in buckets.

Enters: hashes, their number and a radius. Leaves: the hashes as 64-bit words, and a plan: which blocks of
which word to sort by, and how far two keys may lie apart. By the generalised pigeonhole principle (Norouzi,
Punjani and Fleet, "Fast exact search in Hamming space with multi-index hashing", 2014), applied first to
the words and then to the blocks of a word, every pair within the radius agrees closely enough in one block:
the plan is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from random import Random
from threading import Event

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.stopping import end_if_set
from photodedup.core.values import Bits

Words = NDArray[np.uint64]
Places = NDArray[np.int64]

WORD = 64
WIDEST = 16
ROWS = 1 << 16

# Seconds, measured on one core of a 2.3 GHz Xeon with numpy 2.4; only their proportions matter.
A_COMPARISON = 0.8e-9
A_MATE = 7e-9
A_BUCKET = 20e-6
A_CANDIDATE = 4e-9
A_PROBE = 4e-9
A_STEP = 100e-6

LIGHT = 60
"""The most hashes of a light bucket."""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of bits within a word, and how far two keys of it may lie apart.

    Attributes:
        shift: The lowest bit of the run.
        width: Bits in the run; 0 puts all hashes into one bucket.
        near: The largest distance between two keys that are looked at.
    """

    shift: int
    width: int
    near: int

    def keys(self, words: Words) -> Words:
        """The keys of words: uint64, the shape of `words`."""
        return (words >> np.uint64(self.shift)) & np.uint64((1 << self.width) - 1)

    def flips(self) -> NDArray[np.int64]:
        """What turns a key into the keys near it, itself left out: int64, shape (keys,)."""
        places = range(self.width)
        return np.array(
            [
                sum(1 << at for at in some)
                for far in range(1, self.near + 1)
                for some in combinations(places, far)
            ],
            np.int64,
        )


@dataclass(frozen=True, slots=True)
class WordPlan:
    """How one word is searched.

    Attributes:
        word: The number of the word.
        near: A pair counts only where its distance within this word is at most this.
        blocks: The blocks; each pair that counts is near in at least one.
    """

    word: int
    near: int
    blocks: tuple[Block, ...]


def scattered(bits: int) -> tuple[Places, ...]:
    """Deals the bits of a hash to words, evenly, in a fixed random order.

    Neighbouring bits of a perceptual hash depend on each other; scattered, they fill the buckets evenly.

    Returns:
        For each word the bits of the hash that it holds: int64, shape (bits of the word,).
    """
    words = -(-bits // WORD)
    order = np.array(Random(1).sample(range(bits), bits), np.int64)  # numpy's own takes long to load
    return tuple(order[word::words] for word in range(words))


def to_words(hashes: Bits, places: Sequence[Places], stop: Event | None = None) -> Words:
    """Gathers the bits of hashes into words.

    Args:
        hashes: uint8, shape (hashes, bytes).
        places: For each word the bits of the hash that it holds, at most 64; each bit once.
        stop: Set to stop.

    Returns:
        uint64, shape (words, hashes); distances between columns equal those between hashes.

    Raises:
        StoppedError: `stop` was set.
    """
    tables = _tables(hashes.shape[1], places)
    result = np.zeros((len(places), len(hashes)), np.uint64)
    for start in range(0, len(hashes), ROWS):
        end_if_set(stop)
        columns = hashes[start : start + ROWS].T.astype(np.intp)
        for column, table in zip(columns, tables, strict=True):
            for word, values in enumerate(table):
                result[word, start : start + ROWS] |= values.take(column)
    return result


def _tables(size: int, places: Sequence[Places]) -> Words:
    """What each value of each byte of a hash adds to each word: uint64, shape (bytes, words, 256)."""
    values = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).astype(np.uint64)
    tables = np.zeros((size, len(places), 256), np.uint64)
    for word, bits in enumerate(places):
        for place, bit in enumerate(bits.tolist()):
            tables[bit // 8, word] |= values[:, bit % 8] << np.uint64(place)
    return tables


def plan(count: int, bits: int, furthest: int, words: int = 0) -> tuple[WordPlan, ...]:
    """Chooses, for each word, the cheapest exact way to find its near pairs.

    Args:
        count: How many hashes there are.
        bits: Bits of a hash.
        furthest: The radius in bits.
        words: Into how many words they are cut; by default as few as possible.

    Returns:
        A plan for each word that needs one.
    """
    words = words or -(-bits // WORD)
    plans = []
    for word, share in enumerate(_shares(furthest + 1, words)):
        if share:
            width = len(range(word, bits, words))
            blocks = min(_ways(width, share), key=lambda way: sum(_cost(count, each) for each in way))
            plans.append(WordPlan(word, min(share - 1, WORD), blocks))
    return tuple(plans)


def _shares(total: int, parts: int) -> list[int]:
    return [total // parts + (part < total % parts) for part in range(parts)]


def _ways(width: int, share: int) -> list[tuple[Block, ...]]:
    """The possible cuts of a word of `width` bits: one bucket for all, or ever more blocks."""
    fewest = -(-width // WIDEST)
    return [(Block(0, 0, 0),), *(_cut(width, share, parts) for parts in range(fewest, width // 4 + 1))]


def _cut(width: int, share: int, parts: int) -> tuple[Block, ...]:
    blocks, shift = [], 0
    for wide, near in zip(_shares(width, parts), _shares(share, parts), strict=True):
        if near:
            blocks.append(Block(shift, wide, min(near - 1, wide)))
        shift += wide
    return tuple(blocks)


def _cost(count: int, block: Block) -> float:
    """The expected seconds for one block, if the keys are spread evenly."""
    near = sum(comb(block.width, far) for far in range(block.near + 1))
    comparisons = count * count / 2 * near / (1 << block.width)
    if count / (1 << block.width) < LIGHT / 3:
        return comparisons * A_CANDIDATE + count * near / 2 * A_PROBE + near * A_STEP
    return comparisons * A_COMPARISON + count * near / 2 * A_MATE + min(1 << block.width, count) * A_BUCKET
