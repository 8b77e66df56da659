"""Lays what two pictures share upon each other, as exactly as their pixels allow.

Two grey pictures and a rough transform enter; both over the shared part, in one small raster, leave, with the
exact transform. The transform is refined by Gauss and Newton's method on pixels without their local
brightness and contrast (the inverse compositional way of Baker and Matthews, 2004), with little weight on
pixels that differ much, so that tone, captions and stickers do not pull it away.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.copies.frames import Numbers, Shared, shared_by, sides_of, stiffened

LONGEST = 104
"""The longer side of the raster, in pixels, at most."""
_LEAST = 8
_ROUNDS = 6
_SURROUNDING = 17
"""The side of the square, in pixels, over which local brightness and contrast are measured."""
_GRAIN = 9.0
"""What is added to the local variance, so that flat parts do not become noise."""
OUTLIER = 0.5
"""The difference of two levelled pixels from which they weigh less than half."""
DONE = 0.03
"""The shift of a corner, in pixels, below which the transform is exact."""
_STIFF = np.diag([1.0] * 6 + [20.0] * 2) * 2e-5
"""Perspective is believed less than the rest."""
_FREE = np.eye(8)
_RIGID = np.array(
    [
        (1, 0, 0, 0),
        (0, -1, 0, 0),
        (0, 0, 1, 0),
        (0, 1, 0, 0),
        (1, 0, 0, 0),
        (0, 0, 0, 1),
        (0, 0, 0, 0),
        (0, 0, 0, 0),
    ],
    np.float64,
)
"""How the eight numbers of a transform follow from those that may change: scale, turn and shift."""
_RIM = 6
"""Pixels at the rim of the raster that are not looked at, since frames reach into their surroundings."""

Grey = NDArray[np.uint8]
Pixels = NDArray[np.float32]


class Freedom(Enum):
    """What an exact transform may do: only turn, scale, shift and mirror; be seen aslant; bend besides."""

    RIGID = auto()
    ASLANT = auto()
    BENT = auto()


@dataclass(frozen=True)
class Aligned:
    """Two pictures over what they share.

    Attributes:
        freedom: What the transform was free to do.
        one: float32 (height, width).
        other: float32 (height, width).
        seen: float32 (height, width), 1 where both pictures show something, not at the very edge, else 0.
        to_other: float64 (3, 3), takes places in the first picture to those in the second.
        shared: What they share.
    """

    freedom: Freedom
    one: Pixels
    other: Pixels
    seen: Pixels
    to_other: Numbers
    shared: Shared


@dataclass(frozen=True)
class Raster:
    """The first of two pictures over what they share, and the second one at about the same scale.

    Attributes:
        one: float32 (height, width), the raster.
        other: float32 (rows, columns), the second picture, whole.
        within: float64 (3, 3), takes pixels of the raster to places in the first picture.
        to_pixels: float64 (3, 3), takes places in the second picture to pixels of `other`.
    """

    one: Pixels
    other: Pixels
    within: Numbers
    to_pixels: Numbers


def align(one: Grey, other: Grey, to_other: Numbers, freedom: Freedom) -> Aligned | None:
    """Aligns two pictures.

    Args:
        one: uint8 (height, width).
        other: uint8 (height, width).
        to_other: float64 (3, 3), roughly takes places in the first picture to those in the second.
        freedom: What the exact transform may do; crops and frames are rigid. Nothing bends here.

    Returns:
        Both over what they share, or None where that is nothing, or too little to be seen.
    """
    shared = shared_by(sides_of(one), sides_of(other), to_other)
    if shared is None:
        return None
    rigid = freedom is Freedom.RIGID
    to_other = stiffened(shared.outline, to_other) if rigid else to_other
    raster = rastered(one, other, shared, to_other)
    if raster is None:
        return None
    rough = raster.to_pixels @ to_other @ raster.within
    exact = _refined(raster.one, raster.other, rough, _RIGID if rigid else _FREE)
    found = np.linalg.inv(raster.to_pixels) @ exact @ np.linalg.inv(raster.within)
    found = found / found[2, 2] if found[2, 2] else found
    shared = shared_by(sides_of(one), sides_of(other), found)
    if shared is None:
        return None
    size = raster.one.shape[1], raster.one.shape[0]
    seen = inner(_covered(raster.other, exact, size))
    return Aligned(freedom, raster.one, _warped(raster.other, exact, size), seen, found, shared)


def rastered(one: Grey, other: Grey, shared: Shared, to_other: Numbers) -> Raster | None:
    """Brings two pictures to one scale over what they share, or None where that is too little to be seen."""
    low, high = shared.outline.min(axis=0), shared.outline.max(axis=0)
    scale = float(np.sqrt(abs(np.linalg.det(to_other[:2, :2]))))
    fine = min(max(one.shape), max(other.shape) * scale, LONGEST / max(high - low))
    size = (round(float(high[0] - low[0]) * fine), round(float(high[1] - low[1]) * fine))
    if min(size) < _LEAST:
        return None
    within = np.array([[1 / fine, 0, low[0] + 0.5 / fine], [0, 1 / fine, low[1] + 0.5 / fine], [0, 0, 1]])
    first, to_first = _shrunk(one, max(one.shape) / fine)
    second, to_second = _shrunk(other, max(other.shape) * scale / fine)
    return Raster(_warped(first, to_first @ within, size), second, within, to_second)


def _shrunk(picture: Grey, step: float) -> tuple[Pixels, Numbers]:
    """A picture brought to about the raster's scale, and what takes places in it to its pixels."""
    if step > 1.3:
        size = max(2, round(picture.shape[1] / step)), max(2, round(picture.shape[0] / step))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    wide, high = sides_of(picture)
    across, down = picture.shape[1] / wide, picture.shape[0] / high
    return picture.astype(np.float32), np.array([[across, 0, -0.5], [0, down, -0.5], [0, 0, 1]])


