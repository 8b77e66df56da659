"""Reads what a file says of itself and decodes nothing: is it a picture, how large, when and by which camera.

A file, or its first bytes, enters; facts leave. JPEGs are taken apart here, without any codec, so that it can
be done in any process; all other formats need a worker.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from photodedup.core.decode import exif
from photodedup.core.decode.scans import frame_size, notes
from photodedup.core.decode.tags import Directory, directories

HEAD = 1 << 18
"""Bytes of a file within which nearly every JPEG says all that is asked for."""

Facts = dict[str, Any]
"""Fields of a `Fingerprint`: width, height, format, taken, camera."""

_MAKE, _MODEL, _ORIENTATION = 0x010F, 0x0110, 0x0112
_TIMES = ((0x9003, 0x9291), (0x9004, 0x9292))
_EXIF = b"Exif\0\0"


def facts_of_jpeg(head: bytes) -> Facts | None:
    """The facts of a JPEG from its first bytes; None where it is none or says them later."""
    size = frame_size(head)
    if size is None:
        return None
    note = next((note for note in notes(head) if note.startswith(_EXIF)), b"")
    tags = directories(note, len(_EXIF)) if note else []
    turned = _first(tags, _ORIENTATION)[:1] in [(turn,) for turn in range(5, 9)]
    times = (_time(tags, tag, fraction) for tag, fraction in _TIMES)
    return {
        "width": size[turned],
        "height": size[not turned],
        "format": "JPEG",
        "taken": next((time for time in times if time), None),
        "camera": exif.camera_of(_text(tags, _MAKE), _text(tags, _MODEL)),
    }


def _time(tags: list[Directory], tag: int, fraction: int) -> datetime | None:
    time = exif.time_of(_text(tags, tag))
    return time and time.replace(microsecond=exif.microsecond_of(_text(tags, fraction)))


def _first(tags: list[Directory], tag: int) -> tuple[int, ...]:
    return next((each.numbers(tag) for each in tags if tag in each.entries), ())


def _text(tags: list[Directory], tag: int) -> bytes:
    return next((each.text(tag) for each in tags if tag in each.entries), b"")
