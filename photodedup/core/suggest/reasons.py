"""Says in words why the keeper of one group is proposed.

In: a group and what the rules say. Out: reasons such as `largest, full metadata`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from photodedup.core.suggest.rules import INTACT, TIE_RULES, Measured
from photodedup.core.suggest.suggesting import Suggestions
from photodedup.core.values import Kind, Matches

MOMENT = "shots of one moment"
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
        seen = "shots of one moment, or alike to the network" if len(matches.embeddings) else MOMENT
        return f"{seen}: look which are worth keeping"
    groups = shown.groups
    group = groups[number][groups.part[groups.starts[number] : groups.starts[number + 1]] == 0]
    if len(group) == 1:
        whole = measured[0][1][group[0]] > 0
        return SOURCE if whole else f"no clear winner: {SOURCE} is damaged"
    racing = np.flatnonzero(measured[0][1][group] > 0).tolist()
    if not racing:
        return "no clear winner: every photo is damaged"
    reasons = [] if len(racing) == len(group) else [INTACT.words]
    for rule, values in measured[1:]:
        if len(racing) == 1 and not rule.telling:
            continue
        if rule in TIE_RULES and len(set(matches.same_picture[group[racing]].tolist())) > 1:
            return "no clear winner: compare them"
        mine = values[group].tolist()  # a group is small, and numbers are quicker than arrays of few
        best = max(mine[at] for at in racing)
        needed = best * rule.share if best > 0 else best
        narrowed = [at for at in racing if mine[at] >= needed]
        told = rule.telling and min(mine[at] for at in racing) > min(mine)
        if told or len(narrowed) < len(racing):
            reasons.append(rule.words)
        racing = narrowed
    return ", ".join(reasons if len(racing) == 1 else [*reasons, "first by path"])
