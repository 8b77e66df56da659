"""Reads pictures in a worker: the small one that everything is measured on, and views for the window.

A stream enters; pictures leave, upright and in sRGB. A JPEG is decoded at the smallest scale that serves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from PIL import Image

from photodedup.core.decode import exif, jpeg
from photodedup.core.decode.colour import flat, srgb, upright
from photodedup.core.decode.formats import name_of, open_picture, preview
from photodedup.core.decode.intake import buffered
from photodedup.core.decode.raw import RawPhoto, read_raw
from photodedup.core.decode.wiped import is_wiped

SIDE = 320
"""The longer side of the small picture, in pixels, unless its shorter one would fall below `SHORT`."""
SHORT = 128
"""The shorter side of the small picture, where the photo has as many."""
LEAST = 240
"""A JPEG's small picture is what its decoder gives at the smallest scale with this longer side and `SHORT`: a
second reduction would cost time and bits."""


@dataclass(frozen=True)
class Small:
    """A small upright picture and what was learnt on the way.

    Attributes:
        image: RGB in sRGB; never enlarged.
        width: Full-size pixels, upright.
        height: Full-size pixels, upright.
        format: Pillow's name of the format, or that of a raw photo, such as `DNG`.
        taken: Local time of the camera, or None.
        camera: Maker and model, or the empty string.
        damaged: True where the codec reported missing or repaired data.
    """

    image: Image.Image
    width: int
    height: int
    format: str
    taken: datetime | None
    camera: str
    damaged: bool = False


def read_small(stream: BinaryIO) -> Small:
    """Decode a photo once, small; a raw photo by the preview in it.

    Args:
        stream: Seekable, at its beginning.

    Raises:
        RefusedError: It is no picture of ours, or too large.
        Exception: The decoder failed; a damaged file can raise anything.
    """
    raw = read_raw(stream)
    if raw is not None:
        return _small_raw(raw)
    picture = open_picture(stream)
    size = picture.size
    image, turn, damaged = _reduced(picture, stream)
    width, height = _turned(size, turn)
    taken, camera = exif.taken(picture), exif.camera(picture)
    return Small(image, width, height, name_of(picture), taken, camera, damaged)


def _small_raw(raw: RawPhoto) -> Small:
    stream = BytesIO(raw.jpeg)
    picture = open_picture(stream)
    image, turn, damaged = _reduced(picture, stream, raw.turn)
    width, height = _turned((raw.width, raw.height), turn)
    taken, camera = raw.taken or exif.taken(picture), raw.camera or exif.camera(picture)
    return Small(image, width, height, raw.name, taken, camera, damaged or raw.cut)


def _reduced(picture: Image.Image, stream: BinaryIO, turn: int = 0) -> tuple[Image.Image, int, bool]:
    """The small upright picture, how it was turned, and whether the codec noticed damage.

    Args:
        picture: Opened, not yet decoded.
        stream: Where it came from.
        turn: EXIF orientation; 0 for the picture's own.
    """
    longer, shorter = max(picture.size), min(picture.size)
    least = _fitted(picture.size, max(LEAST / longer, SHORT / shorter))
    data = jpeg.whole_bytes(picture, stream)
    if data is None:
        harmed = is_wiped(picture, stream)
        target = _fitted(picture.size, max(SIDE / longer, SHORT / shorter))
        return *_decode(picture, target, least, turn), harmed
    image, damaged = jpeg.decode(data, picture.mode, picture.size, least)
    return *_finish(picture, image, turn), damaged


def view(raw: BinaryIO, side: int) -> tuple[int, int, bytes]:
    """Task of a worker: decode a photo for the window.

    Args:
        raw: An open file at its beginning.
        side: The longest side wanted, in pixels; a smaller photo is not enlarged.

    Returns:
        Width, height, and the pixels: three bytes each, sRGB, row by row from the top.

    Raises:
        RefusedError: It is no picture of ours, or too large.
        Exception: The decoder failed; a damaged file can raise anything.
    """
    stream, turn = buffered(raw), 0
    sensor = read_raw(stream)
    if sensor is not None:
        stream, turn = BytesIO(sensor.jpeg), sensor.turn
    picture = open_picture(stream)
    target = _fitted(picture.size, side / max(picture.size))
    if data := jpeg.whole_bytes(picture, stream):
        decoded, _ = jpeg.decode(data, picture.mode, picture.size, target)
        image, _ = _finish(picture, _resized(decoded, target), turn)
    else:
        image, _ = _decode(picture, target, target, turn)
    return image.width, image.height, image.tobytes()


def _fitted(size: tuple[int, int], ratio: float) -> tuple[int, int]:
    """A size made smaller by a ratio; never larger, never empty."""
    ratio = min(1.0, ratio)
    return max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio))


def _decode(
    picture: Image.Image, target: tuple[int, int], least: tuple[int, int], turn: int
) -> tuple[Image.Image, int]:
    """Decode by Pillow, before turning.

    Args:
        picture: Opened, not yet decoded.
        target: The size that a larger picture is brought to.
        least: The size that a preview in it must have at least to serve.
        turn: EXIF orientation; 0 for the picture's own.

    Returns:
        The upright picture and how it was turned.
    """
    full = picture.size
    if picture.format in ("JPEG", "MPO"):
        picture.draft(None, target)
    preview(picture, *least)
    picture.load()
    if full != picture.size and _turned_while_loading(full, picture.size):
        target = target[1], target[0]
    if max(picture.size) <= max(target):
        target = picture.size
    return _finish(picture, _resized(flat(picture), target), turn)


def _resized(image: Image.Image, target: tuple[int, int]) -> Image.Image:
    return image if image.size == target else image.resize(target, Image.Resampling.LANCZOS)


def _finish(picture: Image.Image, image: Image.Image, turn: int) -> tuple[Image.Image, int]:
    """Bring decoded pixels to sRGB and turn them upright; returns them and the turn."""
    turn = turn or exif.orientation(picture)
    return upright(srgb(image, picture.info.get("icc_profile")), turn), turn


def _turned_while_loading(full: tuple[int, int], loaded: tuple[int, int]) -> bool:
    """Pillow turns a TIFF upright while it loads it, so that its sides change places."""
    return loaded == (full[1], full[0])


def _turned(size: tuple[int, int], turn: int) -> tuple[int, int]:
    return (size[1], size[0]) if turn >= 5 else size
