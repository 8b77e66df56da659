"""How the features of a picture stand in their bytes, and which cosine waves their bits are.

Nothing enters; `POINT` and `WAVES` leave, for those who make the bits and those who compare them.
"""

from __future__ import annotations

import numpy as np

_WAVES = 127
_SIDE = 12


def _slowest() -> tuple[tuple[int, int], ...]:
    """The slowest waves but the level one, each with its transposed one, so that patches can be turned."""
    waves = [(across, down) for across in range(_SIDE) for down in range(_SIDE)]
    waves.sort(key=lambda wave: (wave[0] ** 2 + wave[1] ** 2, wave))
    return (*waves[1:_WAVES], (9, 9))


WAVES = _slowest()
"""Half turns across and down of each wave, one a bit; the last bit of 128 says whether the patch slopes
rather across than down."""

POINT = np.dtype([("x", "<u2"), ("y", "<u2"), ("blur", "<u2"), ("bits", np.uint8, (16,))])
"""A blob: place and blur in 65535ths of the longer side (the blur times `FINER`), and its bits; the strong
ones stand first."""

FINER = 4
"""The blur is kept this much finer than the place."""

VERSION = 1
"""Raised when the same picture would be described by other bits, so that old ones are made again."""
