"""The fine structure of thumbnails, by which copies of one frame are told from other shots of a thing.

A small grey picture enters; its structure leaves, and how well two of them agree. A perceptual hash sees slow
waves, which two shots of one scene share; what is left of a picture without its local brightness and contrast
lies elsewhere as soon as the camera moved by a hundredth of the frame. Resizing, re-encoding, tones and
filters leave it where it is. Between 780 pairs of such copies of 46 photos that are 17 to 48 bits apart the
agreement was 0.73 or more; between 25 pieces of neighbouring shots of a drone or a burst, 32 to 48 bits apart
among 10,000, it was 0.43 or less, and once 0.57.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from photodedup.core.catalogue import Catalogue
from photodedup.core.match.turns import Turn
from photodedup.core.values import Library

SIDE = 64
"""Rows and columns of a structure, whatever the shape of its picture."""
_AROUND = 4
"""Pixels to each side over which brightness and contrast are local."""
_GRAIN = 9.0
"""What is added to the local variance, so that flat parts do not become noise."""
_CELLS = 8
_SAYS = 0.25
"""Variance of a cell, 1 at most, from which it shows something."""
_KEPT = 4096
"""Structures that are kept in memory, 16 kilobytes each."""

Structure = NDArray[np.float32]
"""float32 (SIDE, SIDE)."""


def structure(grey: NDArray[np.uint8]) -> Structure:
    """A picture without its local brightness and contrast.

    Args:
        grey: uint8 (height, width).
    """
    size = SIDE, SIDE
    pixels = np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BOX), np.float64)
    middle = _mean(pixels)
    variance = np.maximum(_mean(pixels * pixels) - middle * middle, 0)
    return ((pixels - middle) / np.sqrt(variance + _GRAIN)).astype(np.float32)


def _mean(pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean around each pixel, as if the outermost ones went on."""
    for axis in (0, 1):
        margin = [(0, 0), (0, 0)]
        margin[axis] = (_AROUND + 1, _AROUND)
        sums = np.cumsum(np.pad(pixels, margin, "edge"), axis=axis)
        wide = 2 * _AROUND + 1
        pixels = np.take(sums, range(wide, wide + SIDE), axis) - np.take(sums, range(SIDE), axis)
    return pixels / (2 * _AROUND + 1) ** 2


def turned_structure(one: Structure, turn: Turn) -> Structure:
    """The structure of a picture that is turned."""
    one = one.T if turn.transposes else one
    one = one[::-1] if turn.rows else one
    return one[:, ::-1] if turn.columns else one


def agreement(one: Structure, other: Structure) -> float:
    """How well two structures agree: 1 where they are equal, about 0 where they have nothing in common."""
    lengths = float(np.linalg.norm(one)) * float(np.linalg.norm(other))
    return float(np.vdot(one, other)) / lengths if lengths else 0.0


def agreeing_cells(one: Structure, other: Structure, least: float) -> tuple[int, int]:
    """How many of 64 cells agree, and how many show anything in one of two structures.

    Args:
        one: A structure.
        other: Another one.
        least: The correlation from which a cell agrees.
    """

    def mean(values: Structure) -> NDArray[np.float64]:
        size = SIDE // _CELLS
        return np.asarray(values.reshape(_CELLS, size, _CELLS, size).mean((1, 3), dtype=np.float64))

    means = mean(one), mean(other)
    spread = [mean(each * each) - middle**2 for each, middle in zip((one, other), means, strict=True)]
    both = mean(one * other) - means[0] * means[1]
    alike = both / np.sqrt(np.maximum(spread[0], 0.02) * np.maximum(spread[1], 0.02))
    says = np.maximum(spread[0], spread[1]) > _SAYS
    return int(np.count_nonzero(says & (alike >= least))), int(np.count_nonzero(says))


class Structures:
    """The structures of the photos of a library, from the thumbnails that the catalogue keeps."""

    def __init__(self, library: Library, catalogue: Catalogue) -> None:
        self._contents = library.seen.rows["content"]
        self._catalogue = catalogue
        self.of = lru_cache(_KEPT)(self._load)

    def _load(self, number: int) -> Structure | None:
        """The structure of one photo, or None where there is no thumbnail."""
        jpeg = self._catalogue.thumbnail(self._contents[number].tobytes())
        return None if jpeg is None else structure(simplejpeg.decode_jpeg(jpeg, "GRAY")[..., 0])
