"""Finds the keeper of every group at once: a race that each rule narrows, over whole arrays.

In: groups, matches and what the rules say. Out: a photo a group, or `NO_KEEPER`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photodedup.core.suggest.rules import TIE_RULES, Measured, Rule, Values
from photodedup.core.values import Groups, Index, Matches

NO_KEEPER = -1


@dataclass(frozen=True)
class _Race:
    """The groups that have no keeper yet, and the photos of each that may still be it.

    Attributes:
        groups: int64 (groups,), numbers of groups.
        lengths: int64 (groups,), how many photos each has left, at least one.
        photos: int32, the photos of the first group, then of the second, and so on.
    """

    groups: NDArray[np.int64]
    lengths: NDArray[np.int64]
    photos: Index

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each group begins in `photos`."""
        return np.cumsum(self.lengths) - self.lengths

    def only(self, stay: NDArray[np.bool_]) -> _Race:
        """The race with some of the photos; a group without any is out of it."""
        if stay.all():
            return self
        lengths = np.add.reduceat(stay, self.starts, dtype=np.int64)
        left = np.flatnonzero(lengths)
        return _Race(self.groups[left], lengths[left], self.photos[np.flatnonzero(stay)])

    def narrowed(self, rule: Rule, values: Values) -> _Race:
        """The race with the photos that come close enough to the best of their group."""
        if not len(self.groups):
            return self
        mine = values[self.photos]
        best = np.maximum.reduceat(mine, self.starts)
        needed = np.where(best > 0, best * rule.share, best)
        return self.only(mine >= np.repeat(needed, self.lengths))

    def decided(self, keeper: Index) -> _Race:
        """Writes down the keepers of groups with one photo left, and goes on with the others."""
        won = np.flatnonzero(self.lengths == 1)
        places = self.starts[won]
        keeper[self.groups[won]] = self.photos[places]
        several, stay = np.flatnonzero(self.lengths > 1), np.ones(len(self.photos), np.bool_)
        stay[places] = False
        return _Race(self.groups[several], self.lengths[several], self.photos[np.flatnonzero(stay)])

    def identical(self, picture: Index) -> _Race:
        """The race with the groups of which all photos that are left show the same pixels."""
        mine = picture[self.photos]
        same = np.repeat(mine[self.starts], self.lengths) == mine
        whole = np.logical_and.reduceat(same, self.starts) if len(mine) else same
        return self.only(np.repeat(whole, self.lengths)) if len(mine) else self


def keepers(groups: Groups, matches: Matches, measured: Sequence[Measured]) -> Index:
    """The photo of each group that is proposed to stay, or `NO_KEEPER`: int32 (groups,).

    An edited copy never wins over the picture that it was made from: satellites do not take part.
    """
    keeper = np.full(len(groups), NO_KEEPER, np.int32)
    racing = (groups.part == 0) & (measured[0][1][groups.members] > 0)
    race = _Race(np.arange(len(groups)), np.diff(groups.starts), groups.members).only(racing).decided(keeper)
    for rule, values in measured[1:]:
        if rule not in TIE_RULES:
            race = race.narrowed(rule, values).decided(keeper)
    race = race.identical(matches.same_picture)
    for rule, values in measured[1:]:
        if rule in TIE_RULES:
            race = race.narrowed(rule, values).decided(keeper)
    keeper[race.groups] = race.photos[race.starts]
    return keeper
