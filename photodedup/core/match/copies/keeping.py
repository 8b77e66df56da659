"""Edits as bytes under a name of all that they depend on, so that an unchanged library is searched once.

A library enters; a key leaves. Edits enter and bytes leave, and the other way round.
"""

from __future__ import annotations

import numpy as np
from blake3 import blake3

from photodedup.core.fingerprint.waves import VERSION
from photodedup.core.values import Edits, Index, Library, Matches

_SEARCH = 15
"""Raised when the same features would give other edits."""


def edits_key(library: Library, matches: Matches, together: Index) -> bytes:
    """Names everything that the edits of a library depend on: BLAKE3.

    Args:
        library: The photos.
        matches: Which of them are identical.
        together: int32 (photos,), the first photo of the near group of each.
    """
    digest = blake3(f"edits {_SEARCH} {VERSION} {len(library)} ".encode())
    rows = library.seen.rows
    pairs = matches.node, matches.left, matches.right, matches.distance
    for array in (rows["content"], rows["plain"], matches.same_picture, together, *pairs):
        digest.update(np.ascontiguousarray(array).view(np.uint8).data)
    return digest.digest()


def pack_edits(edits: Edits) -> bytes:
    """Edits as bytes."""
    ends = edits.copy.astype("<i4").tobytes() + edits.source.astype("<i4").tobytes()
    return ends + edits.transform.astype("<f4").tobytes() + edits.likeness.astype("<f4").tobytes()


def unpack_edits(kept: bytes, photos: int) -> Edits | None:
    """Edits of so many photos from their bytes, or None where these are not whole."""
    count, left = divmod(len(kept), 4 * 9)
    if left:
        return None
    ends = np.frombuffer(kept, "<i4", 2 * count).astype(np.int32).reshape(2, count)
    if count and (ends.min() < 0 or ends.max() >= photos):
        return None
    rest = np.frombuffer(kept, "<f4", offset=8 * count).astype(np.float32)
    return Edits(ends[0], ends[1], rest[: 6 * count].reshape(-1, 2, 3), rest[6 * count :])
