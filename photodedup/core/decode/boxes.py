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


@dataclass(frozen=True, slots=True)
class Item:
    """Coded bytes of a HEIF: the four letters of their coding, where they begin, and where they end."""

    coding: bytes
    start: int
    end: int


def items(data: bytes) -> list[Item]:
    """The coded pictures, tiles and notes of a HEIF, as far as they lie in the file itself."""
    meta = next((box for box in boxes(data) if box.name == b"meta"), None)
    places, about = within(data, meta, b"iloc", 4), within(data, meta, b"iinf", 4)
    if places is None or about is None:
        return []
    try:
        codings = _codings(data, about)
        return [Item(codings.get(number, b""), *span) for number, span in _extents(data, places)]
    except (struct.error, IndexError):
        return []


def _codings(data: bytes, box: Box) -> dict[int, bytes]:
    """The coding of each item by its number."""
    head = 6 if data[box.start] == 0 else 8
    found = {}
    for each in boxes(data, box.start + head, box.end):
        version = data[each.start]
        if version < 2:
            continue
        wide = 2 if version == 2 else 4
        number = int.from_bytes(data[each.start + 4 : each.start + 4 + wide])
        found[number] = data[each.start + 6 + wide : each.start + 10 + wide]
    return found


def _extents(data: bytes, box: Box) -> Iterator[tuple[int, tuple[int, int]]]:
    """The number of an item, and where one of its extents begins and ends."""
    version, place = data[box.start], box.start + 4
    widths = (
        data[place] >> 4,
        data[place] & 15,
        data[place + 1] >> 4,
        data[place + 1] & 15 if version else 0,
    )
    offset_wide, length_wide, base_wide, index_wide = widths
    number_wide = 4 if version == 2 else 2
    take = _Reader(data, place + 2, box.end)
    for _ in range(min(take(number_wide), _MOST)):
        number, method = take(number_wide), take(2) & 15 if version else 0
        take(2)
        base = take(base_wide)
        for _ in range(min(take(2), _MOST)):
            take(index_wide)
            start = base + take(offset_wide)
            length = take(length_wide)
            if method == 0 and length:
                yield number, (start, start + length)


class _Reader:
    """Takes whole numbers from a box, one after the other."""

    def __init__(self, data: bytes, place: int, end: int) -> None:
        self._data, self._place, self._end = data, place, end

    def __call__(self, wide: int) -> int:
        place = self._place
        self._place += wide
        if self._place > self._end:
            raise IndexError("the box ends before its numbers do")
        return int.from_bytes(self._data[place : self._place])
