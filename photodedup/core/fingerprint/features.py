"""Describes what can be recognised again in a part of a picture: blobs, each with 128 bits of its look.

A small grey picture enters; plain bytes leave, rows of `POINT`. Runs in workers and is loaded only when
edited copies are looked for, because OpenCV comes with it.

Blobs are the extremes of differences of Gaussians (Lowe, 2004) in a pyramid of whole numbers, which is four
times as quick as one of fractions. A patch around a blob, as large as its blur says, is taken upright, and
the signs of its slow cosine waves are kept, as a perceptual hash does with a whole picture. A mirrored or
turned patch has the same waves with other signs and in other places, so mirror images are found without
describing them again. On labelled copies of 33 photos the worst true pair had 12 points that agree in their
geometry; ORB with as many points had 4 there.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from photodedup.core.fingerprint.waves import FINER, POINT, WAVES

SIDE = 512
"""The longer side of the picture that is described, at most."""

MOST = 500
"""Blobs that are kept of a picture."""

_STEPS = 3
"""Blurs that are looked at in an octave."""
_FIRST = 1.6
_TAKEN = 0.5
"""The blur that a decoded picture has already."""
_OCTAVES = 5
_SMALLEST = 16
_FAINTEST = 36
"""The least contrast of a blob, in 128ths of a grey level: below it lies the grain of the codec."""
_LONGEST = 30.0
"""How much longer than wide a blob may be."""
_EDGE = 3
_FINE_SHARE = 0.6
"""Share of the blobs that the finest octave may take; a crop is known by those of the coarser ones."""
_CELLS = 8
_CROWD = 6.0
"""Blobs of one cell after which its next ones count half, so that they cover the whole picture."""
_PATCH = 16
_WIDTH = 12.0
"""The width of a patch in units of its blob's blur."""

Grey = NDArray[np.uint8]
Whole = NDArray[np.int16]
Rows = NDArray[Any]
_SQUARE = np.ones((3, 3), np.uint8)

cv2.setNumThreads(1)


class _Blobs(NamedTuple):
    """Blobs of all octaves: float32 (blobs,) each; place and blur are those of the octave."""

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    blur: NDArray[np.float32]
    octave: NDArray[np.float32]
    strength: NDArray[np.float32]


def describe(picture: Grey) -> bytes:
    """Describe a picture.

    Args:
        picture: uint8 (height, width), at most `SIDE` long.

    Returns:
        Rows of `POINT`, at most `MOST`; none where there is nothing to recognise.
    """
    found, pyramid = _blobs(picture)
    kept = _Blobs(*(column[_choice(found, picture.shape[:2])] for column in found))
    rows = np.zeros(len(kept.x), POINT)
    if len(rows):
        scale = np.exp2(kept.octave) * 65535.0 / max(picture.shape)
        rows["x"], rows["y"] = np.rint(kept.x * scale), np.rint(kept.y * scale)
        rows["blur"] = np.minimum(np.rint(kept.blur * scale * FINER), 65535)
        rows["bits"] = _bits(kept, pyramid)
    return rows.tobytes()


def _blobs(picture: Grey) -> tuple[_Blobs, list[Whole]]:
    """Every blob, and the sharpest picture of each octave."""
    sharp = _blurred(picture.astype(np.int16) << 7, _TAKEN, _FIRST)
    pyramid: list[Whole] = []
    parts: list[_Blobs] = []
    while min(sharp.shape) >= _SMALLEST and len(pyramid) < _OCTAVES:
        blurs = [_FIRST * 2 ** (step / _STEPS) for step in range(_STEPS + 3)]
        levels = [sharp]
        for before, after in pairwise(blurs):
            levels.append(_blurred(levels[-1], before, after))
        parts += _extremes([cv2.absdiff(one, other) for one, other in pairwise(levels)], len(pyramid))
        pyramid.append(sharp)
        sharp = np.ascontiguousarray(levels[_STEPS][::2, ::2])
    none = [np.zeros(0, np.float32)]
    columns = [np.concatenate([part[at] for part in parts] or none) for at in range(len(_Blobs._fields))]
    return _Blobs(*columns), pyramid


def _blurred(picture: Any, before: float, after: float) -> Any:
    sigma = (after**2 - before**2) ** 0.5
    size = 2 * int(np.ceil(2.7 * sigma)) + 1
    return cv2.GaussianBlur(picture, (size, size), sigma)


def _extremes(apart: list[Any], octave: int) -> list[_Blobs]:
    """The places where the difference of two blurs is larger than all around, also in blur."""
    most = [cv2.dilate(each, _SQUARE) for each in apart]
    faintest: Any = float(_FAINTEST)
    found = []
    for step in range(1, _STEPS + 1):
        around = cv2.max(cv2.max(most[step - 1], most[step + 1]), cv2.max(most[step], faintest))
        met = cv2.compare(apart[step], around, cv2.CMP_EQ)
        met[:_EDGE], met[-_EDGE:], met[:, :_EDGE], met[:, -_EDGE:] = 0, 0, 0, 0
        places = cv2.findNonZero(met)
        if places is not None:
            found.append(_refined(apart[step - 1 : step + 2], places.reshape(-1, 2), step, octave))
    return found


