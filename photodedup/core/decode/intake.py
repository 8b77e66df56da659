"""One read of a file serves its content digest and its decoding.

A raw stream enters; a seekable stream for the decoder and the digest leave.
"""

from __future__ import annotations

import io
import os
from typing import BinaryIO

from blake3 import blake3

WHOLE = 256 << 20
"""Bytes of a file up to which it is read into memory."""
_CHUNK = 1 << 20


def buffered(raw: BinaryIO) -> BinaryIO:
    """A seekable stream over a file, in memory where it fits.

    Args:
        raw: An open file at its beginning.
    """
    if os.fstat(raw.fileno()).st_size <= WHOLE:
        return io.BytesIO(raw.read())
    return io.BufferedReader(raw, _CHUNK)  # type: ignore[type-var]


def take_in(raw: BinaryIO) -> tuple[BinaryIO, bytes]:
    """Read a file, once where it fits into memory.

    Args:
        raw: An open file at its beginning.

    Returns:
        A seekable stream at its beginning, and BLAKE3 of the whole file.
    """
    stream = buffered(raw)
    if isinstance(stream, io.BytesIO):
        return stream, blake3(stream.getbuffer()).digest()
    digest = blake3()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    stream.seek(0)
    return stream, digest.digest()
