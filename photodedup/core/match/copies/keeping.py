"""Edits as bytes under a name of all that they depend on, so that an unchanged library is searched once.

A library enters; a key leaves. Edits enter and bytes leave, and the other way round.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from photodedup.core.fingerprint.waves import VERSION
from photodedup.core.values import Edits, Library, Matches

_SEARCH = 1
"""Raised when the same features would give other edits."""


def edits_key(library: Library, matches: Matches, threshold: int) -> bytes:
    """Names everything that the edits of a library depend on: BLAKE2b-256.

    Args:
        library: The photos.
        matches: Their near pairs, which are not searched again.
        threshold: Bits up to which near pairs are left out.
    """
    digest = blake2b(f"edits {_SEARCH} {VERSION} {threshold} {len(library)} ".encode(), digest_size=32)
    for array in (library.seen.rows["content"], matches.node, matches.left, matches.right, matches.distance):
        digest.update(np.ascontiguousarray(array).data)
    digest.update(np.ascontiguousarray(library.seen.rows["plain"]).data)
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
