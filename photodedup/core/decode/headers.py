"""Reads what a file says of itself and decodes nothing: is it a picture, how large, when and by which camera.

A file, or its first bytes, enters; facts leave. JPEGs are taken apart here, without any codec, so that it can
be done in any process; all other formats need a worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from photodedup.core.decode import exif
from photodedup.core.decode.scans import FRAMES, MARKER, SCAN, SEGMENTS, SHOWN
from photodedup.core.decode.tags import Directory, directories

HEAD = 1 << 18
"""Bytes of a file within which nearly every JPEG says all that is asked for."""

Facts = dict[str, Any]
"""Fields of a `Fingerprint`: width, height, format, taken, camera."""

_MAKE, _MODEL, _ORIENTATION = 0x010F, 0x0110, 0x0112
_TIMES = ((0x9003, 0x9291), (0x9004, 0x9292))
_EXIF = b"Exif\0\0"
_NOTE = 0xE1
_NO_MARKER = frozenset([0x00, 0xFF, *range(0xD0, 0xD8)])


def facts_of_jpeg(head: bytes) -> Facts | None:
    """The facts of a JPEG from its first bytes; None where it is none or says them later."""
    size, note = None, b""
    for marker, begin, end in _before_pixels(head):
        if marker == _NOTE and not note and end <= len(head) and head.startswith(_EXIF, begin):
            note = head[begin:end]
        elif marker in FRAMES and size is None:
            size = _frame_size(head[begin:end]) if marker in SHOWN else None
            if size is None:
                return None
    if size is None:
        return None
    tags = directories(note, len(_EXIF)) if note else []
    if not tags:
        return {"width": size[0], "height": size[1], "format": "JPEG", "taken": None, "camera": ""}
    turned = _first(tags, _ORIENTATION)[:1] in [(turn,) for turn in range(5, 9)]
    times = (_time(tags, tag, fraction) for tag, fraction in _TIMES)
    return {
        "width": size[turned],
        "height": size[not turned],
        "format": "JPEG",
        "taken": next((time for time in times if time), None),
        "camera": exif.camera_of(_text(tags, _MAKE), _text(tags, _MODEL)),
    }


def _before_pixels(head: bytes) -> Iterator[tuple[int, int, int]]:
    """The segments of a JPEG before its first scan: marker, and where the payload of each begins and ends."""
    if head[:2] != b"\xff\xd8":
        return
    place = 2
    with suppress(IndexError):  # the bytes end
        while True:
            # A marker stands mostly where the segment before it ends; if not, what lies between is junk.
            if head[place] != 0xFF or head[place + 1] in _NO_MARKER:
                found = MARKER.search(head, place)
                if found is None:
                    return
                place = found.start()
            marker, end = head[place + 1], place + 2 + (head[place + 2] << 8 | head[place + 3])
            if marker == SCAN or marker not in SEGMENTS:
                return
            yield marker, place + 4, end
            place = end


def _frame_size(frame: bytes) -> tuple[int, int] | None:
    """Width and height from the payload of a frame; None where it is too short for its components."""
    if len(frame) < 6 or len(frame) < 6 + 3 * frame[5]:
        return None
    return int.from_bytes(frame[3:5]), int.from_bytes(frame[1:3])


def _time(tags: list[Directory], tag: int, fraction: int) -> datetime | None:
    time = exif.time_of(_text(tags, tag))
    return time and time.replace(microsecond=exif.microsecond_of(_text(tags, fraction)))


def _first(tags: list[Directory], tag: int) -> tuple[int, ...]:
    return next((each.numbers(tag) for each in tags if tag in each.entries), ())


def _text(tags: list[Directory], tag: int) -> bytes:
    return next((each.text(tag) for each in tags if tag in each.entries), b"")
