"""Lays what two pictures share upon each other, as exactly as their pixels allow.

Two grey pictures and a rough transform enter; both over the shared part, in one small raster, leave, with the
exact transform. The transform is refined by Gauss and Newton's method on pixels without their local
brightness and contrast (the inverse compositional way of Baker and Matthews, 2004), with little weight on
pixels that differ much, so that tone, captions and stickers do not pull it away.
"""

from __future__ import annotations

from dataclasses import dataclass
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
_OUTLIER = 0.5
_DONE = 0.03
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


@dataclass(frozen=True)
class Aligned:
    """Two pictures over what they share.

    Attributes:
        one: float32 (height, width).
        other: float32 (height, width).
        seen: float32 (height, width), 1 where both pictures show something, not at the very edge, else 0.
        to_other: float64 (3, 3), takes places in the first picture to those in the second.
        shared: What they share.
    """

    one: Pixels
    other: Pixels
    seen: Pixels
    to_other: Numbers
    shared: Shared


def align(one: Grey, other: Grey, to_other: Numbers, *, rigid: bool) -> Aligned | None:
    """Aligns two pictures.

    Args:
        one: uint8 (height, width).
        other: uint8 (height, width).
        to_other: float64 (3, 3), roughly takes places in the first picture to those in the second.
        rigid: Whether the exact transform may only turn, scale, shift and mirror, as crops and frames do.

    Returns:
        Both over what they share, or None where that is nothing, or too little to be seen.
    """
    shared = shared_by(sides_of(one), sides_of(other), to_other)
    if shared is None:
        return None
    to_other = stiffened(shared.outline, to_other) if rigid else to_other
    low, high = shared.outline.min(axis=0), shared.outline.max(axis=0)
    scale = float(np.sqrt(abs(np.linalg.det(to_other[:2, :2]))))
    fine = min(max(one.shape), max(other.shape) * scale, LONGEST / max(high - low))
    size = (round(float(high[0] - low[0]) * fine), round(float(high[1] - low[1]) * fine))
    if min(size) < _LEAST:
        return None
    raster = np.array([[1 / fine, 0, low[0] + 0.5 / fine], [0, 1 / fine, low[1] + 0.5 / fine], [0, 0, 1]])
    first, to_first = _shrunk(one, max(one.shape) / fine)
    second, to_second = _shrunk(other, max(other.shape) * scale / fine)
    seen_first = _warped(first, to_first @ raster, size)
    rough = to_second @ to_other @ raster
    exact = _refined(seen_first, second, rough, _RIGID if rigid else _FREE)
    found = np.linalg.inv(to_second) @ exact @ np.linalg.inv(raster)
    found = found / found[2, 2] if found[2, 2] else found
    shared = shared_by(sides_of(one), sides_of(other), found)
    if shared is None:
        return None
    seen = _seen(second, exact, size)
    return Aligned(seen_first, _warped(second, exact, size), seen, found, shared)


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


def _seen(picture: Pixels, to_picture: Numbers, size: tuple[int, int]) -> Pixels:
    """Without the outer two pixels, into which frames and captions are blurred."""
    covered: Any = np.pad(_covered(picture, to_picture, size), 1)
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
    back, looked_at = np.linalg.inv(centred), _looked_at(other, to_other, size)
    for _ in range(_ROUNDS):
        off = (_warped(flat, to_other, size) - level).ravel() * looked_at
        weight = looked_at / (1 + (off / _OUTLIER) ** 2)
        weighted = slopes * weight[:, None]
        normal = (weighted.T @ slopes).astype(np.float64) + stiff * max(float(weight.sum()), 50.0)
        step = freedom @ np.linalg.solve(normal, (weighted.T @ off).astype(np.float64))
        change = np.diag([half] * 3) + np.append(step, 0.0).reshape(3, 3)
        to_other = to_other @ back @ np.linalg.inv(change) @ centred
        to_other = to_other / to_other[2, 2]
        if np.abs(step[:6]).max() < _DONE:
            break
    return to_other


def _looked_at(other: Pixels, to_other: Numbers, size: tuple[int, int]) -> Pixels:
    covered = _covered(other, to_other, size)
    if min(size) > 4 * _RIM:
        covered[:_RIM], covered[-_RIM:], covered[:, :_RIM], covered[:, -_RIM:] = 0, 0, 0, 0
    return covered.ravel()


def _slopes(level: Pixels, middle: Numbers, half: float) -> Pixels:
    """How each pixel changes with each of the eight numbers of a transform: float32 (pixels, 8)."""
    across: Any = cv2.Sobel(level, cv2.CV_32F, 1, 0, scale=0.125)
    down: Any = cv2.Sobel(level, cv2.CV_32F, 0, 1, scale=0.125)
    rows, columns = np.mgrid[: level.shape[0], : level.shape[1]].astype(np.float32)
    right, low = (columns - middle[0]) / half, (rows - middle[1]) / half
    far = -(across * right + down * low)
    parts = (across * right, across * low, across, down * right, down * low, down, far * right, far * low)
    return np.stack(parts, axis=-1).reshape(-1, 8).astype(np.float32)
