"""Finds shots of one moment: the same scene by the same camera, seconds apart.

Enters: a library. Leaves: pairs of photos that are alike by their look, far more loosely than copies are.

A hand that moves by a twelfth of the picture changes half of the bits of a 256-bit pHash, as another
picture does: its quick waves shift. The five by five slowest waves, which are bits of the same hash, hardly
do. On 62 photos of the corpus, cropped twice and tilted as two shots are, these 24 bits differ by 7 at most
in all that moved by 2 %, in 97 % of those that moved by 4 % and 94 % by 8 %, and in 2 % of the pairs of
different pictures; and in 3 of the 5 real pairs. With the camera and the seconds that is enough to show
photos together, and never enough to propose one for the trash. Other hashes have no waves: the whole of
them is compared.
"""

from __future__ import annotations

from itertools import pairwise
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.classes import first_equal, numbered
from photodedup.core.match.kinds import distances
from photodedup.core.values import Bits, Index, Library, Matches

SECONDS = 10
"""The longest time between two shots of one moment."""

CROWD = 300
"""Photos within `SECONDS` from which a clock that stands still is likelier than a camera that is so quick."""


SLOWEST = 5
"""The slowest waves in each direction."""

ALIKE = 7
"""The largest distance between the slow waves of two shots of one moment."""


def find_shots(library: Library, waves: bool = True) -> Matches:
    """Finds the pairs of photos that may be shots of one moment.

    Args:
        library: The photos. Plain ones have no look, and raw ones are not compared with developed ones.
        waves: Whether the hashes are pHashes, of which each bit is a wave.

    Returns:
        Matches in which photos of equal content share a node.
    """
    rows = library.seen.rows
    looks, furthest = _slow_waves(library.hashes()) if waves else _whole(library.hashes())
    node, firsts = numbered(first_equal(rows["content"]))
    dated = firsts[library.seen.dated()[firsts] & ~rows["plain"][firsts]]
    one, other = _moments(dated, rows["camera"][dated], rows["taken"][dated])
    apart, raw = distances(looks, one, other), library.raw()
    alike = (apart <= furthest) & (raw[one] == raw[other])
    ends = node[one[alike]], node[other[alike]]
    left, right, apart = np.minimum(*ends), np.maximum(*ends), apart[alike]
    order = np.lexsort((right, left, apart))
    own = np.arange(len(library), dtype=np.int32)
    return Matches(node, left[order], right[order], apart[order], own, own, furthest)


def _slow_waves(hashes: Bits) -> tuple[Bits, int]:
    """The bits of the slowest waves, and how many of them may differ; the very slowest is always set."""
    side = isqrt(hashes.shape[1] * 8)
    rows = hashes[:, : SLOWEST * side // 8 : max(1, side // 8)]
    return rows & np.uint8(0xFF << (8 - SLOWEST) & 0xFF), ALIKE


def _whole(hashes: Bits) -> tuple[Bits, int]:
    """Whole hashes, and how many of their bits may differ; between few different pictures it is so few."""
    return hashes, hashes.shape[1] * 8 * 5 // 16


def _moments(photos: Index, camera: Index, taken: NDArray[np.int64]) -> tuple[Index, Index]:
    """The pairs of photos of one camera within `SECONDS`: int32 (pairs,) each."""
    order = np.lexsort((taken, camera))
    photos, camera, taken = photos[order], camera[order], taken[order]
    window = SECONDS * 1_000_000
    before, ends = np.zeros((2, len(photos)), np.int64)
    for begin, end in pairwise(np.flatnonzero(np.diff(camera, prepend=-1, append=-1)).tolist()):
        times = taken[begin:end]
        ends[begin:end] = begin + np.searchsorted(times, times + window, side="right")
        before[begin:end] = begin + np.searchsorted(times, times - window)
    crowded = ends - before > CROWD
    after = np.where(crowded, 0, ends - np.arange(len(photos)) - 1)
    one = np.repeat(np.arange(len(photos)), after)
    other = np.arange(len(one)) - np.repeat(np.cumsum(after) - after, after) + one + 1
    clear = ~crowded[other]
    return photos[one[clear]], photos[other[clear]]
