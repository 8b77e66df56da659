"""Decides whether one picture was made from the other.

Two pictures over what they share enter; a `Verdict` leaves, or None. Different shots of one scene have key
points and geometry in common, and often most of their pixels, so three things must hold together:

- one picture lies within the other, or what sticks out is even: two shots stick out of each other;
- cell by cell the pixels agree, but for what captions, stickers and marks cover;
- where they agree they do so closely, without their local brightness and contrast, under a transform that
  only turns, scales, shifts and mirrors: no hand holds so still that all parts of a second shot lie so. A
  photo of a screen is seen aslant, a picture whose corners were pulled is bent: these must agree still
  closer, and show nearly all of their source.

The limits lie between 5,800 pairs of pictures of which one was made from the other and those of other shots
of the same things, of which one lies within the other: half of the cells of the first lack less than 0.0044
of their correlation where nothing bends, those of 125 of the second 0.019 or more. Among 21,000 pieces of
neighbouring shots the second lacked 0.0116 or more aslant and 0.0127 or more bent; of 777 pairs with pulled
corners that lacked more than 0.0095 aslant, three in four lack less than 0.0077 once they are bent back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import cv2
import numpy as np

from photodedup.core.match.copies.aligning import Aligned, Freedom, Grey, Pixels, levelled
from photodedup.core.match.copies.frames import Numbers, Shared, corners, moved, sides_of, straightened

INSIDE, _INSIDE_BENT = 0.99, 0.97
"""Share of a picture from which it lies within the other one; and of one that is bent, less exactly known."""
_WHOLE = 0.985
_NEARLY, BENT = 0.7, 0.2
"""Share of both pictures that a photo of a screen shows; or of a part, which nearly all cells must prove."""
_CELL = 10
_TEXTURE = 3.0
"""Grey levels by which the pixels of a cell must differ before it says anything."""
_CONTRAST = 12.0
"""By how many grey levels pixels without their local contrast differ."""
_SEEN, _AGREE = 0.5, 0.9
_FEWEST = 6
"""Cells that must agree."""
_SHARE, _SHARE_EVEN, _SHARE_BENT = 0.6, 0.9, 0.9
"""Share of the cells that must agree; more on an even ground, as of forms that differ in a word."""
_HOPE = 0.4
"""Share of the cells that agree without bending anything where one picture is a photo of the other."""
GROUND = 0.45
"""Share of a picture that has one grey level, from which it lies on an even ground."""
_STRAIGHT, _TURNED, _ASLANT, _BENDING = 0.02, 0.0135, 0.0095, 0.009
"""What the correlation may lack in the middle one of the cells, after what the transform does."""
_EASE = 1.5
"""By how much less must agree, and its square by how much more may lack, where other pairs vouch for it, or a
frame does: no second shot of a scene has one."""
_LEVEL = np.radians(0.25)
"""The angle below which nothing was turned: who crops, frames or takes a screenshot turns nothing."""
_EDGE = 16
"""Places along each edge of a frame where it is looked at."""
_EVEN, _MOSTLY = 8.0, 0.9
"""Grey levels within which most places around a frame lie; the codec makes waves at its edge."""
_STEP = 5.0
_SEAM, _SEAM_TIMES = 20.0, 2.5
"""Grey levels of a step that is a seam between pictures, and how much larger it is than others beside it."""
_FRAME = 0.4
"""Share of the places at which there must be a step, for even surroundings to be a frame."""


@dataclass(frozen=True)
class Verdict:
    """One picture was made from the other.

    Attributes:
        first_is_copy: Whether the first one was made from the second; None where their pixels do not say.
        sure: Whether that is more than a guess.
        to_other: float64 (2, 3), takes the first to the second, in shares of width and height.
        likeness: 0 to 1.
    """

    first_is_copy: bool | None
    sure: bool
    to_other: Numbers
    likeness: float


class _Around(Enum):
    """What lies around the frame of one picture in the other: a frame is even, with a step before it."""

    NOTHING = auto()
    PICTURE = auto()
    EVEN = auto()
    FRAME = auto()


def judge(one: Grey, other: Grey, aligned: Aligned, *, vouched: bool) -> Verdict | None:
    """Decides on a pair.

    Args:
        one: The first picture, uint8 (height, width).
        other: The second one.
        aligned: Both over what they share.
        vouched: Whether other pairs, which are proven, say that it must be so.

    Returns:
        What was made from what, or None where none was made from the other, as far as can be proven.
    """
    shared, rigid = aligned.shared, aligned.freedom is Freedom.RIGID
    least = min(shared.of_one, shared.of_other)
    if not rigid and least < BENT:
        return None
    alike = _cells(aligned.one, aligned.other, aligned.seen)
    if not _may_agree(alike):
        return None
    part = not rigid and least < _NEARLY
    around = _both_surroundings(one, other, aligned.to_other)
    inside = max(shared.of_one, shared.of_other) >= (INSIDE if rigid else _INSIDE_BENT)
    if not inside and not {_Around.FRAME, _Around.EVEN} & set(around):
        return None
    framed = _Around.FRAME in around
    eased = (vouched or framed) and not part and aligned.freedom is not Freedom.BENT
    likeness = _agreement(aligned, alike, eased, _SHARE_BENT if part else _SHARE)
    if likeness is None:
        return None
    to_other = straightened(shared.outline, sides_of(one), sides_of(other), aligned.to_other)
    return Verdict(*_first_is_copy(shared, *around), to_other, likeness)


def _limit(aligned: Aligned) -> float:
    if aligned.freedom is not Freedom.RIGID:
        return _ASLANT if aligned.freedom is Freedom.ASLANT else _BENDING
    to_other = aligned.to_other
    angle = float(np.arctan2(to_other[1, 0], to_other[0, 0]))
    off = abs((angle + np.pi / 4) % (np.pi / 2) - np.pi / 4)
    return _STRAIGHT if off < _LEVEL else _TURNED


def _first_is_copy(shared: Shared, around_one: _Around, around_other: _Around) -> tuple[bool | None, bool]:
    """Who was made from whom: the one within the other, unless that only frames it; and whether it is sure.

    What is even all around is taken for a frame, since few crop a picture along what is even in it.
    """
    if shared.of_one >= _WHOLE and shared.of_other >= _WHOLE:
        return None, False
    if shared.of_one >= INSIDE:
        return around_one is _Around.PICTURE, True
    if shared.of_other >= INSIDE:
        return around_other is not _Around.PICTURE, True
    return around_other in {_Around.FRAME, _Around.EVEN}, _Around.PICTURE in (around_one, around_other)


def alike_in_part(aligned: Aligned) -> bool:
    """Whether so many cells agree that it pays to bend one picture."""
    alike = _cells(aligned.one, aligned.other, aligned.seen)
    return len(alike) >= _FEWEST and float((alike > _AGREE).mean()) >= _HOPE


def _may_agree(alike: Pixels) -> bool:
    """Whether it pays to look closer: surroundings cost more than what most other shots fail at."""
    agree = np.count_nonzero(alike > _AGREE)
    return bool(agree >= max(_FEWEST, _SHARE / _EASE * len(alike)))


def _agreement(aligned: Aligned, alike: Pixels, vouched: bool, least: float) -> float | None:
    """How much the pixels agree, 0 to 1, or None where it is too little."""
    share = float((alike > _AGREE).mean())
    even = max(ground(aligned.one), ground(aligned.other)) > GROUND
    ease = _EASE if vouched else 1.0
    if share < max(_SHARE_EVEN if even else _SHARE, least) / ease:
        return None
    one, other = (levelled(each) * np.float32(_CONTRAST) for each in (aligned.one, aligned.other))
    lacking = 1 - float(np.median(_cells(one, other, aligned.seen)))
    return share * (1 - lacking) if lacking <= _limit(aligned) * ease**2 else None


def ground(pixels: Pixels | Grey) -> float:
    """The share of the commonest grey level and its two neighbours."""
    counts = np.bincount(np.clip(pixels, 0, 255).astype(np.int64).ravel(), minlength=258)
    return float((counts[:-2] + counts[1:-1] + counts[2:]).max() / pixels.size)


def _cells(one: Pixels, other: Pixels, seen: Pixels) -> Pixels:
    """Of each cell that shows something, the correlation of its pixels: float32 (cells,)."""
    height, width = one.shape
    size = max(1, width // _CELL), max(1, height // _CELL)

    def mean(values: Any) -> Pixels:
        made: Any = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
        return np.asarray(made, np.float32)

    there = mean(seen)
    whole = np.maximum(there, np.float32(1e-3))
    first, second = (cv2.GaussianBlur(each, (0, 0), 0.7) * seen for each in (one, other))
    means = mean(first) / whole, mean(second) / whole
    spread = [
        np.maximum(mean(each * each) / whole - middle * middle, 0)
        for each, middle in zip((first, second), means, strict=True)
    ]
    both = mean(first * second) / whole - means[0] * means[1]
    alike = both / np.sqrt(np.maximum(spread[0], 1) * np.maximum(spread[1], 1))
    says = (np.maximum(spread[0], spread[1]) > _TEXTURE**2) & (there > _SEEN)
    return np.asarray(alike[says], np.float32)


def _both_surroundings(one: Grey, other: Grey, to_other: Numbers) -> tuple[_Around, _Around]:
    """What lies around the first picture in the second, and around the second in the first."""
    back: Numbers = np.linalg.inv(to_other).astype(np.float64)
    around_one = _surroundings(other, moved(corners(sides_of(one)), to_other))
    return around_one, _surroundings(one, moved(corners(sides_of(other)), back))


def _surroundings(picture: Grey, outline: Numbers) -> _Around:
    """What lies just outside an outline, which is in shares of the longer side and may leave the picture."""
    limits = np.array([picture.shape[1], picture.shape[0]]) - 1
    places = outline * max(picture.shape)
    along = np.roll(places, -1, axis=0) - places
    outward = (
        np.column_stack((along[:, 1], -along[:, 0]))
        / np.maximum(np.linalg.norm(along, axis=1), 1e-9)[:, None]
    )
    middle = places + along / 2 - places.mean(axis=0)
    outward *= np.where((middle * outward).sum(axis=1) > 0, 1.0, -1.0)[:, None]
    at = places[:, None] + along[:, None] * np.linspace(0.03, 0.97, _EDGE)[:, None]
    beyond = at + np.array([2.0, 3.0])[:, None, None, None] * outward[:, None]
    there = ((beyond >= 0) & (beyond <= limits)).all(axis=(0, 3))
    sides = np.flatnonzero(there.sum(axis=1) >= _EDGE // 4)
    if not len(sides):
        return _Around.NOTHING
    outside, within, deeper = (
        _at(picture, each) for each in (beyond, at - outward[:, None] * 2, at - outward[:, None] * 6)
    )
    step = np.concatenate([np.abs(within[side] - outside[0, side])[there[side]] for side in sides])
    usual = np.concatenate([np.abs(within[side] - deeper[side])[there[side]] for side in sides])
    if step.mean() > max(_SEAM, _SEAM_TIMES * float(usual.mean())):
        return _Around.FRAME
    if not all(_is_even(outside[:, side, there[side]]) for side in sides):
        return _Around.PICTURE
    return _Around.FRAME if float((step > _STEP).mean()) > _FRAME else _Around.EVEN


def _is_even(levels: Numbers) -> bool:
    return float((np.abs(levels - np.median(levels)) <= _EVEN).mean()) >= _MOSTLY


def _at(picture: Grey, places: Numbers) -> Numbers:
    """The grey levels at places, the nearest pixels."""
    rounded = np.rint(places).astype(np.int64)
    rows = np.clip(rounded[..., 1], 0, picture.shape[0] - 1)
    columns = np.clip(rounded[..., 0], 0, picture.shape[1] - 1)
    return picture[rows, columns].astype(np.float64)
