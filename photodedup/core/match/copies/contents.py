"""Leaves out what was put around a picture: borders, letterboxes, captions, and the bars of a screenshot.

A grey picture enters; a `Picture` leaves, whose content is what is compared first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from photodedup.core.match.copies.aligning import Grey
from photodedup.core.match.copies.frames import Numbers, sides_of

_EVEN = 6.0
"""Grey levels by which the pixels of an even line spread."""
_GAP = 0.012
"""Share of the lines that even ones must have to part two blocks."""
_MAIN = 0.6
"""Share of all lines that are not even, from which a block is the content."""
_WORTH = 0.98
"""Share of a picture from which its content is the whole."""
_LEAST = 24
"""Pixels of content below which nothing is left out."""


@dataclass(frozen=True)
class Picture:
    """A picture without what is around its content.

    Attributes:
        whole: uint8 (height, width).
        content: uint8 (height, width).
        box: float64 (3, 3), takes places in the content to those in the whole, both in shares of width and
            height.
        to_whole: float64 (3, 3), the same in shares of the longer side.
        margin: Share of the whole that was left out.
    """

    whole: Grey
    content: Grey
    box: Numbers
    to_whole: Numbers
    margin: float


def content_of(whole: Grey) -> Picture:
    """Leaves out even lines at each side, and blocks that these part from the main one."""
    top, bottom = _block(whole)
    left, right = _block(whole[top:bottom].T)
    if (bottom - top) * (right - left) > _WORTH * whole.size:
        top, left, (bottom, right) = 0, 0, whole.shape
    content = whole[top:bottom, left:right]
    high, wide = whole.shape
    box = np.array(
        [(content.shape[1] / wide, 0, left / wide), (0, content.shape[0] / high, top / high), (0.0, 0.0, 1.0)]
    )
    spread_whole, spread_content = np.diag([*sides_of(whole), 1.0]), np.diag([*sides_of(content), 1.0])
    to_whole: Numbers = spread_whole @ box @ np.linalg.inv(spread_content)
    return Picture(whole, content, box, to_whole, 1 - content.size / whole.size)


def _block(lines: Grey) -> tuple[int, int]:
    """Where the main block of lines begins and ends."""
    busy = np.flatnonzero(lines.std(axis=1) >= _EVEN)
    if not len(busy):
        return 0, len(lines)
    gap = max(2, round(_GAP * len(lines)))
    breaks = np.flatnonzero(np.diff(busy) > gap)
    begins, ends = np.append(0, breaks + 1), np.append(breaks, len(busy) - 1)
    largest = int(np.argmax(ends - begins))
    if ends[largest] - begins[largest] + 1 < _MAIN * len(busy):
        begins, ends, largest = np.array([0]), np.array([len(busy) - 1]), 0
    begin, end = int(busy[begins[largest]]), int(busy[ends[largest]]) + 1
    return (begin, end) if end - begin >= _LEAST else (0, len(lines))
