"""The groups of one slider position in the order of the list, each with its keeper, its kind and its space.

In: the library, its matches and groups. Out: `Suggestions`, computed on whole arrays so that it follows the
slider.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photodedup.core.suggest.race import NO_KEEPER, keepers
from photodedup.core.suggest.rules import Measured, measure
from photodedup.core.values import Groups, Index, Kind, Library, Matches


@dataclass(frozen=True)
class Suggestions:
    """The groups of one slider position in the order of the list, each with its proposal.

    Attributes:
        groups: Identical files first, then by kind; within a kind the most space to free first.
        keeper: int32 (groups,), the photo that is proposed to stay, or `NO_KEEPER`.
        kind: uint8 (groups,), the weakest kind among the photos of the group.
        free: int64 (groups,), bytes to free if all but the keeper go; 0 without a keeper.
    """

    groups: Groups
    keeper: Index
    kind: NDArray[np.uint8]
    free: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.groups)

    def anchor(self, number: int) -> int:
        """The photo that the others of a group are compared with: the keeper, or the first without one."""
        keeper = int(self.keeper[number])
        return keeper if keeper != NO_KEEPER else int(self.groups[number][0])

    def only(self, kind: Kind) -> Suggestions:
        """The groups of one kind."""
        return self._take(np.flatnonzero(self.kind == int(kind)))

    def _take(self, order: NDArray[np.intp]) -> Suggestions:
        return Suggestions(
            _reorder(self.groups, order), self.keeper[order], self.kind[order], self.free[order]
        )

    def space(self) -> int:
        """Bytes to free in all groups together."""
        return int(self.free.sum())


def suggest(
    library: Library,
    matches: Matches,
    groups: Groups,
    measured: Sequence[Measured] | None = None,
    kinds: frozenset[Kind] = frozenset(Kind),
) -> Suggestions:
    """Proposes a keeper for each group and sorts the groups for the list.

    Args:
        library: The photos.
        matches: Their matches.
        groups: The groups of one slider position.
        measured: The result of `measure`, where it is at hand.
        kinds: Only groups of these kinds stay in the list.

    Returns:
        The groups that stay, each with its proposal.
    """
    if not len(groups):
        return Suggestions(groups, _empty(np.int32), _empty(np.uint8), _empty(np.int64))
    keeper = keepers(groups, matches, measured or measure(library))
    kind = _kinds(groups, matches)
    free = _space(groups, library.files.rows["size"], keeper)
    shown = np.flatnonzero(np.isin(kind, [int(each) for each in kinds]))
    order = shown[_in_order(kind[shown], free[shown])]
    return Suggestions(groups, keeper, kind, free)._take(order)


def _kinds(groups: Groups, matches: Matches) -> NDArray[np.uint8]:
    """The weakest kind in each group: it does not depend on the keeper, since equality is mutual."""
    file = _mixed(groups, matches.same_file)
    picture = _mixed(groups, matches.same_picture)
    kinds = np.where(picture, Kind.NEAR_DUPLICATE, Kind.IDENTICAL_PICTURE)
    return np.where(file, kinds, Kind.IDENTICAL_FILE).astype(np.uint8)


def _mixed(groups: Groups, classes: Index) -> NDArray[np.bool_]:
    """For each group whether its photos are of several classes."""
    mine = classes[groups.members]
    change = np.append(False, mine[1:] != mine[:-1])
    change[groups.starts[:-1]] = False
    return np.logical_or.reduceat(change, groups.starts[:-1])


def _space(groups: Groups, sizes: NDArray[np.int64], keeper: Index) -> NDArray[np.int64]:
    total = np.add.reduceat(sizes[groups.members], groups.starts[:-1])
    return np.where(keeper == NO_KEEPER, 0, total - sizes[keeper])


def _in_order(kind: NDArray[np.uint8], free: NDArray[np.int64]) -> NDArray[np.intp]:
    """By kind, then the most space first, then as they come; two stable sorts, one of them of bytes."""
    order = np.argsort(-free, kind="stable")
    return order[np.argsort(kind[order], kind="stable")]


def _reorder(groups: Groups, order: NDArray[np.intp]) -> Groups:
    lengths = np.diff(groups.starts)[order]
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    within = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths)
    members = groups.members[np.repeat(groups.starts[:-1][order], lengths) + within]
    return Groups(members, starts, groups.threshold)


def _empty(dtype: type) -> NDArray:  # type: ignore[type-arg]
    return np.zeros(0, dtype)
