"""Numbers equal things, and joins classes that overlap; whole arrays at a time.

Enters: rows of bytes, or class numbers. Leaves: for each photo the first photo of its class.
"""

from __future__ import annotations

import numpy as np

from photodedup.core.values import Bits, Index


def first_equal(rows: Bits) -> Index:
    """Says for each row which row is the first one equal to it.

    Args:
        rows: uint8, shape (rows, bytes).

    Returns:
        int32, shape (rows,).
    """
    words = np.zeros((len(rows), -(-rows.shape[1] // 8)), np.uint64)
    words.view(np.uint8)[:, : rows.shape[1]] = rows
    order = np.lexsort(tuple(words.T))
    changes = np.zeros(len(rows), bool)
    changes[:1] = True
    for word in words.T:
        changes[1:] |= word[order[1:]] != word[order[:-1]]
    firsts = order[changes]
    result = np.empty(len(rows), np.int32)
    result[order] = firsts[np.cumsum(changes) - 1]
    return result


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
