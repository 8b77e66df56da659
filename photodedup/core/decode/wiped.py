"""Notices zeros where no camera and no program put any: blocks that a disk or a transfer lost.

An opened, not yet decoded picture and its bytes enter; whether it was harmed leaves. Codecs decode such a
file without a word. Looking for zeros takes a thousandth of the time that decoding does.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from PIL import Image

from photodedup.core.decode.boxes import items

_SOMETHING = re.compile(rb"[^\0]")
_ZEROS = {b"hvc1": 16, b"av01": 64, b"VP8L": 512, b"VP8 ": 64}
"""Zeros in a row that no encoder writes. HEVC never has three, since four begin a unit; flat pictures of 12
megapixels gave at most 20 in AV1 and VP8L. VP8 codes flat parts in zeros: at most one for 20 blocks of 16 by
16 pixels was seen, so that as many as one for ten blocks are allowed on top."""
_VP8_BLOCKS = 16 * 16 * 10
_RUN = 512
_BLOCK = 512
_BRIGHT = 24
"""Of 255: what lies beside a block that was wiped is seldom darker, and black parts of photos end softly."""
_PLAIN = {"RGB": 3, "BGR": 3, "L": 1, "RGBX": 4, "BGRX": 4}
_MOST = 256
_STRIPS, _COUNTS = 273, 279


def is_wiped(picture: Image.Image, stream: BinaryIO) -> bool:
    """Whether a part of a picture was lost or overwritten by zeros.

    Args:
        picture: Opened, not yet decoded; a JPEG is never asked for here.
        stream: Where it came from; one that is too large to be in memory is not looked at.
    """
    if not isinstance(stream, BytesIO):
        return False
    data = stream.getvalue()
    if picture.format in ("HEIF", "AVIF"):
        found = items(data)
        cut = any(item.end > len(data) for item in found)
        return cut or any(_has_zeros(data, item.coding, item.start, item.end) for item in found)
    if picture.format == "WEBP":
        more = picture.width * picture.height // _VP8_BLOCKS
        chunks = _chunks(data, 12, len(data))
        return any(_has_zeros(data, *chunk, more * (chunk[0] == b"VP8 ")) for chunk in chunks)
    if picture.format in ("TIFF", "BMP"):
        return _is_plain_wiped(picture, data) or _is_deflated_wiped(picture, data)
    return False


def _has_zeros(data: bytes, coding: bytes, start: int, end: int, more: int = 0) -> bool:
    count = _ZEROS.get(coding)
    return count is not None and data.find(bytes(count + more), start, end) >= 0


def _chunks(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The chunks of a WebP: name, beginning and end; those of its frames too."""
    for _ in range(_MOST):
        if start + 8 > end:
            return
        name, length = struct.unpack_from("<4sI", data, start)
        if name == b"ANMF":
            yield from _chunks(data, start + 24, min(start + 8 + length, end))
        yield name, start + 8, start + 8 + length
        start += 8 + length + length % 2


def _runs(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where long runs of zeros begin and end."""
    zeros = bytes(_RUN)
    for _ in range(_MOST):
        found = data.find(zeros, start, end)
        if found < 0:
            return
        after = _SOMETHING.search(data, found + _RUN, end)
        start = after.start() if after else end
        yield found, start


def _is_plain_wiped(picture: Image.Image, data: bytes) -> bool:
    """Whether zeros cut through the rows of a picture that is not compressed."""
    tiles = getattr(picture, "tile", ())
    for codec, (_, top, _, bottom), offset, details in tiles:
        pixel = _PLAIN.get(details[0]) if codec == "raw" and isinstance(details, tuple) else None
        if pixel is None or picture.width * pixel < _BLOCK:
            continue
        row = max(details[1], picture.width * pixel)
        begin, end = offset, min(offset + row * (bottom - top), len(data))
        for run in _runs(data, begin, end):
            around = memoryview(data)[max(begin, run[0] - row) : min(run[1] + row, end)]
            place = run[0] - begin
            if _cuts_through(bytes(around), place, run[1] - run[0], (row, picture.width * pixel)):
                return True
    return False


def _cuts_through(around: bytes, place: int, length: int, row: tuple[int, int]) -> bool:
    """Whether a run of zeros is no black part of the picture.

    Black parts end where a row does, or softly; lost blocks end in the middle of a row, beside and below
    something bright. One within a row must be as long as blocks of a disk are, lest it be a drawn line.

    Args:
        around: The run and a row of bytes before and after it, as far as they are there.
        place: Where the run begins, from the first row on.
        length: Of the run.
        row: Bytes of a row in the file, and those of them that are pixels.
    """
    if length < row[0] and length % _BLOCK:
        return False
    begins_inside, ends_inside = (3 < at % row[0] < row[1] - 3 for at in (place, place + length))
    if not (begins_inside or ends_inside):
        return False
    before = around[: min(place, row[0])]
    after = around[len(before) + length :]
    torn_before = not begins_inside or (_is_bright(before[:_RUN]) and max(before[-4:]) >= _BRIGHT)
    torn_after = not ends_inside or (_is_bright(after[-_RUN:]) and max(after[:4]) >= _BRIGHT)
    return torn_before and torn_after


def _is_bright(part: bytes) -> bool:
    return len(part) > 0 and sum(part) >= _BRIGHT * len(part)


def _is_deflated_wiped(picture: Image.Image, data: bytes) -> bool:
    """Whether a deflated strip that holds zeros for long is not what was deflated; libtiff does not look."""
    if picture.format != "TIFF" or picture.info.get("compression") != "tiff_adobe_deflate":
        return False
    tags = picture.tag_v2  # type: ignore[attr-defined]
    for start, length in zip(tags.get(_STRIPS, ()), tags.get(_COUNTS, ()), strict=False):
        if next(_runs(data, start, start + length), None) is None:
            continue
        strip, inflate = memoryview(data)[start : start + length], zlib.decompressobj()
        try:
            for at in range(0, length, 1 << 16):
                left: bytes | memoryview = strip[at : at + (1 << 16)]
                while left:
                    inflate.decompress(left, 1 << 20)
                    left = inflate.unconsumed_tail
        except zlib.error:
            return True
        if not inflate.eof:
            return True
    return False
