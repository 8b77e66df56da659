"""Reads pictures in a worker: the small one that everything is measured on, and views for the window.

A stream enters; pictures leave, upright and in sRGB. A JPEG is decoded at the smallest scale that serves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from PIL import Image

from photodedup.core.decode import exif
from photodedup.core.decode.colour import flat, srgb, upright
from photodedup.core.decode.formats import name_of, open_picture, preview
from photodedup.core.decode.intake import buffered

SIDE = 320
"""The longer side of the small picture, in pixels, unless its shorter one would fall below `SHORT`."""
SHORT = 128
"""The shorter side of the small picture, where the photo has as many."""

_SCALES = (8, 4, 2)


@dataclass(frozen=True)
class Small:
    """A small upright picture and what was learnt on the way.

    Attributes:
        image: RGB in sRGB; never enlarged.
        width: Full-size pixels, upright.
        height: Full-size pixels, upright.
        format: Pillow's name of the format.
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
    """Decode a photo once, small.

    Args:
        stream: Seekable, at its beginning.

    Raises:
        RefusedError: It is no picture of ours, or too large.
        Exception: The decoder failed; a damaged file can raise anything.
    """
    picture = open_picture(stream)
    width, height = picture.size
    ratio = min(1.0, max(SIDE / max(width, height), SHORT / min(width, height)))
    target = max(1, round(width * ratio)), max(1, round(height * ratio))
    image, turn = _decode(picture, target, (width, height))
    width, height = _turned((width, height), turn)
    return Small(image, width, height, name_of(picture), exif.taken(picture), exif.camera(picture))


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
    picture = open_picture(buffered(raw))
    width, height = picture.size
    ratio = min(1.0, side / max(width, height))
    target = max(1, round(width * ratio)), max(1, round(height * ratio))
    image, _ = _decode(picture, target, (width, height))
    return image.width, image.height, image.tobytes()


def _decode(picture: Image.Image, target: tuple[int, int], full: tuple[int, int]) -> tuple[Image.Image, int]:
    """Decode to about `target` before turning; returns the upright picture and the turn that made it so."""
    _scale_down(picture, target)
    preview(picture, *target)
    picture.load()
    turn = exif.orientation(picture)
    if full != picture.size and _turned_while_loading(full, picture.size):
        target = target[1], target[0]
    image = flat(picture)
    profile = picture.info.get("icc_profile")
    if image.size != target:
        image = image.resize(target, Image.Resampling.LANCZOS)
    return upright(srgb(image, profile), turn), turn


def _scale_down(picture: Image.Image, target: tuple[int, int]) -> None:
    """Let the JPEG decoder skip what is not needed, without going below the target."""
    width, height = picture.size
    for scale in _SCALES:
        if width >= target[0] * scale and height >= target[1] * scale:
            if picture.format in ("JPEG", "MPO"):
                picture.draft(None, (width // scale, height // scale))
            return


def _turned_while_loading(full: tuple[int, int], loaded: tuple[int, int]) -> bool:
    """Pillow turns a TIFF upright while it loads it, so that its sides change places."""
    return loaded == (full[1], full[0])


def _turned(size: tuple[int, int], turn: int) -> tuple[int, int]:
    return (size[1], size[0]) if turn >= 5 else size
