"""Says in words why the keeper of one group is proposed.

In: a group and what the rules say. Out: reasons such as `largest, full metadata`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from photodedup.core.suggest.rules import INTACT, TIE_RULES, Measured, Rule
from photodedup.core.suggest.suggesting import Suggestions
from photodedup.core.values import Kind, Matches

MOMENT = "shots of one moment"
SOURCES = {
    True: "the picture that the other was made from",
    False: "the picture that the others were made from",
}
"""The keeper of edited copies, where there is one of them and where there are several."""

_AT_ONCE = 1 << 12
"""Groups whose photos are turned into plain numbers together."""

HELD = {
    True: ", but another stays for its raw photo or film",
    False: ", but others stay for their raw photos or films",
}
"""Behind the reason where photos are not proposed for that, where it is one and where there are several."""

Listed = tuple[Rule, list[float]]
"""A rule, and what it says of some photos."""


def why(matches: Matches, shown: Suggestions, number: int, measured: Sequence[Measured]) -> str:
    """The reason for the keeper of one group in words, such as `largest, full metadata`.

    Args:
        matches: The matches of the library.
        shown: The groups.
        number: Which group.
        measured: What the rules say.
    """
    return next(_reasons(matches, shown, number, number + 1, measured))


def every_why(matches: Matches, shown: Suggestions, measured: Sequence[Measured]) -> Iterator[str]:
    """The reason for the keeper of each group, in the order of the list; see `why`."""
    for begin in range(0, len(shown), _AT_ONCE):
        yield from _reasons(matches, shown, begin, min(begin + _AT_ONCE, len(shown)), measured)


def _reasons(
    matches: Matches, shown: Suggestions, begin: int, end: int, measured: Sequence[Measured]
) -> Iterator[str]:
    """The reasons of some groups that follow each other; of few photos lists are quicker than arrays."""
    groups, kinds = shown.groups, shown.kind[begin:end].tolist()
    starts = (groups.starts[begin : end + 1] - groups.starts[begin]).tolist()
    members = groups.members[groups.starts[begin] : groups.starts[end]]
    first = groups.part[groups.starts[begin] : groups.starts[end]] == 0
    values = [(rule, each[members].tolist()) for rule, each in measured]
    pictures, central = matches.same_picture[members].tolist(), first.tolist()
    held = shown.held[groups.starts[begin] : groups.starts[end]]
    holding = held.tolist() if held.any() else []
    for kind, start, stop in zip(kinds, starts, starts[1:], strict=False):
        if kind == Kind.SIMILAR_SHOT:
            seen = "shots of one moment, or alike to the network" if len(matches.embeddings) else MOMENT
            yield f"{seen}: look which are worth keeping"
        else:
            places = [at for at in range(start, stop) if central[at]]
            staying = sum(holding[start:stop])
            but = HELD[staying == 1] if staying else ""
            yield _reason(places, values, pictures, SOURCES[stop - start == 2]) + but


def _reason(places: list[int], measured: Sequence[Listed], pictures: list[int], source: str) -> str:
    """The reason for the keeper among the photos at some places: those of the cluster in the middle."""
    intact = measured[0][1]
    racing = [at for at in places if intact[at] > 0]
    if len(places) == 1:
        return source if racing else f"no clear winner: {source} is damaged"
    if not racing:
        return "no clear winner: every photo is damaged"
    reasons = [] if len(racing) == len(places) else [INTACT.words]
    for rule, values in measured[1:]:
        if len(racing) == 1 and not rule.telling:
            continue
        if rule in TIE_RULES and len({pictures[at] for at in racing}) > 1:
            return "no clear winner: compare them"
        mine = [values[at] for at in racing]
        best, least = max(mine), min(mine)
        if best == least and len(racing) == len(places):
            continue  # says nothing
        needed = best * rule.share if best > 0 else best
        narrowed = [at for at in racing if values[at] >= needed]
        told = rule.telling and least > min(values[at] for at in places)
        if told or len(narrowed) < len(racing):
            reasons.append(rule.words)
        racing = narrowed
    return ", ".join(reasons if len(racing) == 1 else [*reasons, "else alike, so the first"])
