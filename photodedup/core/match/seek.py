"""Narrows a library down to the photos that may match one other photo, to look closely at these only.

Enters: a library, and the fingerprint of the other photo. Leaves: indices of photos. What is left out matches
under no rule; what is left in is matched by the same rules as in a search of whole folders.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.turns import Turn, turned
from photodedup.core.values import Fingerprint, Index, Library

_AT_ONCE = 1 << 16


def shortlist(library: Library, seen: Fingerprint, furthest: int) -> Index:
    """Finds the photos that may match another one by content, by equal small pictures or by look.

    Args:
        library: The photos, measured by the recipe of `seen`.
        seen: The fingerprint of the other photo.
        furthest: The largest distance in bits.

    Returns:
        int32, rising.
    """
    rows = library.seen.rows
    alike = _equal(rows["content"], seen.content) | _equal(rows["small"], seen.small)
    if not seen.plain:
        alike |= _near(library, seen.bits, furthest)
    return np.flatnonzero(alike).astype(np.int32)


def _equal(column: NDArray[np.uint8], value: bytes) -> NDArray[np.bool_]:
    return np.asarray((column == np.frombuffer(value, np.uint8)).all(axis=1))


def _near(library: Library, bits: bytes, furthest: int) -> NDArray[np.bool_]:
    """The photos within a distance, in the orientation that is nearest."""
    near = np.zeros(len(library), np.bool_)
    sought = np.frombuffer(bits, np.uint8)[None]
    ways = [(sought, furthest)]
    if library.turned >= 0:
        within = min(library.turned, furthest)
        ways += [(turned(sought, turn), within) for turn in Turn if turn is not Turn.UPRIGHT]
    hashes = library.seen.rows["bits"]
    for start in range(0, len(library), _AT_ONCE):
        some = hashes[start : start + _AT_ONCE]
        for face, radius in ways:
            apart = np.bitwise_count(some ^ face).sum(axis=1, dtype=np.int32)
            near[start : start + _AT_ONCE] |= apart <= radius
    return near