def _refined(apart: list[Any], places: Any, step: int, octave: int) -> _Blobs:
    """Places and blurs between the pixels and steps, by parabolas; without what is rather an edge."""
    below, flat, above = (each.ravel() for each in apart)
    wide = apart[1].shape[1]
    at = places[:, 1].astype(np.int64) * wide + places[:, 0]

    def value(shift: int) -> NDArray[np.float32]:
        return np.asarray(flat[at + shift], np.float32)

    here, left, right, up, down = value(0), value(-1), value(1), value(-wide), value(wide)
    before, after = below[at].astype(np.float32), above[at].astype(np.float32)
    bend_x, bend_y = left + right - 2 * here, up + down - 2 * here
    twist = (value(wide + 1) + value(-wide - 1) - value(wide - 1) - value(1 - wide)) / 4
    area, both = bend_x * bend_y - twist**2, bend_x + bend_y
    round_ = (area > 0) & (both**2 < area * (_LONGEST + 1) ** 2 / _LONGEST)
    blur = _FIRST * np.exp2((step + _peak(before, here, after)) / _STEPS)
    columns = (
        places[:, 0] + _peak(left, here, right),
        places[:, 1] + _peak(up, here, down),
        blur,
        np.full(len(at), octave, np.float32),
        here,
    )
    return _Blobs(*(column[round_].astype(np.float32) for column in columns))


def _peak(before: Rows, here: Rows, after: Rows) -> Rows:
    """Where the top of a parabola lies, in steps from the middle one of three values."""
    bend = np.minimum(before + after - 2 * here, -1e-3)
    return np.asarray(np.clip((before - after) / (2 * bend), -0.5, 0.5))


def _choice(found: _Blobs, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """The blobs to keep, strong ones first, spread over the picture and its octaves."""
    scale = np.exp2(found.octave)
    rows = np.minimum(found.y * scale * _CELLS / shape[0], _CELLS - 1).astype(np.int64)
    columns = np.minimum(found.x * scale * _CELLS / shape[1], _CELLS - 1).astype(np.int64)
    cell, fine = rows * _CELLS + columns, found.octave == 0
    coarse = _ranked(np.flatnonzero(~fine), cell, found.strength)
    finest = _ranked(np.flatnonzero(fine), cell, found.strength)
    from_coarse = min(len(coarse[0]), max(round(MOST * (1 - _FINE_SHARE)), MOST - len(finest[0])))
    kept = ((coarse, from_coarse), (finest, MOST - from_coarse))
    numbers = np.concatenate([each[0][:count] for each, count in kept])
    worth = np.concatenate([each[1][:count] for each, count in kept])
    return np.asarray(numbers[np.argsort(-worth, kind="stable")])


def _ranked(numbers: NDArray[np.int64], cell: Rows, strength: Rows) -> tuple[NDArray[np.int64], Rows]:
    """Blobs by what they are worth: strength, less the more stronger ones their cell has."""
    order = numbers[np.lexsort((-strength[numbers], cell[numbers]))]
    begins = np.flatnonzero(np.diff(cell[order], prepend=-1))
    sizes = np.diff(np.append(begins, len(order)))
    rank = np.arange(len(order)) - np.repeat(begins, sizes)
    worth = strength[order] / (1 + rank / _CROWD)
    best = np.argsort(-worth, kind="stable")
    return order[best], worth[best]


def _bits(blobs: _Blobs, pyramid: list[Whole]) -> Grey:
    """The signs of the waves of each blob's patch, and which way it rather slopes: uint8 (blobs, 16)."""
    steps = (np.arange(_PATCH, dtype=np.float32) - (_PATCH - 1) / 2) * (_WIDTH / _PATCH)
    down, right = (each.ravel() for each in np.meshgrid(steps, steps, indexing="ij"))
    patches = np.zeros((len(blobs.x), _PATCH * _PATCH), np.float32)
    for octave, sharp in enumerate(pyramid):
        mine = np.flatnonzero(blobs.octave == octave)
        if len(mine):
            across = blobs.x[mine, None] + right * blobs.blur[mine, None]
            along = blobs.y[mine, None] + down * blobs.blur[mine, None]
            patches[mine] = cv2.remap(sharp, across, along, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    waves = patches @ _BASIS
    slope = np.abs(waves[:, WAVES.index((1, 0))]) > np.abs(waves[:, WAVES.index((0, 1))])
    return np.packbits(np.column_stack((waves > 0, slope)), axis=1)


def _basis() -> NDArray[np.float32]:
    """The cosine waves as columns: float32 (pixels of a patch, waves)."""
    turns = np.outer(np.arange(_PATCH), 2 * np.arange(_PATCH) + 1)
    cosines = np.cos(np.pi * turns / (2 * _PATCH))
    waves = [np.outer(cosines[vertical], cosines[horizontal]).ravel() for horizontal, vertical in WAVES]
    return np.stack(waves, axis=1).astype(np.float32)


_BASIS = _basis()
