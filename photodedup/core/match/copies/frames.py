"""Says how the frames of two pictures lie upon each other.

A transform and the sides of two pictures enter; shares and outlines leave. Places are in shares of the longer
side of a picture; transforms are 3 by 3, of points as columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
_GRID = (np.stack(np.meshgrid(np.arange(10), np.arange(10)), axis=-1).reshape(-1, 2) + 0.5) / 10
Sides = tuple[float, float]
"""Width and height in shares of the longer one."""
Place = tuple[float, float]
"""Across and down."""


@dataclass(frozen=True)
class Shared:
    """What two pictures share.

    Attributes:
        outline: float64 (corners, 2), in places of the first picture.
        of_one: Share of the first picture.
        of_other: Share of the second one.
    """

    outline: Numbers
    of_one: float
    of_other: float


def sides_of(picture: NDArray[Any]) -> Sides:
    """The sides of a picture of which the rows are given."""
    longer = max(picture.shape[:2])
    return picture.shape[1] / longer, picture.shape[0] / longer


def corners(sides: Sides) -> Numbers:
    """The corners of a picture: float64 (4, 2)."""
    return np.array([(0.0, 0.0), (sides[0], 0.0), sides, (0.0, sides[1])], np.float64)


def moved(places: Numbers, by: Numbers) -> Numbers:
    """Places after a transform: float64 (places, 2)."""
    whole = np.column_stack((places, np.ones(len(places)))) @ by.T
    return np.asarray(whole[:, :2] / whole[:, 2:])


def may_share(one: Sides, other: Sides, to_other: Numbers, least: float) -> bool:
    """Whether about so much of one of two pictures can lie within the other; quicker than `shared_by`.

    Args:
        one: The sides of the first picture.
        other: The sides of the second one.
        to_other: float64 (3, 3), affine, takes places in the first picture to those in the second.
        least: Share of a picture; a tenth less is let pass.
    """
    if abs(np.linalg.det(to_other[:2, :2])) < 1e-6:
        return False
    back = np.linalg.inv(to_other)
    for sides, limits, way in ((one, other, to_other), (other, one, back)):
        places = _GRID * sides @ way[:2, :2].T + way[:2, 2]
        if float(((places >= 0) & (places <= limits)).all(axis=1).mean()) >= least - 0.1:
            return True
    return False


def shared_by(one: Sides, other: Sides, to_other: Numbers) -> Shared | None:
    """What two pictures share, or None where they share nothing or the transform folds them."""
    if not np.isfinite(to_other).all() or abs(np.linalg.det(to_other)) < 1e-9:
        return None
    back: Numbers = np.linalg.inv(to_other).astype(np.float64)
    behind = _depths(other, back)
    if min(_depths(one, to_other)) <= 0.1 or not min(behind) * max(behind) > 0:
        return None
    frame = [(float(across), float(down)) for across, down in moved(corners(other), back)]
    outline = _cut(frame, one)
    area = _area(outline)
    if not area:
        return None
    return Shared(np.array(outline), area / (one[0] * one[1]), area / _area(frame))


def _depths(sides: Sides, by: Numbers) -> list[float]:
    """How far the corners of a picture lie behind a transform."""
    across, down, whole = by[2].tolist()
    wide, high = across * sides[0], down * sides[1]
    return [whole, whole + wide, whole + wide + high, whole + high]


def _cut(outline: list[Place], sides: Sides) -> list[Place]:
    """The part of a convex outline that lies in a picture (Sutherland and Hodgman, 1974)."""
    points = outline
    for axis, limit, sign in ((0, 0.0, 1), (0, sides[0], -1), (1, 0.0, 1), (1, sides[1], -1)):
        kept = []
        for before, after in zip(points[-1:] + points[:-1], points, strict=True):
            left, right = sign * (before[axis] - limit), sign * (after[axis] - limit)
            if (left >= 0) != (right >= 0):
                share = left / (left - right)
                across, down = after[0] - before[0], after[1] - before[1]
                kept.append((before[0] + across * share, before[1] + down * share))
            if right >= 0:
                kept.append(after)
        points = kept
    return points


def _area(outline: list[Place]) -> float:
    # Numbers, not arrays, here and above: of four to eight corners, arrays take ten times as long.
    twice = 0.0
    for before, after in zip(outline[-1:] + outline[:-1], outline, strict=True):
        twice += before[0] * after[1] - after[0] * before[1]
    return abs(twice) / 2


def stiffened(outline: Numbers, to_other: Numbers) -> Numbers:
    """The nearest transform over an outline that only turns, scales, shifts and mirrors: float64 (3, 3)."""
    box = _box(outline)
    after = moved(box, to_other)
    ways = []
    for mirrored in (1.0, -1.0):
        across, down = box[:, 0], mirrored * box[:, 1]
        known = np.zeros((8, 4))
        known[:4] = np.column_stack((across, -down, np.ones(4), np.zeros(4)))
        known[4:] = np.column_stack((down, across, np.zeros(4), np.ones(4)))
        found, *_ = np.linalg.lstsq(known, after.T.ravel(), rcond=None)
        cosine, sine, right, low = found
        off = float(np.abs(known @ found - after.T.ravel()).max())
        ways.append(
            (off, [(cosine, -mirrored * sine, right), (sine, mirrored * cosine, low), (0.0, 0.0, 1.0)])
        )
    return np.array(min(ways)[1])


def straightened(outline: Numbers, one: Sides, other: Sides, to_other: Numbers) -> Numbers:
    """The affine transform nearest to a transform over an outline, in shares of width and height: (2, 3)."""
    box = _box(outline)
    places = np.column_stack((box / one, np.ones(4)))
    return np.asarray(np.linalg.lstsq(places, moved(box, to_other) / other, rcond=None)[0].T)


def _box(outline: Numbers) -> Numbers:
    low, high = outline.min(axis=0), outline.max(axis=0)
    return np.array([low, (high[0], low[1]), high, (low[0], high[1])])
