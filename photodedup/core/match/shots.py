"""Finds shots of one moment: the same scene by the same camera, seconds apart.

Enters: a library. Leaves: pairs of photos that are alike by their look, far more loosely than copies are.

Two different pictures differ in half of their bits, give or take half the root of their number. Bursts held
by hand lie far below that or, when the hand or the subject moves, just below: of the shots two seconds apart
in the corpus the nearer pairs differ in 108 of 256 bits, and 95 of 100 pairs of different pictures in more
than 112. So the look alone says little here; with the camera and the seconds it says enough to show such
photos together, and never enough to propose one for the trash.
"""

from __future__ import annotations

from itertools import pairwise
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.classes import first_equal, numbered
from photodedup.core.match.kinds import distances
from photodedup.core.values import Index, Library, Matches

SECONDS = 10
"""The longest time between two shots of one moment."""

CROWD = 300
"""Photos within `SECONDS` from which a clock that stands still is likelier than a camera that is so quick."""


def widest(bits: int) -> int:
    """The largest distance between two shots of one moment, for hashes of so many bits."""
    return bits // 2 - isqrt(bits)


def find_shots(library: Library) -> Matches:
    """Finds the pairs of photos that may be shots of one moment.

    Args:
        library: The photos. Plain ones have no look, and raw ones are not compared with developed ones.

    Returns:
        Matches up to `widest`, in which photos of equal content share a node.
    """
    rows, furthest = library.seen.rows, widest(library.hashes().shape[1] * 8)
    node, firsts = numbered(first_equal(rows["content"]))
    dated = firsts[library.seen.dated()[firsts] & ~rows["plain"][firsts]]
    one, other = _moments(dated, rows["camera"][dated], rows["taken"][dated])
    apart, raw = distances(library.hashes(), one, other), library.raw()
    alike = (apart <= furthest) & (raw[one] == raw[other])
    ends = node[one[alike]], node[other[alike]]
    left, right, apart = np.minimum(*ends), np.maximum(*ends), apart[alike]
    order = np.lexsort((right, left, apart))
    own = np.arange(len(library), dtype=np.int32)
    return Matches(node, left[order], right[order], apart[order], own, own, furthest)


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
