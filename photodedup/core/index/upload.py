"""The task of a worker that measures one picture for an index: dHash, digests, colours of a plain one.

An open file enters; plain data leaves. Only workers import this. The picture is decoded at full size, so that
its dHash is, bit for bit, what `imagehash.dhash` gives for the upright picture.
"""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from photodedup.core.decode import exif
from photodedup.core.decode.colour import flat, srgb, upright
from photodedup.core.decode.formats import name_of, open_picture
from photodedup.core.decode.intake import take_in
from photodedup.core.decode.pixels import pixel_digest
from photodedup.core.decode.task import RefusedError
from photodedup.core.fingerprint.look import is_plain
from photodedup.core.index.sides import LEAST, MOST
from photodedup.core.values import SkipReason

_SKETCHED = 256
"""The side of the small grey picture from which a sketch is made: 1 bit in 100 differs from the full size."""
_TINT = 8
_LANCZOS = Image.Resampling.LANCZOS


def measure_upload(raw: BinaryIO, side: int, most_pixels: int) -> dict[str, Any]:
    """Measure one picture.

    Args:
        raw: An open file at its beginning.
        side: Of the dHash.
        most_pixels: Larger pictures are refused before they are decoded.

    Returns:
        The fields of a `Measured`.

    Raises:
        RefusedError: It is no picture of ours, too large, or damaged.
        Exception: The decoder failed; a damaged file can raise anything.
    """
    stream, content = take_in(raw)
    picture = open_picture(stream)
    width, height = picture.size
    if width * height > most_pixels:
        most = f"{most_pixels / 1_000_000:g} million"
        raise RefusedError(
            SkipReason.TOO_LARGE, f"has more than {most} pixels ({width} x {height}), which is too large here"
        )
    pixels = pixel_digest(stream, content)
    image = _decoded(open_picture(stream))
    grey = image.convert("L")
    shown = image.convert("RGB").resize((_SKETCHED, _SKETCHED), _LANCZOS, reducing_gap=3.0)
    return {
        "content": content,
        "pixels": pixels,
        "bits": dhash(grey, side),
        "sketch": _sketch(grey.resize((_SKETCHED, _SKETCHED), _LANCZOS, reducing_gap=3.0)),
        "plain": is_plain(shown),
        "tint": shown.resize((_TINT, _TINT), Image.Resampling.BOX).tobytes(),
        "width": image.width,
        "height": image.height,
        "format": name_of(picture),
    }


def dhash(grey: Image.Image, side: int) -> bytes:
    """The difference hash: whether each area is brighter than the one at its left.

    The algorithm is Neal Krawetz's ("Kind of Like That", 2013), the bits are those of `imagehash.dhash`.

    Args:
        grey: Mode L.
        side: Rows of the hash, and bits of each.

    Returns:
        The bits row by row, eight to a byte, zeros at the end.
    """
    values = np.asarray(grey.resize((side + 1, side), _LANCZOS))
    return np.packbits(values[:, 1:] > values[:, :-1]).tobytes()


def _sketch(grey: Image.Image) -> bytes:
    return b"".join(dhash(grey, side) for side in range(LEAST, MOST + 1))


def _decoded(picture: Image.Image) -> Image.Image:
    """A picture upright and at full size; its colours stay as they are stored, as imagehash takes them."""
    picture.load()
    image = flat(picture)
    return upright(srgb(image, None) if image.mode == "LAB" else image, exif.orientation(picture))
