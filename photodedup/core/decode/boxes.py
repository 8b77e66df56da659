"""Reads the boxes of which HEIF, AVIF and CR3 files are built (ISO 14496-12), with limits and without trust.

The bytes of a file enter; boxes and the places of coded pictures leave, and whether the file is whole.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_MOST = 2000
"""Boxes, items and extents that are looked at; more than any camera writes."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its four letters, where what it holds begins, and where it ends (maybe beyond the file)."""

    name: bytes
    start: int
    end: int


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes that stand one after the other between two places of a file."""
    limit = len(data) if end is None else min(end, len(data))
    for _ in range(_MOST):
        if start + 8 > limit:
            return
        size, name = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1 and start + 16 <= limit:
            (size,), head = struct.unpack_from(">Q", data, start + 8), 16
        elif size == 0:
            size = limit - start
        if size < head:
            return
        yield Box(name, start + head, start + size)
        start += size


def within(data: bytes, parent: Box | None, name: bytes, skip: int = 0) -> Box | None:
    """The first box of a name inside another one, or None; `skip` bytes of the parent come before."""
    if parent is None:
        return None
    return next((box for box in boxes(data, parent.start + skip, parent.end) if box.name == name), None)


def is_cut(data: bytes, size: int) -> bool:
    """Whether a file ends before a box of it does.

    Args:
        data: The file, or its beginning.
        size: Bytes of the whole file.
    """
    return any(box.end > size for box in boxes(data))
