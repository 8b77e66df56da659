"""What files have at both ends, in one number each: files whose numbers differ are not identical.

Paths and sizes enter, numbers leave. Numbers may agree by chance, so nothing is proven by them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from zlib import crc32

from photodedup.core.decode.task import FLAGS

END = 4096
"""Bytes that are read at either end of a file."""


def ends_of(files: Iterable[tuple[bytes, int]]) -> list[int | None]:
    """A number for the first and the last bytes of each file, the same in every process.

    Args:
        files: Path and size of each.

    Returns:
        Numbers below 2^63; None for a file that could not be read.
    """
    found: list[int | None] = []
    for path, size in files:
        try:
            found.append(_both_ends(path, size))
        except (OSError, ValueError):
            found.append(None)
    return found


def _both_ends(path: bytes, size: int) -> int:
    descriptor = os.open(path, FLAGS)
    try:
        start = crc32(os.read(descriptor, END))
        if size <= END:
            return start
        os.lseek(descriptor, -min(END, size - END), os.SEEK_END)
        return start << 31 ^ crc32(os.read(descriptor, END))
    finally:
        os.close(descriptor)
