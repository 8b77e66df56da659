"""Brings the bits of a patch to one of its eight facings, so that mirrored and turned ones have equal bits.

The bits of features enter; the same bits as if the patch had been mirrored and turned in a way that only its
own look decides leave, with that way. A mirrored patch has the same cosine waves with some signs changed; a
transposed one has them in other places.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photodedup.core.fingerprint.waves import WAVES
from photodedup.core.values import Bits

ACROSS, DOWN, ASLANT = 1, 2, 4
"""What was done to a patch, in this order: mirrored left to right, mirrored top to bottom, transposed."""

_PLACE = {wave: place for place, wave in enumerate(WAVES)}
_SLOPE = len(WAVES)
"""The bit that says whether a patch slopes rather across than down."""
_ODD_ACROSS = np.array([across % 2 for across, _ in WAVES] + [0], np.uint8)
_ODD_DOWN = np.array([down % 2 for _, down in WAVES] + [0], np.uint8)
_TRANSPOSED = np.array([_PLACE[down, across] for across, down in WAVES] + [_SLOPE])


def brought_to_one_facing(bits: Bits) -> tuple[Bits, Bits]:
    """Mirrors and turns patches so that they slope up to the right, and rather across than down.

    Args:
        bits: uint8 (points, 16), as `features` makes them.

    Returns:
        uint8 (points, 16), the bits after that, and uint8 (points,), what was done.
    """
    each = np.unpackbits(bits, axis=1)
    across, down, aslant = (each[:, _PLACE[1, 0]] == 0, each[:, _PLACE[0, 1]] == 0, each[:, _SLOPE] == 0)
    each ^= across[:, None] * _ODD_ACROSS
    each ^= down[:, None] * _ODD_DOWN
    each[aslant] = each[aslant][:, _TRANSPOSED]
    each[:, _SLOPE] = 1
    return np.packbits(each, axis=1), (across * ACROSS + down * DOWN + aslant * ASLANT).astype(np.uint8)


def _matrices() -> NDArray[np.float64]:
    made = np.zeros((8, 2, 2))
    for done in range(8):
        matrix = np.diag([-1.0 if done & ACROSS else 1.0, -1.0 if done & DOWN else 1.0])
        made[done] = matrix[::-1] if done & ASLANT else matrix
    return made


def _between() -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    matrices = _matrices()
    numbers = np.zeros((8, 8), np.uint8)
    ways: dict[bytes, int] = {}
    kept = np.zeros((8, 2, 2))
    for one in range(8):
        for other in range(8):
            way = matrices[other].T @ matrices[one] + 0.0  # no negative zeros, whose bytes differ
            numbers[one, other] = ways.setdefault(way.tobytes(), len(ways))
            kept[numbers[one, other]] = way
    return numbers, kept


WAY, WAYS = _between()
"""`WAYS[WAY[one, other]]` takes directions in a patch to which `one` was done to those in its twin, to which
`other` was done: uint8 (8, 8), the number of the way, and float64 (8, 2, 2)."""

SLOW = tuple(place for place in range(_SLOPE) if place not in (_PLACE[1, 0], _PLACE[0, 1]))
"""The bits that still differ between patches brought to one facing, those first that copies keep best."""
