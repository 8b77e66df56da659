"""Reads raw photos by the JPEG that their camera put into them, and never by their sensor's values.

A stream enters; the preview and what the camera wrote beside it leave. What is no raw photo is None.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from photodedup.core.decode import exif
from photodedup.core.decode.intake import WHOLE
from photodedup.core.decode.layouts import MAKE, MODEL, ORIENTATION, TAKEN, Layout, begins_raw, layout_of
from photodedup.core.decode.scans import frame_size
from photodedup.core.decode.task import RefusedError
from photodedup.core.values import SkipReason

LEAST = 128
"""The shorter side, in pixels, that a preview must have to stand for its photo."""
_JPEG = b"\xff\xd8\xff"
_MOST_FOUND = 200
_LARGEST = 64 << 20
_MOST_PIXELS = 1_000_000_000


@dataclass(frozen=True)
class RawPhoto:
    """A raw photo.

    Attributes:
        name: The name of its format, such as `DNG`.
        jpeg: Its preview; the largest one.
        width: Of the photo as it is stored, in pixels.
        height: Of the photo as it is stored, in pixels.
        turn: EXIF orientation that the preview asks for, 1 to 8; 0 where only its own tags can say so.
        taken: Local time of the camera, or None.
        camera: Maker and model, or the empty string.
        cut: True where the file ends before its pixels do.
    """

    name: str
    jpeg: bytes
    width: int
    height: int
    turn: int
    taken: datetime | None
    camera: str
    cut: bool


def is_raw(stream: BinaryIO) -> bool:
    """Whether a file is a raw photo; its place afterwards is its beginning."""
    return _layout(stream)[1] is not None


def read_raw(stream: BinaryIO) -> RawPhoto | None:
    """Read a raw photo.

    Args:
        stream: Seekable; its place afterwards is its beginning.

    Returns:
        The photo, or None where the file is no raw photo.

    Raises:
        RefusedError: It holds no preview that can stand for it.
    """
    data, layout = _layout(stream)
    if layout is None:
        return None
    best = _largest(data, layout)
    if best is None:
        what = (
            "is damaged: its preview is missing" if layout.cut else "is a raw photo without a usable preview"
        )
        reason = SkipReason.DAMAGED if layout.cut else SkipReason.UNSUPPORTED_FORMAT
        raise RefusedError(reason, what)
    preview, jpeg = best
    width, height = _full(layout, preview)
    turn = layout.turn or next(
        (each.number(ORIENTATION) for each in layout.tags if each.number(ORIENTATION)), 0
    )
    if (width > height) != (preview[0] > preview[1]):  # a program stored the preview upright
        width, height, turn = height, width, 1
    return RawPhoto(
        layout.name,
        jpeg,
        width,
        height,
        turn if 0 <= turn <= 8 else 1,
        layout.taken or exif.time_of(_text(layout, TAKEN)),
        exif.camera_of(layout.camera[0] or _text(layout, MAKE), layout.camera[1] or _text(layout, MODEL)),
        layout.cut,
    )


def _layout(stream: BinaryIO) -> tuple[bytes, Layout | None]:
    stream.seek(0)
    head = stream.read(16)
    stream.seek(0)
    if not begins_raw(head):
        return b"", None
    if isinstance(stream, BytesIO):
        data, size = stream.getvalue(), len(stream.getbuffer())
    else:
        data, size = stream.read(WHOLE), os.fstat(stream.fileno()).st_size
        stream.seek(0)
    return data, layout_of(data, size)


def _largest(data: bytes, layout: Layout) -> tuple[tuple[int, int], bytes] | None:
    """The size and the bytes of the largest preview; makers hide some in notes of their own."""
    best: tuple[tuple[int, int], int, int] | None = None
    for supply in (iter(layout.spans), _hidden(data)):
        for start, length in supply:
            size = frame_size(data, start) if 0 <= start < len(data) else None
            if size and (best is None or size[0] * size[1] > best[0][0] * best[0][1]):
                best = size, start, length
        if best is not None and min(best[0]) >= LEAST:
            return best[0], data[best[1] : best[1] + (best[2] or _LARGEST)]
    return None


def _hidden(data: bytes) -> Iterator[tuple[int, int]]:
    """Every place at which a JPEG may begin."""
    place = data.find(_JPEG)
    for _ in range(_MOST_FOUND):
        if place < 0:
            return
        yield place, _LARGEST
        place = data.find(_JPEG, place + 1)


def _full(layout: Layout, preview: tuple[int, int]) -> tuple[int, int]:
    """Width and height of the photo: what it says of itself, where that can be."""
    shorter, longer = sorted(preview)
    for width, height in layout.sizes:
        low, high = sorted((width, height))
        alike = low * longer < 1.5 * high * shorter and high * shorter < 1.5 * low * longer
        if alike and low >= shorter * 0.9 and width * height <= _MOST_PIXELS:
            return width, height
    return preview


def _text(layout: Layout, tag: int) -> bytes:
    return next((each.text(tag) for each in layout.tags if tag in each.entries), b"")