def _warped(picture: Pixels, to_picture: Numbers, size: tuple[int, int]) -> Pixels:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    made: Any = cv2.warpPerspective(picture, to_picture, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(made, np.float32)


def _covered(picture: Pixels, to_picture: Numbers, size: tuple[int, int]) -> Pixels:
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    made: Any = cv2.warpPerspective(np.ones_like(picture), to_picture, size, flags=flags)
    return np.asarray(made, np.float32)


def inner(covered: Pixels) -> Pixels:
    """What is covered, without the outer two pixels, into which frames and captions are blurred."""
    covered = np.pad(covered, 1)
    return np.asarray(cv2.erode(covered, np.ones((5, 5), np.uint8)), np.float32)[1:-1, 1:-1]


def levelled(pixels: Pixels) -> Pixels:
    """Pixels without their local brightness and contrast."""

    def mean(values: Pixels) -> Pixels:
        made: Any = cv2.blur(values, (_SURROUNDING, _SURROUNDING), borderType=cv2.BORDER_REPLICATE)
        return np.asarray(made, np.float32)

    middle = mean(pixels)
    variance = mean(pixels * pixels) - middle * middle
    return np.asarray((pixels - middle) / np.sqrt(np.maximum(variance, 0) + np.float32(_GRAIN)), np.float32)


def _refined(one: Pixels, other: Pixels, to_other: Numbers, freedom: Numbers) -> Numbers:
    """The transform from the raster to the pixels of `other` under which it looks most like `one`."""
    size = one.shape[1], one.shape[0]
    level, flat = levelled(one), levelled(other)
    middle, half = np.array(size) / 2, max(size) / 2
    slopes = _slopes(level, middle, half) @ freedom.astype(np.float32)
    stiff = freedom.T @ _STIFF @ freedom
    centred = np.array([[1 / half, 0, -middle[0] / half], [0, 1 / half, -middle[1] / half], [0, 0, 1]])
    back, looked_at = np.linalg.inv(centred), without_rim(_covered(other, to_other, size)).ravel()
    for _ in range(_ROUNDS):
        off = (_warped(flat, to_other, size) - level).ravel() * looked_at
        weight = looked_at / (1 + (off / OUTLIER) ** 2)
        weighted = slopes * weight[:, None]
        normal = (weighted.T @ slopes).astype(np.float64) + stiff * max(float(weight.sum()), 50.0)
        step = freedom @ np.linalg.solve(normal, (weighted.T @ off).astype(np.float64))
        change = np.diag([half] * 3) + np.append(step, 0.0).reshape(3, 3)
        to_other = to_other @ back @ np.linalg.inv(change) @ centred
        to_other = to_other / to_other[2, 2]
        if np.abs(step[:6]).max() < DONE:
            break
    return to_other


def without_rim(covered: Pixels) -> Pixels:
    """What is covered, without the rim, since frames reach into their surroundings."""
    covered = covered.copy()
    if min(covered.shape) > 4 * _RIM:
        covered[:_RIM], covered[-_RIM:], covered[:, :_RIM], covered[:, -_RIM:] = 0, 0, 0, 0
    return covered


def _slopes(level: Pixels, middle: Numbers, half: float) -> Pixels:
    """How each pixel changes with each of the eight numbers of a transform: float32 (pixels, 8)."""
    across, down = steepness(level)
    rows, columns = np.mgrid[: level.shape[0], : level.shape[1]].astype(np.float32)
    right, low = (columns - middle[0]) / half, (rows - middle[1]) / half
    far = -(across * right + down * low)
    parts = (across * right, across * low, across, down * right, down * low, down, far * right, far * low)
    return np.stack(parts, axis=-1).reshape(-1, 8).astype(np.float32)


def steepness(level: Pixels) -> tuple[Pixels, Pixels]:
    """How much each pixel changes to the right, and down."""
    across: Any = cv2.Sobel(level, cv2.CV_32F, 1, 0, scale=0.125)
    down: Any = cv2.Sobel(level, cv2.CV_32F, 0, 1, scale=0.125)
    return np.asarray(across, np.float32), np.asarray(down, np.float32)
