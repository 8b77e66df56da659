"""Searches the near pairs of a library, once, before anything is known of identical pictures.

Enters: a library. Leaves: `HashPairs`, the pairs among its distinct hashes, which `find` and `proof` read.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

import numpy as np

from photodedup.core.match.classes import first_equal, numbered
from photodedup.core.match.near import near_pairs
from photodedup.core.values import Index, Library, Tell

PLAIN = -1


@dataclass(frozen=True)
class HashPairs:
    """The near pairs among the distinct hashes of the photos that are not plain.

    Attributes:
        number: int32 (photos,), the number of each photo's hash by first photo; `PLAIN` for plain photos.
        left: int32 (pairs,), a number; `left < right`.
        right: int32 (pairs,), a number.
        distance: int32 (pairs,), bits; pairs are sorted by distance, left, right.
        furthest: The largest distance that was looked for.
    """

    number: Index
    left: Index
    right: Index
    distance: Index
    furthest: int


def find_pairs(
    library: Library, furthest: int, tell: Tell | None = None, stop: Event | None = None
) -> HashPairs:
    """Searches all near pairs of a library; the slow part of matching.

    Args:
        library: The photos.
        furthest: The largest distance in bits.
        tell: Told the progress.
        stop: Set to stop.

    Returns:
        The pairs; they stay true when `Fingerprint.pixels` are filled in.

    Raises:
        StoppedError: `stop` was set.
    """
    informative = np.flatnonzero(~library.seen.rows["plain"])
    hashes = library.hashes()[informative]
    number, firsts = numbered(first_equal(hashes))
    numbers = np.full(len(library), PLAIN, np.int32)
    numbers[informative] = number
    return HashPairs(numbers, *near_pairs(hashes[firsts], furthest, tell, stop), furthest)


def no_pairs(library: Library, furthest: int) -> HashPairs:
    """The pairs of a library in which no picture is matched by its look: none."""
    none = np.zeros(0, np.int32)
    return HashPairs(np.full(len(library), PLAIN, np.int32), none, none, none, furthest)
