"""Narrows a library down to the photos that may match one other photo, to look closely at these only.

Enters: a library, and the fingerprint of the other photo. Leaves: indices of photos. What is left out matches
under no rule; what is left in is matched by the same rules as in a search of whole folders.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.shots import SECONDS
from photodedup.core.match.turns import Turn, reach, turned
from photodedup.core.values import (
    Bits,
    Fingerprint,
    FingerprintColumns,
    Index,
    Library,
    Photo,
    PhotoColumns,
)
from photodedup.core.values.columns import to_microseconds

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
        alike |= near_to(library, seen.bits, furthest)
    return np.flatnonzero(alike).astype(np.int32)


def same_moment(library: Library, seen: Fingerprint) -> Index:
    """Finds the photos that the camera of another one took within the seconds that make shots similar.

    Args:
        library: The photos.
        seen: The fingerprint of the other photo.

    Returns:
        int32, rising; none where the other photo does not say when it was taken.
    """
    if seen.taken is None or seen.camera not in library.seen.words:
        return np.zeros(0, np.int32)
    rows = library.seen.rows
    mine = rows["camera"] == library.seen.words.index(seen.camera)
    several = np.flatnonzero(library.seen.dated() & mine)
    apart = np.abs(rows["taken"][several] - to_microseconds(seen.taken))
    return np.asarray(several[apart <= SECONDS * 1_000_000].astype(np.int32))


def with_one(library: Library, photo: Photo, seen: Fingerprint) -> Library:
    """A library with one more photo behind the others, whatever its path."""
    files, one = library.files, PhotoColumns.of([photo])
    row = one.rows.copy()
    row["folder"] = len(files.folders)
    joined = PhotoColumns(
        (*files.folders, *one.folders),
        np.concatenate((files.rows, row)),
        files.names + one.names,
        np.concatenate((files.ends, one.ends + len(files.names))),
    )
    measured = FingerprintColumns.joined([library.seen, FingerprintColumns.of([seen])])
    return Library(joined, measured, library.turned)


def _equal(column: NDArray[np.uint8], value: bytes) -> NDArray[np.bool_]:
    return np.asarray((column == np.frombuffer(value, np.uint8)).all(axis=1))


def near_to(library: Library, bits: bytes, furthest: int) -> NDArray[np.bool_]:
    """The photos within a distance of a hash, in the orientation that is nearest: bool (photos,)."""
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
