"""Follows edits to their sources' sources, so that each copy is also proven against the first picture.

Edges enter; pairs of photos that two edges connect leave, with the transform that follows from both. A crop
of a crop thereby hangs on the original itself, and nothing chains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from photodedup.core.match.copies.frames import Numbers

Near = Callable[[int, int], bool]

_WIDEST = 64
"""Sources of one photo that are followed."""


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


def beyond(edges: Sequence[Edge]) -> Iterator[tuple[int, int, Numbers]]:
    """Yields a copy, its source's source, and the transform between them, each pair once and sorted."""
    sources: dict[int, list[Edge]] = {}
    for edge in edges:
        sources.setdefault(edge.copy, []).append(edge)
    found: dict[tuple[int, int], Numbers] = {}
    for edge in edges:
        for next_ in sources.get(edge.source, ())[:_WIDEST]:
            if next_.source != edge.copy:
                found.setdefault((edge.copy, next_.source), _after(edge.transform, next_.transform))
    for (copy, source), transform in sorted(found.items(), key=lambda each: each[0]):
        yield copy, source, transform


def rooted(edges: Sequence[Edge], near: Near) -> list[Edge]:
    """Leaves out edges between siblings: a copy of a copy is shown with the picture that both were made from.

    A crop lies within a framed copy of its picture too. Where the source of an edge has a source itself, and
    the copy was made from that one or is near it, the edge says nothing.

    Args:
        edges: All edges.
        near: Says of two photos whether they are near.
    """
    sources: dict[int, set[int]] = {}
    for edge in edges:
        sources.setdefault(edge.copy, set()).add(edge.source)

    def says_nothing(edge: Edge) -> bool:
        mine = sources[edge.copy]
        return any(
            edge.source not in sources.get(root, ())
            and edge.copy not in sources.get(root, ())
            and (root in mine or near(edge.copy, root))
            for root in sources.get(edge.source, ())
        )

    return [edge for edge in edges if not says_nothing(edge)]


def inverse(transform: Numbers) -> Numbers:
    """The transform back: float64 (2, 3)."""
    return np.asarray(np.linalg.inv(_whole(transform))[:2])


def _after(first: Numbers, second: Numbers) -> Numbers:
    return np.asarray((_whole(second) @ _whole(first))[:2])


def _whole(transform: Numbers) -> Numbers:
    return np.vstack((transform, (0.0, 0.0, 1.0)))
