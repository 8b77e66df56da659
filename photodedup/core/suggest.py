"""Which photo of each group is worth keeping, and why in words.

In: the library, its matches and the groups of one slider position. Out: `Suggestions`, the groups in the
order of the list with keeper, kind and space to free. Everything is computed on whole arrays, so that it
follows the slider.

Each rule narrows the photos that may stay to those that come close to the best of their group; a rule that
sends photos away is a reason. If several photos are left, and they are not identical, there is no clear
winner.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match import kinds_to
from photodedup.core.values import Groups, Index, Kind, Library, Matches

Values = NDArray[np.float64]
NO_KEEPER = -1
COPY_NAME = re.compile(r"\(\d+\)|~\d*$|\b(copy|kopie|copie|copia|edited|backup)\b|[-_ ]\d$", re.IGNORECASE)


@dataclass(frozen=True)
class Rule:
    """One reason to keep a photo rather than another.

    Attributes:
        name: The rule's name in settings.
        words: The reason as the person reads it after "kept:".
        value: Takes the library, gives float64 (photos,); larger is better.
        share: A photo stays in the race with at least this share of its group's best value.
        telling: True where it is told of a keeper even if an earlier rule had decided.
    """

    name: str
    words: str
    value: Callable[[Library], Values]
    share: float = 1.0
    telling: bool = False


def _intact(library: Library) -> Values:
    return np.asarray(~library.seen.rows["damaged"], np.float64)


def _area(library: Library) -> Values:
    rows = library.seen.rows
    return np.asarray(rows["width"] * rows["height"].astype(np.float64))


def _metadata(library: Library) -> Values:
    seen = library.seen
    named = np.array([bool(word) for word in seen.words], np.bool_)
    return np.asarray(1.0 + seen.dated() + named[seen.rows["camera"]], np.float64)


def _plain_name(library: Library) -> Values:
    names = (os.fsdecode(name) for name in library.files.each_name())
    plain = (COPY_NAME.search(os.path.splitext(name)[0]) is None for name in names)  # noqa: PTH122 - once a file
    return np.fromiter(plain, np.float64, len(library))


INTACT = Rule("intact", "not damaged", _intact)
LARGEST = Rule("largest", "largest", _area, share=0.8)
METADATA = Rule("metadata", "full metadata", _metadata, telling=True)
LEAST_COMPRESSED = Rule(
    "least-compressed", "least compressed", lambda library: library.sizes().astype(np.float64), share=0.85
)
OLDEST = Rule(
    "oldest",
    "oldest file",
    lambda library: -library.files.rows["mtime_ns"].astype(np.float64),
)
PLAIN_NAME = Rule("plain-name", "plainest name", _plain_name)

RULES = (LARGEST, METADATA, LEAST_COMPRESSED)
"""The default order, after `INTACT`, which always comes first.

A copy with a border is a little larger than its original, hence the share of `LARGEST`.
"""

TIE_RULES = (PLAIN_NAME, OLDEST)
"""Between identical pictures any choice is right; these make it the one that a person expects."""


Measured = tuple[Rule, Values]
"""A rule and what it says of each photo: float64 (photos,)."""


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


def measure(library: Library, rules: Sequence[Rule] = RULES) -> list[Measured]:
    """Evaluates the rules once for a library, so that each move of the slider only compares numbers.

    Returns:
        Rules with their values: `INTACT`, those that decide, then the tie rules.
    """
    return [(rule, rule.value(library)) for rule in (INTACT, *rules, *TIE_RULES)]


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
    keeper = _keepers(groups, matches, measured or measure(library))
    kind = _kinds(groups, matches, keeper)
    free = _space(groups, library.sizes(), keeper)
    shown = np.flatnonzero(np.isin(kind, [int(each) for each in kinds]))
    order = shown[np.lexsort((shown, -free[shown], kind[shown]))]
    return Suggestions(groups, keeper, kind, free)._take(order)


def why(matches: Matches, group: Index, measured: Sequence[Measured]) -> str:
    """The reason for the keeper of one group in words, such as `largest, full metadata`."""
    alone = Groups(group, np.array([0, len(group)], np.int64), 0)
    racing = measured[0][1][group] > 0
    if not racing.any():
        return "no clear winner: every photo is damaged"
    reasons = [] if racing.all() else [INTACT.words]
    for rule, values in measured[1:]:
        if racing.sum() == 1 and not rule.telling:
            continue
        if rule in TIE_RULES and not _all_identical(alone, matches.same_picture[group], racing)[0]:
            return "no clear winner: compare them"
        narrowed = _narrow(alone, values[group], racing, rule.share)
        told = rule.telling and values[group][racing].min() > values[group].min()
        if told or narrowed.sum() < racing.sum():
            reasons.append(rule.words)
        racing = narrowed
    return ", ".join(reasons if racing.sum() == 1 else [*reasons, "first by path"])


def _keepers(groups: Groups, matches: Matches, measured: Sequence[Measured]) -> Index:
    racing = measured[0][1][groups.members] > 0
    for rule, values in measured[1:]:
        if rule not in TIE_RULES:
            racing = _narrow(groups, values[groups.members], racing, rule.share)
    clear = _all_identical(groups, matches.same_picture[groups.members], racing)
    for rule, values in measured[1:]:
        if rule in TIE_RULES:
            racing = _narrow(groups, values[groups.members], racing, rule.share)
    position = np.where(racing, np.arange(len(racing)), len(racing) - 1)
    first = np.minimum.reduceat(position, groups.starts[:-1])
    return np.where(clear, groups.members[first], NO_KEEPER).astype(np.int32)


def _narrow(groups: Groups, values: Values, racing: NDArray[np.bool_], share: float) -> NDArray[np.bool_]:
    """Of the photos in the race, those whose value comes close enough to the best of their group."""
    best = np.maximum.reduceat(np.where(racing, values, -np.inf), groups.starts[:-1])
    needed = np.where(best > 0, best * share, best)
    return racing & (values >= np.repeat(needed, np.diff(groups.starts)))


def _all_identical(groups: Groups, picture: Index, racing: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each group whether the photos still in the race all show the same pixels."""
    starts = groups.starts[:-1]
    highest = np.maximum.reduceat(np.where(racing, picture, -1), starts)
    lowest = np.minimum.reduceat(np.where(racing, picture, np.iinfo(np.int32).max), starts)
    return np.asarray(highest == lowest)


def _kinds(groups: Groups, matches: Matches, keeper: Index) -> NDArray[np.uint8]:
    anchor = np.where(keeper == NO_KEEPER, groups.members[groups.starts[:-1]], keeper)
    each = kinds_to(matches, np.repeat(anchor, np.diff(groups.starts)).astype(np.int32), groups.members)
    return np.maximum.reduceat(each, groups.starts[:-1])


def _space(groups: Groups, sizes: NDArray[np.int64], keeper: Index) -> NDArray[np.int64]:
    total = np.add.reduceat(sizes[groups.members], groups.starts[:-1])
    return np.where(keeper == NO_KEEPER, 0, total - sizes[keeper])


def _reorder(groups: Groups, order: NDArray[np.intp]) -> Groups:
    lengths = np.diff(groups.starts)[order]
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    within = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths)
    members = groups.members[np.repeat(groups.starts[:-1][order], lengths) + within]
    return Groups(members, starts, groups.threshold)


def _empty(dtype: type) -> NDArray:  # type: ignore[type-arg]
    return np.zeros(0, dtype)
