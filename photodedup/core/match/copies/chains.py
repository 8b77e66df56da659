"""Says what was made from what, and follows that to the first picture, so that nothing chains.

Proven pairs enter; edges from copies to sources leave, and pairs that follow from them. A crop of a crop
hangs on the original itself, and so does a crop that also lies within a framed copy of it.
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

_WIDEST = 64
"""Sources of one photo that are followed."""


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

    These are a copy and its source's source, and a copy and the best photo near its source.
    """
    sources: dict[int, list[Edge]] = {}
    for edge in edges:
        sources.setdefault(edge.copy, []).append(edge)
    found: dict[tuple[int, int], Numbers] = {}
    for edge in edges:
        best = int(clusters.best[clusters.of[edge.source]])
        if best != edge.source:
            found.setdefault((edge.copy, best), edge.transform)
        for next_ in sources.get(edge.source, ())[:_WIDEST]:
            if next_.source != edge.copy:
                found.setdefault((edge.copy, next_.source), _after(edge.transform, next_.transform))
    for (copy, source), transform in sorted(found.items(), key=lambda each: each[0]):
        yield copy, source, transform


def rooted(edges: Sequence[Edge], clusters: Clusters) -> list[Edge]:
    """Leaves out what would hide the first picture: edges in a circle, and edges between siblings.

    Where two clusters seem made from each other, the one of which more others were made is the source. A crop
    lies within a framed copy of its picture too: where the source of an edge has a source itself of which the
    copy was made as well, the edge says nothing.

    Args:
        edges: All edges.
        clusters: Which photos are shown together.
    """
    made, sources = _between(edges, clusters)

    def rank(cluster: int) -> tuple[int, int, int]:
        return len(made[cluster]), int(clusters.area[clusters.best[cluster]]), -cluster

    edges = [
        edge
        for edge in edges
        for copy, source in [_ends(edge, clusters)]
        if copy != source and (copy not in sources[source] or rank(copy) < rank(source))
    ]
    _, sources = _between(edges, clusters)

    def says_nothing(edge: Edge) -> bool:
        copy, source = _ends(edge, clusters)
        return any(
            root in sources[copy] and not sources[root] & {source, copy}
            for root in sources[source] - {source}
        )

    return [edge for edge in edges if not says_nothing(edge)]


def _ends(edge: Edge, clusters: Clusters) -> tuple[int, int]:
    return int(clusters.of[edge.copy]), int(clusters.of[edge.source])


def _between(edges: Sequence[Edge], clusters: Clusters) -> tuple[_Links, _Links]:
    """For each cluster those that were made from it, and those that it was made from."""
    made: _Links = defaultdict(set)
    sources: _Links = defaultdict(set)
    for edge in edges:
        copy, source = _ends(edge, clusters)
        made[source].add(copy)
        sources[copy].add(source)
    return made, sources


def _inverse(transform: Numbers) -> Numbers:
    return np.asarray(np.linalg.inv(_whole(transform))[:2])


def _after(first: Numbers, second: Numbers) -> Numbers:
    return np.asarray((_whole(second) @ _whole(first))[:2])


def _whole(transform: Numbers) -> Numbers:
    return np.vstack((transform, (0.0, 0.0, 1.0)))
