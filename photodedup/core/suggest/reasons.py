"""Says in words why the keeper of one group is proposed.

In: a group and what the rules say. Out: reasons such as `largest, full metadata`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from photodedup.core.suggest.rules import INTACT, TIE_RULES, Measured, Values
from photodedup.core.suggest.suggesting import Suggestions
from photodedup.core.values import Groups, Index, Kind, Matches

SOURCE = "the picture that the others were made from"


def why(matches: Matches, shown: Suggestions, number: int, measured: Sequence[Measured]) -> str:
    """The reason for the keeper of one group in words, such as `largest, full metadata`.

    Args:
        matches: The matches of the library.
        shown: The groups.
        number: Which group.
        measured: What the rules say.
    """
    if shown.kind[number] == Kind.SIMILAR_SHOT:
        return "shots of one moment: look which are worth keeping"
    groups = shown.groups
    group = groups[number][groups.part[groups.starts[number] : groups.starts[number + 1]] == 0]
    if len(group) == 1:
        whole = measured[0][1][group[0]] > 0
        return SOURCE if whole else f"no clear winner: {SOURCE} is damaged"
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
