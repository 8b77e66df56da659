"""What the marks of the whole session come to: photos that will move, what they free, and those that stay.

In: what was found, the groups and the marks. Out: `Totals`, computed on whole arrays after each mark.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photodedup.core.line import Found
from photodedup.core.suggest import bereft, vouched
from photodedup.core.values import Groups


@dataclass(frozen=True)
class Totals:
    """What the marks come to.

    Attributes:
        photos: Photos that will move.
        size: Their bytes.
        beside: Whether some of them have companions, which go with them and are counted in neither.
        lonely: Marked photos that will stay, since no match of them is kept.
        bereft: Marked photos that will stay, since no copy of their raw photo or film is kept.
    """

    photos: int = 0
    size: int = 0
    beside: bool = False
    lonely: int = 0
    bereft: int = 0

    @property
    def marked(self) -> bool:
        """Whether anything is marked for the trash."""
        return self.photos + self.lonely + self.bereft > 0


def total(found: Found, groups: Groups, trash: NDArray[np.bool_], alone: bool) -> Totals:
    """Counts what is marked.

    Args:
        found: What was found.
        groups: Its groups at the present position of the slider.
        trash: bool (photos,), True for marked photos.
        alone: Whether raw photos and films stay where they are, so that none of them needs a copy.
    """
    if not len(groups) or not trash.any():
        return Totals()
    marked = trash[groups.members]
    going = vouched(found.matches, groups, marked)
    lonely, paired = int((marked & ~going).sum()), found.library.paired
    staying = going & bereft(groups, marked, paired) if paired.any() and not alone else going & False
    moving, rows = groups.members[going & ~staying], found.library.files.rows
    # Column by column: whole rows would take six times as long.
    beside = (rows["companions"][moving] > 0) & ~(paired[moving] & alone)
    return Totals(
        len(moving), int(rows["size"][moving].sum()), bool(beside.any()), lonely, int(staying.sum())
    )
