"""Lays the bits of hashes out so that pairs of turned pictures are found with few comparisons.

Enters: hashes that can be turned (see `turns`). Leaves: `Facing`, their words, and `Relation`s, what must be
compared with what.

A word holds the waves of one parity: even or odd rows, even or odd columns. Mirrors and the half turn then
flip whole words or leave them as they are: a word of even rows and even columns is the same in four
orientations, so one search of it serves four, and of the other words two masks serve four. In those that
exchange the axes the same holds against transposed hashes, where the word of even rows and odd columns also
serves for that of odd rows and even columns, because every pair is met both ways round.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from random import Random
from threading import Event

import numpy as np

from photodedup.core.match.blocks import Places, Words, to_words
from photodedup.core.match.turns import Turn
from photodedup.core.values import Bits

Masks = tuple[int, ...]
"""What is flipped in each word."""

_MET_ALREADY = 2
_BOTH_WAYS = (0, 3)


@dataclass(frozen=True)
class Facing:
    """Hashes, ready to be compared in one orientation or in seven.

    Attributes:
        words: uint64 (words, hashes).
        straight: The orientations in which they are compared with each other.
        crossed: The words of the transposed hashes, alike; None where no axes are exchanged.
        across: The orientations in which they are compared with those.
    """

    words: Words
    straight: tuple[Masks, ...]
    crossed: Words | None = None
    across: tuple[Masks, ...] = ()


@dataclass(frozen=True)
class Relation:
    """What one search of a word finds.

    Attributes:
        faced: The words that it is compared with.
        crossed: Whether these are of transposed hashes.
        mask: What is flipped in the word.
        masks: The orientations in which this is so.
        once: Whether every pair is met both ways round, so that one of them is enough.
    """

    faced: Words
    crossed: bool
    mask: int
    masks: tuple[Masks, ...]
    once: bool


def upright(words: Words) -> Facing:
    """Hashes to be compared as they are: uint64 (words, hashes)."""
    return Facing(words, ((0,) * len(words),))


def facing(hashes: Bits, stop: Event | None = None) -> Facing:
    """Hashes to be compared in all orientations but upright.

    Args:
        hashes: uint8, shape (hashes, bytes); of as many rows as columns.
        stop: Set to stop.

    Raises:
        StoppedError: `stop` was set.
    """
    side = isqrt(hashes.shape[1] * 8)
    places = _by_parity(side)
    transposed = tuple(each % side * side + each // side for each in places)
    every = (1 << len(places[0])) - 1
    masks = {turn: _masks(turn, every) for turn in Turn if turn is not Turn.UPRIGHT}
    return Facing(
        to_words(hashes, places, stop),
        tuple(each for turn, each in masks.items() if not turn.transposes),
        to_words(hashes, transposed, stop),
        tuple(each for turn, each in masks.items() if turn.transposes),
    )


def _by_parity(side: int) -> tuple[Places, ...]:
    """The bits of each word, in a fixed random order within it: even rows and even columns first."""
    places, random = np.arange(side * side).reshape(side, side), Random(2)
    parts = (places[row::2, column::2].ravel().tolist() for row in (0, 1) for column in (0, 1))
    return tuple(np.array(random.sample(part, len(part)), np.int64) for part in parts)


def _masks(turn: Turn, every: int) -> Masks:
    flips = (False, turn.columns, turn.rows, turn.rows != turn.columns)
    return tuple(every if flip else 0 for flip in flips)


def relations(facing: Facing, word: int) -> tuple[Relation, ...]:
    """The searches of one word that are needed, each for all orientations that it serves."""
    found = [
        _relation(facing.words, False, mask, facing.straight, word) for mask in _each(facing.straight, word)
    ]
    if facing.crossed is not None and word != _MET_ALREADY:
        found += [
            _relation(facing.crossed, True, mask, facing.across, word) for mask in _each(facing.across, word)
        ]
    return tuple(found)


def _each(orientations: tuple[Masks, ...], word: int) -> list[int]:
    return sorted({masks[word] for masks in orientations})


def _relation(faced: Words, crossed: bool, mask: int, orientations: tuple[Masks, ...], word: int) -> Relation:
    served = tuple(masks for masks in orientations if masks[word] == mask)
    return Relation(faced, crossed, mask, served, crossed and word in _BOTH_WAYS)
