"""Bends one of two pictures upon the other, where no transform that keeps lines straight lays it exactly.

Two grey pictures, aligned as one plane seen aslant, enter; both over what they share leave, the second one
bent. Editors that pull at the corners of a picture bend lines, lenses do, and paper and screens are not flat:
all of that is smooth, so that twelve numbers describe it. The objects of a second shot moved each by itself,
which nothing smooth undoes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from photodedup.core.match.copies.aligning import (
    DONE,
    OUTLIER,
    Aligned,
    Freedom,
    Grey,
    Pixels,
    Raster,
    inner,
    levelled,
    rastered,
    steepness,
    without_rim,
)
from photodedup.core.match.copies.frames import Numbers

_ROUNDS = 5
_STIFF = np.eye(12) * 2e-4
"""Pixels by which something bends are doubted where little is to be seen."""


def bend(one: Grey, other: Grey, aligned: Aligned) -> Aligned | None:
    """Bends the second picture upon the first, by a polynomial of the second degree, after Gauss and Newton.

    Args:
        one: uint8 (height, width).
        other: uint8 (height, width).
        aligned: Both over what they share, seen aslant.

    Returns:
        Both over what they share, with the transform of before, or None where that is too little to be seen.
    """
    raster = rastered(one, other, aligned.shared, aligned.to_other)
    if raster is None:
        return None
    straight = raster.to_pixels @ aligned.to_other @ raster.within
    waves = _waves(raster.one)
    across, down = _places(waves, straight, _bent(raster, straight, waves))
    covered = inner(_covered(raster.other, across, down))
    bent = _sampled(raster.other, across, down)
    return replace(aligned, freedom=Freedom.BENT, one=raster.one, other=bent, seen=covered)


def _waves(pixels: Pixels) -> Pixels:
    """Of each pixel of a raster the terms of a polynomial: float32 (height, width, 6)."""
    height, width = pixels.shape
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    half = max(height, width) / 2
    right, low = (columns - width / 2) / half, (rows - height / 2) / half
    terms = (np.ones_like(right), right, low, right * low, right * right, low * low)
    return np.stack(terms, axis=-1).astype(np.float32)


def _bent(raster: Raster, straight: Numbers, waves: Pixels) -> Numbers:
    """By how many pixels of the raster its places move, per term: float64 (2, 6)."""
    level, flat = levelled(raster.one), levelled(raster.other)
    slopes = np.concatenate([waves * each[..., None] for each in steepness(level)], axis=-1).reshape(-1, 12)
    moves = np.zeros((2, 6))
    for _ in range(_ROUNDS):
        across, down = _places(waves, straight, moves)
        looked_at = without_rim(_covered(raster.other, across, down)).ravel()
        off = (_sampled(flat, across, down) - level).ravel() * looked_at
        weight = looked_at / (1 + (off / OUTLIER) ** 2)
        weighted = slopes * weight[:, None]
        normal = (weighted.T @ slopes).astype(np.float64) + _STIFF * max(float(weight.sum()), 50.0)
        step = np.linalg.solve(normal, (weighted.T @ off).astype(np.float64)).reshape(2, 6)
        moves -= step
        if np.abs(step).max() < DONE:
            break
    return moves


def _places(waves: Pixels, straight: Numbers, moves: Numbers) -> tuple[Pixels, Pixels]:
    """Where the pixels of a raster lie in the second picture, across and down."""
    places = waves[..., 1:3] * (max(waves.shape[:2]) / 2) + np.array(waves.shape[1::-1]) / 2
    places = places + waves @ moves.T
    after = places @ straight[:, :2].T + straight[:, 2]
    depth = np.maximum(after[..., 2], 1e-6)
    return (after[..., 0] / depth).astype(np.float32), (after[..., 1] / depth).astype(np.float32)


def _covered(picture: Pixels, across: Pixels, down: Pixels) -> Pixels:
    """1 where a place lies in a picture, else 0."""
    beside = (across >= 0) & (across <= picture.shape[1] - 1)
    within = beside & (down >= 0) & (down <= picture.shape[0] - 1)
    return np.asarray(within, np.float32)


def _sampled(picture: Pixels, across: Pixels, down: Pixels) -> Pixels:
    made: Any = cv2.remap(picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(made, np.float32)
