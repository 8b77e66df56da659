"""Searches the edited copies of a library.

Enters: a library, its near matches, and the catalogue that keeps features and thumbnails. Leaves: `Edits`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from threading import Event

import numpy as np
from numpy.typing import NDArray

from photodedup.core.catalogue import Catalogue
from photodedup.core.errors import StoppedError
from photodedup.core.match.copies.chains import Edge, beyond, inverse, rooted
from photodedup.core.match.copies.judging import Verdict
from photodedup.core.match.copies.meeting import meet
from photodedup.core.match.copies.meeting_one import meet_one
from photodedup.core.match.copies.points import load_points
from photodedup.core.match.copies.proposing import Proposals, merged, propose
from photodedup.core.match.copies.proving import Prover
from photodedup.core.match.stopping import end_if_set
from photodedup.core.pace import Pace
from photodedup.core.values import NO_EDITS, Edits, Index, Library, Matches, Stage, Tell

HELD = 24_000_000
"""Points that are held in memory at once, about forty bytes each."""
_MOST, _LEAST = 500, 200
"""Points of a photo that are used: all of a few photos, the strongest of many."""
_ROUNDS = 3
"""How often what was proven proposes more: the source of a source, and so on."""


@dataclass(frozen=True)
class _Search:
    """What a search for edited copies works with."""

    library: Library
    matches: Matches
    catalogue: Catalogue
    threshold: int
    stop: Event
    of: int | None = None

    def known(self, one: Index, other: Index) -> NDArray[np.bool_]:
        """Which pairs need no proof: the same picture, near at the threshold, or without the one sought."""
        alike = self._alike(one, other)
        return alike if self.of is None else np.asarray(alike | ((one != self.of) & (other != self.of)))

    def near(self, one: int, other: int) -> bool:
        """Whether two photos are the same picture or near at the threshold."""
        return bool(self._alike(np.array([one], np.int32), np.array([other], np.int32))[0])

    @cached_property
    def _near_nodes(self) -> NDArray[np.int64]:
        """The pairs of nodes that are near at the threshold, the first above the second, sorted."""
        matches = self.matches
        near = slice(0, int(np.searchsorted(matches.distance, self.threshold, side="right")))
        return np.sort(matches.left[near].astype(np.int64) << 32 | matches.right[near])

    def _alike(self, one: Index, other: Index) -> NDArray[np.bool_]:
        keys, nodes = self._near_nodes, self.matches.node
        left, right = nodes[one].astype(np.int64), nodes[other].astype(np.int64)
        sought = np.minimum(left, right) << 32 | np.maximum(left, right)
        same = left == right
        if not len(keys):
            return np.asarray(same)
        at = np.minimum(np.searchsorted(keys, sought), len(keys) - 1)
        return np.asarray(same | (keys[at] == sought))


def find_edits(
    library: Library,
    matches: Matches,
    catalogue: Catalogue,
    threshold: int,
    tell: Tell | None = None,
    stop: Event | None = None,
) -> Edits:
    """Searches the edited copies of a library.

    Args:
        library: The photos.
        matches: Their near matches.
        catalogue: Keeps their features and thumbnails; a photo without is not searched.
        threshold: Bits up to which two photos are near, so that nothing needs to be proven.
        tell: Told the progress.
        stop: Set to stop; what was proven until then is returned.

    Returns:
        One edit for each two pictures of which one was made from the other; identical pictures stand for each
        other and near ones do not.
    """
    return _found(_Search(library, matches, catalogue, threshold, stop or Event()), tell)


def edits_of(
    number: int,
    library: Library,
    matches: Matches,
    catalogue: Catalogue,
    tell: Tell | None = None,
    stop: Event | None = None,
) -> Edits:
    """Searches the edited copies of one photo, and what it was made from.

    Args:
        number: The photo.
        library: All photos.
        matches: At distance 0 the pairs that are near, so that nothing needs to be proven.
        catalogue: Keeps their features and thumbnails; a photo without is not searched.
        tell: Told the progress.
        stop: Set to stop; what was proven until then is returned.

    Returns:
        The edits between the photo and others, perhaps with some between those others.
    """
    of = int(matches.same_picture[number])
    return _found(_Search(library, matches, catalogue, 0, stop or Event(), of), tell)


def _found(search: _Search, tell: Tell | None) -> Edits:
    edges: list[Edge] = []
    with suppress(StoppedError):
        _prove(search, _proposed(search, tell), tell, edges)
    return _edits(edges if search.of is not None else rooted(edges, search.near))


def _pictures(search: _Search) -> Index:
    """One photo for each picture that can be recognised by its look: int32, rising."""
    first = np.unique(search.matches.same_picture)
    return np.asarray(first[~search.library.seen.rows["plain"][first]].astype(np.int32))


def _proposed(search: _Search, tell: Tell | None) -> Proposals:
    """The proposals among all pictures, a part of them against another one where they are too many."""
    numbers = _pictures(search)
    pace = Pace(Stage.RECOGNISING, tell)

    def told(count: int = 0) -> None:
        end_if_set(search.stop)
        pace.step(count=count)

    most = int(np.clip(HELD // max(len(numbers), 1), _LEAST, _MOST))
    found = []
    for some in _loads(numbers, most, search.of):
        points = load_points(search.library, some, search.catalogue, most, told)
        one, other = meet(points, told) if search.of is None else meet_one(points, search.of, told)
        found.append(propose(points, one, other, search.known, told))
    return merged(found)


def _loads(numbers: Index, most: int, of: int | None) -> list[Index]:
    """All pictures, or each two parts of them together where their points are too many to be held at once."""
    if len(numbers) * most <= HELD:
        return [numbers]
    parts = np.array_split(numbers, -(-2 * len(numbers) * most // HELD))
    if of is not None:
        return [np.union1d(part, [of]).astype(np.int32) for part in parts]
    return [np.concatenate(both) for both in combinations(parts, 2)]


def _prove(search: _Search, proposals: Proposals, tell: Tell | None, edges: list[Edge]) -> None:
    """Proves proposals, and what follows from them; adds to `edges`, so that a stop loses nothing."""
    prover = Prover(search.library, search.catalogue)
    pace = Pace(Stage.RECOGNISING, tell, len(proposals))
    tried = set(zip(proposals.one.tolist(), proposals.other.tolist(), strict=True))
    for one, other, transform in zip(
        proposals.one.tolist(), proposals.other.tolist(), proposals.transform, strict=True
    ):
        end_if_set(search.stop)
        _add(search, edges, one, other, prover.prove(one, other, transform))
        pace.step()
    for _ in range(_ROUNDS if search.of is None else 0):
        start = len(edges)
        for copy, source, transform in beyond(edges):
            pair = min(copy, source), max(copy, source)
            if pair not in tried and not search.near(copy, source):
                end_if_set(search.stop)
                tried.add(pair)
                _add(search, edges, copy, source, prover.prove_shares(copy, source, transform))
        if len(edges) == start:
            break
    pace.finish()


def _add(search: _Search, edges: list[Edge], one: int, other: int, verdict: Verdict | None) -> None:
    """Adds a proven pair as copy and source; where both show the same, fewer pixels are the copy's."""
    if verdict is None:
        return
    first = verdict.first_is_copy
    if first is None:
        rows = search.library.seen.rows
        areas = [int(rows["width"][each]) * int(rows["height"][each]) for each in (one, other)]
        first = areas[0] < areas[1] if areas[0] != areas[1] else one > other
    if first:
        edges.append(Edge(one, other, verdict.to_other, verdict.likeness))
    else:
        edges.append(Edge(other, one, inverse(verdict.to_other), verdict.likeness))


def _edits(edges: list[Edge]) -> Edits:
    if not edges:
        return NO_EDITS
    edges = sorted(edges, key=lambda edge: (edge.copy, edge.source))
    return Edits(
        np.array([edge.copy for edge in edges], np.int32),
        np.array([edge.source for edge in edges], np.int32),
        np.stack([edge.transform for edge in edges]).astype(np.float32),
        np.array([edge.likeness for edge in edges], np.float32),
    )
