"""Reads directories of TIFF tags, which nearly every raw photo is built of, with limits and without trust.

The bytes of a file enter; directories leave. Loops, absurd counts and places outside of the file end the
walk and raise nothing: a hostile file has fewer tags, not more time.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 13: 4}
"""Bytes of a value of each type; the types of floating point numbers are of no use here."""
_LETTERS = {1: "B", 2: "B", 3: "H", 4: "I", 5: "I", 6: "b", 7: "B", 8: "h", 9: "i", 10: "i", 13: "I"}
_RATIONAL = (5, 10)

SUB, EXIF = 0x014A, 0x8769
_MOST_DIRECTORIES = 32
_MOST_TAGS = 512
_MOST_NUMBERS = 4096


@dataclass(frozen=True, slots=True)
class Directory:
    """The tags of one directory; values are read when they are asked for.

    Attributes:
        data: The file.
        base: Where in `data` offsets count from.
        order: `<` or `>`, as `struct` has it.
        entries: For each tag its type, its count, and where in `data` its value begins.
    """

    data: bytes
    base: int
    order: str
    entries: dict[int, tuple[int, int, int]]

    def numbers(self, tag: int) -> tuple[int, ...]:
        """The values of a tag as whole numbers; none where it is missing or its value is not in the file."""
        kind, count, place = self.entries.get(tag, (0, 0, 0))
        if not 0 < count <= _MOST_NUMBERS:
            return ()
        rational = kind in _RATIONAL
        form = f"{self.order}{count * (1 + rational)}{_LETTERS[kind]}"
        try:
            found = struct.unpack_from(form, self.data, place)
        except struct.error:
            return ()
        if rational:
            return tuple(top // (below or 1) for top, below in zip(found[::2], found[1::2], strict=True))
        return found

    def number(self, tag: int) -> int:
        """The first value of a tag; 0 where it is missing."""
        found = self.numbers(tag)
        return found[0] if found else 0

    def text(self, tag: int) -> bytes:
        """The bytes of a tag that holds text."""
        return bytes(value & 0xFF for value in self.numbers(tag))

    def block(self, tag: int) -> tuple[int, int]:
        """Where in `data` the value of a tag begins, and how many bytes it has; zeros where it is missing."""
        kind, count, place = self.entries.get(tag, (1, 0, 0))
        return place, count * _BYTES[kind]


def directories(data: bytes, base: int = 0) -> list[Directory]:
    """Reads the directories of a TIFF, or of anything that is built like one.

    Args:
        data: The file.
        base: Where the TIFF begins in it: two letters for the order of bytes, two of magic, then the place
            of the first directory.

    Returns:
        The main directories, and below each those of its tags `SubIFDs` and `ExifIFD`.
    """
    order = {b"II": "<", b"MM": ">"}.get(data[base : base + 2])
    if order is None or len(data) < base + 8:
        return []
    (first,) = struct.unpack_from(f"{order}I", data, base + 4)
    found: list[Directory] = []
    seen: set[int] = set()
    waiting = [(first, True)]
    while waiting and len(seen) < _MOST_DIRECTORIES:
        offset, in_chain = waiting.pop(0)
        if not offset or offset in seen:
            continue
        seen.add(offset)
        directory, following = _directory(data, base, order, offset)
        found.append(directory)
        waiting += [(each, False) for tag in (SUB, EXIF) for each in directory.numbers(tag)]
        if in_chain:
            waiting.append((following, True))
    return found


def _directory(data: bytes, base: int, order: str, offset: int) -> tuple[Directory, int]:
    """One directory, and the offset of the one that follows it, or 0."""
    entries: dict[int, tuple[int, int, int]] = {}
    directory = Directory(data, base, order, entries)
    place = base + offset
    if place + 2 > len(data):
        return directory, 0
    (count,) = struct.unpack_from(f"{order}H", data, place)
    for at in range(place + 2, place + 2 + 12 * min(count, _MOST_TAGS), 12):
        if at + 12 > len(data):
            return directory, 0
        tag, kind, many, value = struct.unpack_from(f"{order}HHII", data, at)
        if kind in _BYTES:
            outside = many * _BYTES[kind] > 4
            entries.setdefault(tag, (kind, many, base + value if outside else at + 8))
    end = place + 2 + 12 * count
    return directory, int(struct.unpack_from(f"{order}I", data, end)[0]) if end + 4 <= len(data) else 0
