"""The content identifier by which Apple's cameras tell the picture and the film of a Live Photo as one.

A picture (JPEG or HEIC) or a film (MOV) enters, at most its tags are read; the identifier leaves, or the
empty string. A hostile file has none: counts and places are not believed, nothing is raised but `OSError`.

Sources: Apple's maker note (ExifTool's tag tables, `ContentIdentifier`, 0x0011), which is a directory of tags
whose places count from the note; QuickTime File Format, metadata item keys.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO

from photodedup.core.decode.boxes import Box, boxes, items, within
from photodedup.core.decode.tags import Directory, directories

_NOTE, _IDENTIFIER = 0x927C, 0x0011
_APPLE = b"Apple iOS\0"
_HEAD = len(_APPLE) + 2
_KEY = b"com.apple.quicktime.content.identifier"
_MOST_PICTURE, _MOST_MOVIE, _MOST_BOXES = 64 << 20, 16 << 20, 1000
_LONGEST = 128


def live_identifier(path: Path) -> str:
    """The content identifier of a picture or film, or the empty string.

    Args:
        path: A regular file; a link is not followed.

    Raises:
        OSError: It cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        head = file.read(12)
        file.seek(0)
        if head[4:8] == b"ftyp" and head[8:12] != b"qt  ":
            return _in_heic(file.read(_MOST_PICTURE)) or _in_film(file)
        return _in_jpeg(file.read(1 << 18)) if head[:2] == b"\xff\xd8" else _in_film(file)


def _in_jpeg(data: bytes) -> str:
    place = 2
    while data[place : place + 1] == b"\xff" and place + 4 <= len(data):
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4])
        if marker == 0xE1 and data[place + 4 : place + 10] == b"Exif\0\0":
            return _in_tags(data[: place + 2 + length], place + 10)
        if marker == 0xDA or length < 2:
            break
        place += 2 + length
    return ""


def _in_heic(data: bytes) -> str:
    for item in items(data):
        if item.coding == b"Exif" and item.start + 4 <= len(data):
            (skipped,) = struct.unpack_from(">I", data, item.start)
            return _in_tags(data[: item.end], item.start + 4 + skipped)
    return ""


def _in_tags(data: bytes, base: int) -> str:
    """The identifier in the maker note of an EXIF block that begins at `base`."""
    for directory in directories(data, base):
        start, length = directory.block(_NOTE)
        note = data[start : start + length]
        if note.startswith(_APPLE):
            # The note has a head of its own; what follows has the form of a TIFF, but for its missing magic.
            order = {b"II": "<", b"MM": ">"}.get(note[_HEAD : _HEAD + 2])
            return _text(_note_directory(note, order).text(_IDENTIFIER)) if order else ""
    return ""


def _note_directory(note: bytes, order: str) -> Directory:
    """The tags of a maker note, as far as they are needed."""
    entries: dict[int, tuple[int, int, int]] = {}
    place = _HEAD + 4
    count = struct.unpack_from(f"{order}H", note, place - 2)[0] if len(note) >= place else 0
    for at in range(place, min(place + 12 * count, len(note) - 11), 12):
        tag, kind, many, value = struct.unpack_from(f"{order}HHII", note, at)
        if tag == _IDENTIFIER and kind == 2 and 4 < many <= _LONGEST:
            entries[tag] = (kind, many, value)
    return Directory(note, 0, order, entries)


def _in_film(file: BinaryIO) -> str:
    length = file.seek(0, os.SEEK_END)
    file.seek(0)
    for _ in range(_MOST_BOXES):
        head = file.read(16)
        if len(head) < 8:
            break
        size, name = struct.unpack_from(">I4s", head)
        taken = 8
        if size == 1 and len(head) == 16:
            (size,), taken = struct.unpack_from(">Q", head, 8), 16
        if name == b"moov":
            file.seek(taken - len(head), os.SEEK_CUR)
            return _in_movie(file.read(min(size - taken, _MOST_MOVIE) if size > taken else _MOST_MOVIE))
        if not taken <= size <= length:
            break
        file.seek(size - len(head), os.SEEK_CUR)
    return ""


def _in_movie(data: bytes) -> str:
    whole = Box(b"moov", 0, len(data))
    meta = within(data, whole, b"meta")
    # QuickTime's box has no version before what it holds, ISO's has one.
    for skip in (0, 4):
        keys, values = within(data, meta, b"keys", skip), within(data, meta, b"ilst", skip)
        if keys and values:
            return _value(data, values, _number(data, keys))
    return ""


def _number(data: bytes, keys: Box) -> int:
    """The number of the identifier's key, from 1 on; 0 where it is not among the keys."""
    for number, each in enumerate(boxes(data, keys.start + 8, keys.end), 1):
        if data[each.start : each.end] == _KEY:
            return number
    return 0


def _value(data: bytes, values: Box, number: int) -> str:
    for each in boxes(data, values.start, values.end):
        if int.from_bytes(each.name) == number:
            value = within(data, each, b"data")
            return _text(data[value.start + 8 : min(value.end, value.start + 8 + _LONGEST)]) if value else ""
    return ""


def _text(value: bytes) -> str:
    text = value.split(b"\0")[0]
    return text.decode("ascii") if text.isascii() and text.decode("ascii").isprintable() else ""
