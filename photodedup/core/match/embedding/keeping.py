"""Pairs that are alike as bytes under a name of all that they depend on, so that they are searched once.

Embeddings enter; a key leaves. Pairs enter and bytes leave, and the other way round.
"""

from __future__ import annotations

import struct

import numpy as np
from blake3 import blake3
from numpy.typing import NDArray

from photodedup.core.match.embedding.likest import Likest
from photodedup.core.values import Embeddings

_SEARCH = 1
"""Raised when the same vectors would give other pairs."""


def likest_key(embeddings: Embeddings, sorts: NDArray[np.bool_], threshold: float) -> bytes:
    """Names everything that the pairs depend on: BLAKE3."""
    digest = blake3(f"likest {_SEARCH} {threshold!r} {embeddings.vectors.shape} ".encode())
    digest.update(np.ascontiguousarray(embeddings.vectors).view(np.uint8).data)
    digest.update(np.ascontiguousarray(sorts).view(np.uint8).data)
    return digest.digest()


def pack_likest(likest: Likest) -> bytes:
    """Pairs as bytes."""
    columns = likest.left.astype("<i4"), likest.right.astype("<i4"), likest.cosine.astype("<f4")
    return struct.pack("<d", likest.threshold) + b"".join(each.tobytes() for each in columns)


def unpack_likest(kept: bytes, photos: int) -> Likest | None:
    """Pairs of so many photos from their bytes, or None where these are not whole."""
    count, left = divmod(len(kept) - 8, 12)
    if count < 0 or left:
        return None
    ends = np.frombuffer(kept, "<i4", 2 * count, 8).astype(np.int32).reshape(2, count)
    if count and (ends.min() < 0 or ends.max() >= photos):
        return None
    cosine = np.frombuffer(kept, "<f4", count, 8 + 8 * count).astype(np.float32)
    return Likest(ends[0], ends[1], cosine, struct.unpack_from("<d", kept)[0])
