"""The groups of one slider position in the order of the list, each with its keeper, its kinds and its space.

In: the library, its matches and groups. Out: `Suggestions`, computed on whole arrays so that it follows the
slider.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match import kind_between, kinds_to
from photodedup.core.suggest.race import NO_KEEPER, keepers
from photodedup.core.suggest.rules import measure
from photodedup.core.values import Groups, Index, Kind, Library, Matches

REMOVABLE = frozenset({Kind.IDENTICAL_FILE, Kind.IDENTICAL_PICTURE, Kind.NEAR_DUPLICATE})
"""The kinds that a proposal may remove: a crop or a caption may be wanted work, and a shot is a photo."""

_FREE = 58
"""Bits of a sort key that hold the bytes to free."""


@dataclass(frozen=True)
class KindCount:
    """How often a kind occurs.

    Attributes:
        groups: Groups of this kind.
        photos: Photos that match the anchor of their group in this way; anchors themselves are not counted.
    """

    groups: int
    photos: int


@dataclass(frozen=True)
class Suggestions:
    """The groups of one slider position in the order of the list, each with its proposal.

    Attributes:
        groups: Identical files first, then by kind; within a kind the most space to free first.
        keeper: int32 (groups,), the photo that is proposed to stay, or `NO_KEEPER`.
        kind: uint8 (groups,), the weakest kind among the photos of the group.
        free: int64 (groups,), bytes to free if what is proposed goes.
        match: uint8 (members of `groups`,), how each photo matches the anchor of its group; what the anchor
            has means nothing.
        held: bool (members of `groups`,), True for a photo that would be proposed for the trash if the keeper
            had a raw photo or a film beside it, as the photo has: a plan would refuse it.
    """

    groups: Groups
    keeper: Index
    kind: NDArray[np.uint8]
    free: NDArray[np.int64]
    match: NDArray[np.uint8]
    held: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.groups)

    def anchor(self, number: int) -> int:
        """The photo that the others of a group are compared with: the keeper, or the first without one."""
        keeper = int(self.keeper[number])
        return keeper if keeper != NO_KEEPER else int(self.groups[number][0])

    @property
    def anchors(self) -> Index:
        """The anchor of each group: int32 (groups,)."""
        return np.where(self.keeper == NO_KEEPER, self.groups.members[self.groups.starts[:-1]], self.keeper)

    @property
    def proposed(self) -> NDArray[np.bool_]:
        """Which photos are proposed for the trash: bool (members of `groups`,)."""
        return _removable(self.groups, self.keeper, self.match) & ~self.held

    def proposal(self, number: int) -> Index:
        """The photos of one group that are proposed for the trash: int32, maybe none."""
        return self._lesser(number, held=False)

    def proposals(self) -> Iterator[tuple[int, list[int]]]:
        """The keeper of each group of which something is proposed for the trash, and the photos that are."""
        going = np.flatnonzero(self.proposed)
        numbers, begins = np.unique(self.groups.number[going], return_index=True)
        photos, ends = self.groups.members[going].tolist(), [*begins.tolist(), len(going)][1:]
        for keeper, begin, end in zip(self.keeper[numbers].tolist(), begins.tolist(), ends, strict=True):
            yield keeper, photos[begin:end]

    def holding(self, number: int) -> Index:
        """The photos of one group that stay for a raw photo or a film that the keeper lacks: int32."""
        return self._lesser(number, held=True)

    def _lesser(self, number: int, held: bool) -> Index:
        begin, end = self.groups.starts[number : number + 2]
        alone = Groups(self.groups[number], np.array([0, end - begin]), self.groups.threshold)
        removable = _removable(alone, self.keeper[number : number + 1], self.match[begin:end])
        return np.asarray(alone.members[removable & (self.held[begin:end] == held)])

    def kinds(self, number: int) -> dict[int, Kind]:
        """How each photo of a group but the anchor matches the anchor, by photo."""
        begin, end = self.groups.starts[number : number + 2]
        pairs = zip(self.groups[number].tolist(), self.match[begin:end].tolist(), strict=True)
        anchor = self.anchor(number)
        return {photo: Kind(kind) for photo, kind in pairs if photo != anchor}

    def kind_between(self, matches: Matches, number: int, one: int, other: int) -> Kind:
        """How two photos of one group match; two crops of one picture count as edited copies."""
        if self.kind[number] == Kind.SIMILAR_SHOT:
            return Kind.SIMILAR_SHOT
        group, begin = self.groups[number], int(self.groups.starts[number])
        parts = [self.groups.part[begin + int(np.flatnonzero(group == each)[0])] for each in (one, other)]
        return kind_between(matches, one, other) if parts[0] == parts[1] else Kind.EDITED_COPY

    def counts(self) -> dict[Kind, KindCount]:
        """How often each kind occurs, for all five."""
        groups = np.bincount(self.kind, minlength=len(Kind))
        others = self.groups.members != self.anchors[self.groups.number]
        photos = np.bincount(self.match[others], minlength=len(Kind))
        return {kind: KindCount(int(groups[kind]), int(photos[kind])) for kind in Kind}

    def only(self, *kinds: Kind) -> Suggestions:
        """The groups of some kinds."""
        return self._take(np.flatnonzero(np.isin(self.kind, [int(kind) for kind in kinds])))

    def _take(self, order: NDArray[np.intp]) -> Suggestions:
        groups, places = self.groups.take(order)
        held = self.held[places] if self.held.any() else np.zeros(len(places), np.bool_)
        return Suggestions(
            groups, self.keeper[order], self.kind[order], self.free[order], self.match[places], held
        )

    def space(self) -> int:
        """Bytes to free in all groups together."""
        return int(self.free.sum())


def suggest(
    library: Library,
    matches: Matches,
    groups: Groups,
    keeper: Index | None = None,
    kinds: frozenset[Kind] = frozenset(Kind),
    shots: Groups | None = None,
) -> Suggestions:
    """Proposes a keeper for each group and sorts the groups for the list.

    Args:
        library: The photos.
        matches: Their matches.
        groups: The groups of one slider position.
        keeper: int32 (groups,), the result of `keepers`, where it is at hand.
        kinds: Only groups of these kinds stay in the list.
        shots: Groups of similar shots, none of them in `groups`; nothing is proposed for them.

    Returns:
        The groups that stay, each with its proposal.
    """
    suggested = _of_copies(library, matches, groups, keeper)
    wanted = np.zeros(len(Kind), bool)
    wanted[[int(each) for each in kinds]] = True
    shown = np.flatnonzero(wanted[suggested.kind])
    suggested = suggested._take(shown[_in_order(suggested.kind[shown], suggested.free[shown])])
    return suggested if shots is None or not len(shots) else _with_shots(suggested, shots)


def _of_copies(library: Library, matches: Matches, groups: Groups, keeper: Index | None) -> Suggestions:
    """The groups of copies in the order in which they come."""
    if not len(groups):
        none = _empty(np.uint8)
        return Suggestions(groups, _empty(np.int32), none, _empty(np.int64), none, _empty(np.bool_))
    if keeper is None:
        keeper = keepers(groups, matches, measure(library))
    anchor = np.where(keeper == NO_KEEPER, groups.members[groups.starts[:-1]], keeper)
    match = kinds_to(matches, anchor[groups.number], groups.members)
    match[np.flatnonzero(groups.part)] = Kind.EDITED_COPY
    # The weakest kind does not depend on the anchor, since equality is mutual.
    kind = np.maximum.reduceat(match, groups.starts[:-1])
    removable = _removable(groups, keeper, match)
    held = removable & _alone_paired(library.paired, groups, keeper)
    going, sizes = np.flatnonzero(removable & ~held), np.zeros(len(match), np.int64)
    sizes[going] = library.files.rows["size"][groups.members[going]]
    return Suggestions(groups, keeper, kind, np.add.reduceat(sizes, groups.starts[:-1]), match, held)


def _alone_paired(paired: NDArray[np.bool_], groups: Groups, keeper: Index) -> NDArray[np.bool_]:
    """Which members have a raw photo or a film beside them where their keeper has none."""
    if not paired.any():
        return np.zeros(len(groups.members), np.bool_)
    return np.asarray(paired[groups.members] & ~paired[keeper][groups.number])


def _removable(groups: Groups, keeper: Index, match: NDArray[np.uint8]) -> NDArray[np.bool_]:
    keepers_of = keeper[groups.number]
    removable = match <= max(REMOVABLE)
    return np.asarray(removable & (keepers_of != NO_KEEPER) & (groups.members != keepers_of))


def _with_shots(copies: Suggestions, shots: Groups) -> Suggestions:
    """The groups of similar shots after all others."""
    last = Kind.SIMILAR_SHOT
    groups = Groups(
        np.concatenate((copies.groups.members, shots.members)),
        np.concatenate((copies.groups.starts, copies.groups.starts[-1] + shots.starts[1:])),
        copies.groups.threshold,
        np.concatenate((copies.groups.part, shots.part)),
    )
    return Suggestions(
        groups,
        np.append(copies.keeper, np.full(len(shots), NO_KEEPER, np.int32)),
        np.append(copies.kind, np.full(len(shots), last, np.uint8)),
        np.append(copies.free, np.zeros(len(shots), np.int64)),
        np.append(copies.match, np.full(len(shots.members), last, np.uint8)),
        np.append(copies.held, np.zeros(len(shots.members), np.bool_)),
    )


def _in_order(kind: NDArray[np.uint8], free: NDArray[np.int64]) -> NDArray[np.intp]:
    """By kind, then the most space first, then as they come.

    Two quick sorts, of which the second puts what is equal in the first in the order in which it comes: half
    the time of one stable sort.
    """
    keys = (kind.astype(np.int64) << _FREE) - free
    order = np.argsort(keys)
    equal = np.cumsum(np.diff(keys[order], prepend=keys[order[:1]]) != 0) << 32 | order
    equal.sort()
    return np.asarray(equal & 0xFFFFFFFF)


def _empty(dtype: type) -> NDArray[Any]:
    return np.zeros(0, dtype)
