"""Numbers equal things, and joins classes that overlap; whole arrays at a time.

Enters: rows of bytes, or class numbers. Leaves: for each photo the first photo of its class.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photodedup.core.values import Bits, Index

_ODD = np.uint64(0x9E3779B97F4A7C15)
"""A multiplier that spreads bits: 2^64 divided by the golden ratio."""


def first_equal(rows: Bits) -> Index:
    """Says for each row which row is the first one equal to it.

    Args:
        rows: uint8, shape (rows, bytes).

    Returns:
        int32, shape (rows,).
    """
    words = np.zeros((len(rows), -(-rows.shape[1] // 8)), np.uint64)
    words.view(np.uint8)[:, : rows.shape[1]] = rows
    keys = _mixed(words)
    order = np.argsort(keys)
    changes = _changes(words, order)
    if (changes[1:] & (np.diff(keys[order]) == 0)).any():  # different rows that are mixed to one key
        order = np.lexsort(tuple(words.T))
        changes = _changes(words, order)
    begins = np.flatnonzero(changes)
    result = np.empty(len(rows), np.int32)
    if len(rows):
        result[order] = np.minimum.reduceat(order, begins)[np.cumsum(changes) - 1]
    return result


def _mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One number for each row, nearly always another one for another row: sorting one is quicker than all."""
    keys = words[:, 0].copy() if words.shape[1] else np.zeros(len(words), np.uint64)
    for word in words.T[1:]:
        keys ^= keys >> np.uint64(29)
        keys *= _ODD
        keys += word
    return keys


def _changes(words: NDArray[np.uint64], order: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Where in an order of rows another one begins: bool (rows,)."""
    changes = np.zeros(len(order), bool)
    changes[:1] = True
    for word in words.T:
        placed = word[order]
        changes[1:] |= placed[1:] != placed[:-1]
    return changes


def joined(*classes: Index) -> Index:
    """Joins classes that share a photo, until none do.

    Args:
        classes: int32 (photos,) each; for each photo the first photo of its class.

    Returns:
        int32 (photos,), for each photo the first photo that it is joined with, directly or through others.
    """
    result = np.arange(len(classes[0]), dtype=np.int32)
    while True:
        before = result.copy()
        for each in classes:
            least = result.copy()
            np.minimum.at(least, each, result)
            result = least[each]
        result = result[result]
        if np.array_equal(result, before):
            return result


def numbered(firsts: Index) -> tuple[Index, Index]:
    """Numbers classes in the order of their first photos.

    Args:
        firsts: int32 (photos,), for each photo the first photo of its class.

    Returns:
        The number of each photo's class, int32 (photos,), and the first photo of each class, int32
        (classes,).
    """
    own = firsts == np.arange(len(firsts))
    numbers = (np.cumsum(own) - 1).astype(np.int32)
    return numbers[firsts], np.flatnonzero(own).astype(np.int32)
