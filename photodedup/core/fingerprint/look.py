"""Turns the look of a small picture into bits, and says whether it has enough of a look to be matched by it.

A small picture enters; bits and a verdict leave. Runs in workers: it loads imagehash and scipy.
"""

from __future__ import annotations

from collections.abc import Callable

import imagehash
import numpy as np
import scipy.fftpack
from PIL import Image

_SIDE = 64
_KEPT = 16
_NOISE = 2.0
_LEAST = 100


def look(image: Image.Image, recipe: str) -> bytes:
    """Hash a small picture.

    Args:
        image: RGB, upright.
        recipe: Name of a recipe, such as `phash256`.

    Returns:
        The bits of the hash, row by row, eight to a byte.
    """
    kind, side = recipe[:5], {"256": 16, "64": 8}[recipe[5:]]
    return np.packbits(_KINDS[kind](image, side).hash).tobytes()


def is_plain(image: Image.Image) -> bool:
    """Whether a picture holds too little to be matched by its look: flat, dark, blank, or a bare gradient.

    A bit of a 256-bit pHash says whether one of the 256 slowest waves of the picture is stronger than their
    median. Where wave and median differ by less than two grey levels, codec and sensor decide that bit, not
    what was photographed; where most bits are so, different pictures have the same hash, and re-encoded
    copies have different ones. Measured on 925 tiles of 37 photos and 540 generated pictures: with 100 bits
    above that noise, all re-encoded copies were within 48 bits and no two different pictures; below 80 bits
    false pairs begin, and nine in ten re-encoded copies are lost anyway. Whole photos have 220 bits or more;
    blank and solid pictures 1, gradients 15.

    Args:
        image: RGB, upright.
    """
    grey = np.asarray(image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS), np.float64)
    waves = scipy.fftpack.dct(scipy.fftpack.dct(grey, axis=0, norm="ortho"), axis=1, norm="ortho")
    slow = waves[:_KEPT, :_KEPT]
    return int((np.abs(slow - np.median(slow)) > _NOISE).sum()) < _LEAST


def _whash(image: Image.Image, side: int) -> imagehash.ImageHash:
    """A picture smaller than the hash is enlarged, since imagehash refuses it."""
    natural = 1 << (min(image.size).bit_length() - 1)
    return imagehash.whash(image, side, image_scale=max(natural, side))


_KINDS: dict[str, Callable[[Image.Image, int], imagehash.ImageHash]] = {
    "phash": imagehash.phash,
    "dhash": imagehash.dhash,
    "ahash": imagehash.average_hash,
    "whash": _whash,
}
