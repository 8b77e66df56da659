"""Narrows a library down to the photos that may match one other photo, to look closely at these only.

Enters: a library, and the fingerprint of the other photo. Leaves: indices of photos. What is left out matches
under no rule; what is left in is matched by the same rules as in a search of whole folders.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.turns import Turn, reach, turned
from photodedup.core.values import Bits, Fingerprint, Index, Library

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
    within = min(library.turned, furthest)
    radius = int(reach(sought, within)[0]) if within >= 0 else -1
    hashes = library.seen.rows["bits"]
    for start in range(0, len(library), _AT_ONCE):
        some = hashes[start : start + _AT_ONCE]
        met = _apart(some, sought) <= furthest
        for turn in [turn for turn in Turn if turn is not Turn.UPRIGHT] if radius >= 0 else []:
            apart = _apart(some, turned(sought, turn))
            hits = np.flatnonzero(apart <= radius)
            met[hits] |= apart[hits] <= reach(some[hits], within)
        near[start : start + _AT_ONCE] = met
    return near


def _apart(hashes: Bits, sought: Bits) -> Index:
    apart: Index = np.bitwise_count(hashes ^ sought).sum(axis=1, dtype=np.int32)
    return apart
