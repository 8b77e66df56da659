"""Which cosine waves describe the patch around a blob, and in which order their bits stand.

Nothing enters; `WAVES` leaves, for those who make the bits and those who compare them.
"""

from __future__ import annotations

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

VERSION = 1
"""Raised when the same picture would be described by other bits, so that old ones are made again."""
