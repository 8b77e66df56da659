"""Says what was made from what, and follows that to the first picture, so that nothing chains.

Proven pairs enter; edges from copies to sources leave, and pairs that follow from them, so that a crop of a
crop is proven against the original itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from photodedup.core.match.copies.clusters import Clusters
from photodedup.core.match.copies.frames import Numbers
from photodedup.core.match.copies.judging import Verdict

_Links = defaultdict[int, set[int]]

_FOLLOWED = 4
"""Pairs of one copy that are followed in a round."""


@dataclass(frozen=True)
class Relation:
    """A verdict on two photos, the first one first."""

    one: int
    other: int
    verdict: Verdict


@dataclass(frozen=True)
class Edge:
    """One photo that was made from another.

    Attributes:
        copy: A photo.
        source: The photo that it was made from.
        transform: float64 (2, 3), takes a place in the copy to that in the source, in shares of width and
            height.
        likeness: 0 to 1.
    """

    copy: int
    source: int
    transform: Numbers
    likeness: float


def directed(relations: Sequence[Relation], clusters: Clusters) -> list[Edge]:
    """Edges from copies to sources.

    Where the pixels of two photos do not say who was made from whom, the one of which more others were made
    is the source; else what the pixels suggest; else the one with more pixels, then the one that comes first.

    Args:
        relations: Proven pairs.
        clusters: Which photos are shown together.
    """
    made: _Links = defaultdict(set)
    for each in relations:
        if each.verdict.sure:
            copy, source = (each.one, each.other) if each.verdict.first_is_copy else (each.other, each.one)
            made[int(clusters.of[source])].add(int(clusters.of[copy]))
    return [_directed(each, made, clusters) for each in relations]


def _directed(relation: Relation, made: _Links, clusters: Clusters) -> Edge:
    one, other, verdict = relation.one, relation.other, relation.verdict
    first = verdict.first_is_copy
    if not verdict.sure:
        counts = [len(made[int(clusters.of[each])]) for each in (one, other)]
        areas = [int(clusters.area[each]) for each in (one, other)]
        if counts[0] != counts[1]:
            first = counts[0] < counts[1]
        elif first is None:
            first = areas[0] < areas[1] if areas[0] != areas[1] else one > other
    if first:
        return Edge(one, other, verdict.to_other, verdict.likeness)
    return Edge(other, one, _inverse(verdict.to_other), verdict.likeness)


def beyond(edges: Sequence[Edge], clusters: Clusters) -> Iterator[tuple[int, int, Numbers]]:
    """Yields pairs that follow from edges, with the transform between them, each pair once and sorted.

    These are a copy and its source's source, and a copy and the best photo near its source; of each copy the
    few that most others were made of.
    """
    made = _made(edges, clusters)
    sources: defaultdict[int, list[Edge]] = defaultdict(list)
    for edge in edges:
        sources[edge.copy].append(edge)
    for copy in sorted(sources):
        found: dict[int, Numbers] = {}
        for edge in sources[copy]:
            best = int(clusters.best[clusters.of[edge.source]])
            found.setdefault(best, edge.transform)
            for next_ in sources.get(edge.source, ()):
                found.setdefault(next_.source, _after(edge.transform, next_.transform))
        known = {copy, *(edge.source for edge in sources[copy])}
        fresh = [source for source in found if source not in known]
        fresh.sort(key=lambda source: (-len(made[int(clusters.of[source])]), source))
        yield from ((copy, source, found[source]) for source in fresh[:_FOLLOWED])


def _made(edges: Sequence[Edge], clusters: Clusters) -> _Links:
    """For each cluster those that were made from it."""
    made: _Links = defaultdict(set)
    for edge in edges:
        made[int(clusters.of[edge.source])].add(int(clusters.of[edge.copy]))
    return made


def _inverse(transform: Numbers) -> Numbers:
    return np.asarray(np.linalg.inv(_whole(transform))[:2])


def _after(first: Numbers, second: Numbers) -> Numbers:
    return np.asarray((_whole(second) @ _whole(first))[:2])


def _whole(transform: Numbers) -> Numbers:
    return np.vstack((transform, (0.0, 0.0, 1.0)))
