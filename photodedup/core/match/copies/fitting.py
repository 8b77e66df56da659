"""Finds the transform on which the places of key points agree, for many pairs of photos at once.

Places and facings of points that look alike enter; transforms and how many points agree leave. Each pair of
points says by itself where one photo lies in the other, because a point has a blur and a facing; the saying
that most others agree with wins and is refined by least squares. Nothing is drawn by lot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.copies.facings import WAYS

Numbers = NDArray[np.float64]

_NEAR, _PER_DISTANCE, _FAR = 0.006, 0.13, 0.06
"""How far a point may lie from where another one says, in shares of the longer side."""
_BLUR = 0.4
"""How much the logarithms of two scales may differ."""
_TOLERANCES = (0.03, 0.015, 0.01)
_STIFF, _FEW, _STIFFER = 0.02, 6, 0.5
_GIVE = np.diag([0.1, 0.1, 1.0])
"""Scale and slant hold on to the winning saying less than the place does."""


@dataclass(frozen=True)
class Alike:
    """Points that look alike in pairs of photos, as many a pair as the richest one has.

    Attributes:
        one: float64 (pairs, points, 3), across, down and blur in the first photo.
        other: float64 (pairs, points, 3), the same in the second one.
        way: uint8 (pairs, points), number of the way of `WAYS` from the first to the second.
        there: bool (pairs, points), False where a pair has fewer points.
    """

    one: Numbers
    other: Numbers
    way: NDArray[np.uint8]
    there: NDArray[np.bool_]


def fit(alike: Alike) -> tuple[Numbers, NDArray[np.int64]]:
    """Finds a transform for each pair.

    Args:
        alike: The points.

    Returns:
        float64 (pairs, 2, 3), takes a place in the first photo to that in the second, both in shares of the
        longer side; int64 (pairs,), how many points agree.
    """
    scale = np.where(alike.there, alike.other[..., 2] / np.maximum(alike.one[..., 2], 1e-6), 1.0)
    turn = WAYS[alike.way] * scale[..., None, None]
    shift = alike.other[..., :2] - np.einsum("pmij,pmj->pmi", turn, alike.one[..., :2])
    agree = _agreeing(alike, scale, turn, shift)
    rows = np.arange(len(scale))
    best = agree.sum(axis=2).argmax(axis=1)
    said = np.concatenate((turn[rows, best], shift[rows, best][..., None]), axis=2)
    return _refined(alike, said, agree[rows, best], alike.way[rows, best])


def _agreeing(alike: Alike, scale: Numbers, turn: Numbers, shift: Numbers) -> NDArray[np.bool_]:
    """Whether what one point says holds for another one: bool (pairs, points that say, points)."""
    said = np.einsum("phij,pkj->phki", turn, alike.one[..., :2]) + shift[:, :, None, :]
    off = np.linalg.norm(said - alike.other[:, None, :, :2], axis=3)
    apart = np.linalg.norm(alike.one[:, None, :, :2] - alike.one[:, :, None, :2], axis=3)
    larger = np.maximum(scale, 1.0)[:, :, None]
    allowed = np.minimum(_NEAR * larger + _PER_DISTANCE * apart * scale[:, :, None], _FAR * larger)
    logs = np.log(np.maximum(scale, 1e-9))
    same = (alike.way[:, :, None] == alike.way[:, None, :]) & (
        np.abs(logs[:, :, None] - logs[:, None, :]) < _BLUR
    )
    both = alike.there[:, :, None] & alike.there[:, None, :]
    return np.asarray((off < allowed) & same & both)


def _refined(
    alike: Alike, said: Numbers, agree: NDArray[np.bool_], way: NDArray[Any]
) -> tuple[Numbers, NDArray[np.int64]]:
    """Least squares over the points that agree, drawn to what was said where they are few."""
    places = np.concatenate((alike.one[..., :2], np.ones((*alike.way.shape, 1))), axis=2)
    for tolerance in _TOLERANCES:
        weight = agree.astype(np.float64)
        stiff = np.where(agree.sum(axis=1) < _FEW, _STIFFER, _STIFF)[:, None, None] * _GIVE
        left = alike.other[..., :2] - np.einsum("pij,pmj->pmi", said, places)
        normal = np.einsum("pm,pmi,pmj->pij", weight, places, places) + stiff
        said = said + np.linalg.solve(normal, np.einsum("pm,pmi,pmj->pij", weight, places, left)).transpose(
            0, 2, 1
        )
        off = np.linalg.norm(alike.other[..., :2] - np.einsum("pij,pmj->pmi", said, places), axis=2)
        scale = np.sqrt(np.abs(np.linalg.det(said[:, :, :2])))[:, None]
        agree = alike.there & (off < tolerance * np.maximum(scale, 1.0)) & (alike.way == way[:, None])
    return said, agree.sum(axis=1)
