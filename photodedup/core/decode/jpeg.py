"""Decodes JPEGs scaled, and tells the damaged ones from the intact ones in the same decoding.

The bytes of a JPEG enter; pixels leave, and whether libjpeg had to invent some of them. Pillow throws
libjpeg's warnings away; simplejpeg passes them on, gives the same pixels and is as fast.
"""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from photodedup.core.decode.scans import essential, without_junk
from photodedup.core.decode.task import RefusedError
from photodedup.core.values import SkipReason

_SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}
Pixels = NDArray[np.uint8]

_SCALES = (8, 4, 2, 1)
_MOST_MISSING = 0.25
"""Share of a picture that may be missing before nothing sensible can be said of it."""


def whole_bytes(picture: Image.Image, stream: BinaryIO) -> bytes | None:
    """The bytes of a JPEG that can be decoded here, or None: then Pillow must."""
    if picture.format in ("JPEG", "MPO") and picture.mode in _SPACES and isinstance(stream, BytesIO):
        return stream.getvalue()
    return None


def decode(data: bytes, mode: str, size: tuple[int, int], least: tuple[int, int]) -> tuple[Image.Image, bool]:
    """Decode at the smallest of the scales 1/8, 1/4, 1/2 and 1 that is not below `least`.

    Args:
        data: The file.
        mode: `RGB`, `L` or `CMYK`.
        size: Width and height in full.
        least: Width and height that the result must have at least, in pixels.

    Returns:
        The picture, and True where data was missing or repaired.

    Raises:
        RefusedError: More than a quarter of the picture is missing.
        MemoryError: It does not fit into a worker.
        ValueError: It cannot be decoded at all.
    """
    scale = next((s for s in _SCALES if size[0] >= least[0] * s and size[1] >= least[1] * s), 1)
    small = -(-size[0] // scale), -(-size[1] // scale)
    shortened, complete = essential(data) if scale == 8 else (data, True)
    pixels, warned = _decoded(shortened, mode, small)
    if warned and shortened is not data:
        pixels, warned = _decoded(data, mode, small)
    if warned:
        _refuse_remains(pixels)
    return image_of(pixels), warned or not complete


def decode_intact(data: bytes, mode: str) -> Pixels:
    """Decode at full size.

    Returns:
        uint8 (height, width, colours), 3 for `RGB`, 1 for `L`, 4 for `CMYK`.

    Raises:
        MemoryError: It does not fit into a worker.
        RefusedError: It is damaged, so that its pixels are not those of a photo.
    """
    pixels, warned = _decoded(data, mode, (0, 0))
    if warned:
        raise RefusedError(SkipReason.DAMAGED, "is damaged, so its pixels prove nothing")
    return pixels


def image_of(pixels: Pixels) -> Image.Image:
    """Pixels as a picture of Pillow's."""
    if pixels.shape[2] == 4:
        return Image.frombytes("CMYK", (pixels.shape[1], pixels.shape[0]), pixels.tobytes())
    return Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)


def _decoded(data: bytes, mode: str, least: tuple[int, int]) -> tuple[Pixels, bool]:
    """The pixels, and whether libjpeg warned. Junk between the segments of the header harms no pixel."""
    try:
        return _call(data, mode, least, strict=True), False
    except ValueError as error:
        if "extraneous" in str(error) and len(cleaned := without_junk(data)) < len(data):
            return _decoded(cleaned, mode, least)
    return _call(data, mode, least, strict=False), True


def _call(data: bytes, mode: str, least: tuple[int, int], *, strict: bool) -> Pixels:
    try:
        pixels: Pixels = simplejpeg.decode_jpeg(
            data, _SPACES[mode], min_width=least[0], min_height=least[1], strict=strict
        )
    except ValueError as error:
        if "memory" in str(error).lower():
            raise MemoryError(str(error)) from None
        raise
    return (
        ~pixels if mode == "CMYK" else pixels
    )  # Adobe writes inks the other way round, and so does everybody


def _refuse_remains(pixels: Pixels) -> None:
    """Count the rows of grey at the end, with which libjpeg fills what is missing."""
    told = (np.abs(pixels.astype(np.int16) - 128) > 1).any(axis=(1, 2))
    seen = int(np.flatnonzero(told)[-1]) + 1 if told.any() else 0
    if seen < len(pixels) * (1 - _MOST_MISSING):
        raise RefusedError(SkipReason.DAMAGED, "is damaged: more than a quarter of the picture is missing")
