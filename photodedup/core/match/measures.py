"""Compares two pictures by the measures of the literature, each in per cent.

Enters: pixels of two pictures. Leaves: `Measures`. Pictures of other dimensions are brought to one square
first, so that the measures say how alike the contents are, not the sizes.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.turns import Turn

Pixels = NDArray[np.uint8]
SIDE = 256


@dataclass(frozen=True)
class Measures:
    """How alike two pictures are, by each measure in per cent; 100 for equal ones.

    Attributes:
        euclidean: 100 less the length of the difference of all pixels, as a share of the longest possible.
        ssim: Mean structural similarity; 0 also where structures are opposed.
        image_hash: The bits of the perceptual hashes that agree, 0 where half of them do.
        cosine: Of the angle between the pixels as vectors; high for all pictures of like brightness.
        network: Cosine of the features of a neural network, or None without a model.
    """

    euclidean: float
    ssim: float
    image_hash: float
    cosine: float
    network: float | None = None


def turn_pixels(pixels: Pixels, turn: Turn) -> Pixels:
    """Turns a picture: uint8, shape (height, width, 3), or with height and width exchanged."""
    pixels = pixels.transpose(1, 0, 2) if turn.transposes else pixels
    pixels = pixels[::-1] if turn.rows else pixels
    return pixels[:, ::-1] if turn.columns else pixels


def euclidean(one: Pixels, other: Pixels) -> float:
    """100 less the Euclidean distance of two pictures, as a share of that between black and white.

    Args:
        one: uint8, shape (height, width, 3).
        other: uint8, shape (height, width, 3).
    """
    difference = _square(one).astype(np.float64) - _square(other)
    return _percent(1 - float(np.sqrt(np.mean(difference**2))) / 255)


def cosine(one: Pixels, other: Pixels) -> float:
    """The cosine of the angle between two pictures as vectors; two black pictures are equal.

    Args:
        one: uint8, shape (height, width, 3).
        other: uint8, shape (height, width, 3).
    """
    mine, theirs = (_square(each).astype(np.float64).ravel() for each in (one, other))
    lengths = float(np.linalg.norm(mine) * np.linalg.norm(theirs))
    return _percent(float(mine @ theirs) / lengths if lengths else float(mine.sum() == theirs.sum()))


def ssim(one: Pixels, other: Pixels) -> float:
    """Mean structural similarity of two pictures in grey.

    Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to structural
    similarity", 2004: a Gaussian window of 11 pixels with a deviation of 1.5, K1 = 0.01 and K2 = 0.03, the
    mean over all windows that lie within the picture.

    Args:
        one: uint8, shape (height, width, 3).
        other: uint8, shape (height, width, 3).
    """
    x, y = (cv2.cvtColor(_square(each), cv2.COLOR_RGB2GRAY).astype(np.float64) for each in (one, other))
    mean_x, mean_y = _windowed(x), _windowed(y)
    var_x, var_y = _windowed(x * x) - mean_x**2, _windowed(y * y) - mean_y**2
    both = _windowed(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    upper = (2 * mean_x * mean_y + c1) * (2 * both + c2)
    return _percent(float(np.mean(upper / ((mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2)))))


def _square(pixels: Pixels) -> Pixels:
    shrinks = min(pixels.shape[:2]) >= SIDE
    way = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(pixels), (SIDE, SIDE), interpolation=way), np.uint8)


def _windowed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of each window within the picture, weighted."""
    return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5)[5:-5, 5:-5], np.float64)


def _percent(share: float) -> float:
    return round(100 * min(1.0, max(0.0, float(share))), 1)
