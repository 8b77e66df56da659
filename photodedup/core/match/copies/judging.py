"""Decides whether one picture was made from the other.

Two pictures over what they share enter; a `Verdict` leaves, or None. Different shots of one scene have key
points and geometry in common, and often most of their pixels, so four things must hold together:

- one picture lies within the other, or what sticks out is a frame: two shots stick out of each other;
- cell by cell the pixels agree, but for what captions, stickers and marks cover;
- where they agree they do so closely, as only one exposure does: between two shots leaves move;
- the more the transform bends, the closer: a crop or a screenshot bends nothing, and no hand holds still.

Measured on 727 copies of 33 photos: crops agree to 0.001 of their correlation (0.004 at worst), bend by
0.0007, photos of a screen agree to 0.0015 (0.007); of different shots those of one far scene are nearest,
with 0.006 and a bend of 0.023.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.copies.aligning import Aligned, Grey
from photodedup.core.match.copies.frames import Numbers, bend, corners, moved, sides_of, straightened

INSIDE = 0.99
"""Share of a picture from which it lies within the other one."""
_WHOLE = 0.985
_CELL = 10
_TEXTURE = 3.0
"""Grey levels by which the pixels of a cell must differ before it says anything."""
_SEEN, _AGREE, _CLOSE = 0.5, 0.9, 0.8
_FEWEST = 6
"""Cells that must agree."""
_EDGE = 16
"""Places along each edge of a frame where it is looked at."""
_EVEN = 4.0
_STEP = 5.0


@dataclass(frozen=True)
class Verdict:
    """One picture was made from the other.

    Attributes:
        first_is_copy: Whether the first one was made from the second; None where their pixels do not say.
        to_other: float64 (2, 3), takes the first to the second, in shares of width and height.
        likeness: 0 to 1.
    """

    first_is_copy: bool | None
    to_other: Numbers
    likeness: float


class _Around(Enum):
    """What lies around the frame of one picture in the other: a frame is even, with a step before it."""

    NOTHING = auto()
    PICTURE = auto()
    EVEN = auto()
    FRAME = auto()


@dataclass(frozen=True)
class _Limit:
    """How much two pictures must agree.

    Attributes:
        bend: The most that the transform may bend.
        share: The least share of the cells that must agree.
        apart: The most that the correlation of agreeing cells may lack, in their middle.
        tail: The same of the fourth fifth.
    """

    bend: float
    share: float
    apart: float
    tail: float


_LIMITS = (_Limit(0.008, 0.6, 0.012, 0.04), _Limit(0.06, 0.85, 0.0075, 0.014))


def judge(one: Grey, other: Grey, aligned: Aligned) -> Verdict | None:
    """Decides on a pair.

    Args:
        one: The first picture, uint8 (height, width).
        other: The second one.
        aligned: Both over what they share.

    Returns:
        What was made from what, or None where none was made from the other, as far as can be proven.
    """
    shared, sides = aligned.shared, (sides_of(one), sides_of(other))
    back: Numbers = np.linalg.inv(aligned.to_other).astype(np.float64)
    around_other = _surroundings(one, moved(corners(sides[1]), back))
    around_one = _surroundings(other, moved(corners(sides[0]), aligned.to_other))
    within = shared.of_one >= INSIDE or shared.of_other >= INSIDE
    even = {_Around.FRAME, _Around.EVEN}
    if not within and around_one not in even and around_other not in even:
        return None
    likeness = _agreement(aligned, _LIMITS if within else _LIMITS[:1])
    if likeness is None:
        return None
    if shared.of_one >= _WHOLE and shared.of_other >= _WHOLE:
        first: bool | None = None
    elif shared.of_one >= INSIDE:
        first = around_one is not _Around.FRAME
    elif shared.of_other >= INSIDE:
        first = around_other is _Around.FRAME
    else:
        first = around_other in even
    return Verdict(first, straightened(shared.outline, *sides, aligned.to_other), likeness)


def _agreement(aligned: Aligned, limits: Sequence[_Limit]) -> float | None:
    """How much the pixels agree, 0 to 1, or None where it is too little."""
    alike, texture = _cells(aligned)
    close = alike > _CLOSE
    if np.count_nonzero(alike > _AGREE) < _FEWEST:
        return None
    strong = close & (texture >= np.median(texture[close]))
    apart, tail = np.percentile(1 - alike[strong], (50, 80))
    share = float((alike > _AGREE).mean())
    bent = bend(aligned.shared.outline, aligned.to_other)
    for limit in limits:
        if bent <= limit.bend and share >= limit.share and apart <= limit.apart and tail <= limit.tail:
            return share * float(1 - apart)
    return None


def _cells(aligned: Aligned) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Of each cell that shows something: the correlation of its pixels, and how much these differ."""
    height, width = aligned.one.shape
    size = max(1, width // _CELL), max(1, height // _CELL)

    def mean(values: Any) -> NDArray[np.float32]:
        made: Any = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
        return np.asarray(made, np.float32)

    seen = mean(aligned.seen)
    whole = np.maximum(seen, 1e-3)
    one, other = (cv2.GaussianBlur(each, (0, 0), 0.7) * aligned.seen for each in (aligned.one, aligned.other))
    means = mean(one) / whole, mean(other) / whole
    spread = [
        np.maximum(mean(each * each) / whole - middle * middle, 0)
        for each, middle in zip((one, other), means, strict=True)
    ]
    both = mean(one * other) / whole - means[0] * means[1]
    alike = both / np.sqrt(np.maximum(spread[0], 1) * np.maximum(spread[1], 1))
    says = (np.maximum(spread[0], spread[1]) > _TEXTURE**2) & (seen > _SEEN)
    return alike[says], np.sqrt(np.minimum(spread[0], spread[1]))[says]


def _surroundings(picture: Grey, outline: Numbers) -> _Around:
    """What lies just outside an outline.

    Args:
        picture: uint8 (height, width).
        outline: float64 (4, 2), in shares of the longer side; may lie partly outside the picture.
    """
    limits = np.array([picture.shape[1], picture.shape[0]]) - 1
    places = outline * max(picture.shape)
    centre = places.mean(axis=0)
    steps: list[NDArray[np.bool_]] = []
    for start, end in zip(places, np.roll(places, -1, axis=0), strict=True):
        along = end - start
        outward = np.array([along[1], -along[0]]) / max(float(np.linalg.norm(along)), 1e-9)
        outward *= 1 if np.dot((start + end) / 2 - centre, outward) > 0 else -1
        at = start + along * np.linspace(0.03, 0.97, _EDGE)[:, None]
        beyond = np.stack([at + outward * far for far in (3.0, 4.5)])
        there = ((beyond >= 0) & (beyond <= limits)).all(axis=(0, 2))
        if np.count_nonzero(there) < _EDGE // 4:
            continue
        outside = _at(picture, beyond[:, there])
        if outside.std() > _EVEN:
            return _Around.PICTURE
        within = _at(picture, (at - outward * 3.0)[there])
        steps.append(np.abs(within - outside[0]) > _STEP)
    if not steps:
        return _Around.NOTHING
    return _Around.FRAME if float(np.concatenate(steps).mean()) > 0.4 else _Around.EVEN


def _at(picture: Grey, places: Numbers) -> Numbers:
    """The grey levels at places, the nearest pixels."""
    rounded = np.rint(places).astype(np.int64)
    rows = np.clip(rounded[..., 1], 0, picture.shape[0] - 1)
    columns = np.clip(rounded[..., 0], 0, picture.shape[1] - 1)
    return picture[rows, columns].astype(np.float64)
