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
from photodedup.core.match.copies.beside import near_proposals, near_proposals_of
from photodedup.core.match.copies.chains import Edge, Relation, beyond, directed
from photodedup.core.match.copies.clusters import Clusters, find_clusters
from photodedup.core.match.copies.meeting import meet
from photodedup.core.match.copies.meeting_one import meet_one
from photodedup.core.match.copies.points import load_points
from photodedup.core.match.copies.proposing import Proposals, merged, propose
from photodedup.core.match.copies.proving import Prover
from photodedup.core.match.moments import apart, moments
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
    together: Index
    catalogue: Catalogue
    stop: Event
    of: int | None = None

    @cached_property
    def clusters(self) -> Clusters:
        """Which photos are shown together."""
        return find_clusters(self.library, self.together)

    @cached_property
    def moment(self) -> NDArray[np.int64]:
        """The second in which each photo was taken."""
        return moments(self.library)

    def known(self, one: Index, other: Index) -> NDArray[np.bool_]:
        """Which pairs need no proof: shown together, of other moments, or without the one sought."""
        alike = self.together[one] == self.together[other]
        alike |= apart(self.moment[one], self.moment[other])
        return np.asarray(alike if self.of is None else alike | ((one != self.of) & (other != self.of)))


def find_edits(
    library: Library,
    matches: Matches,
    together: Index,
    catalogue: Catalogue,
    tell: Tell | None = None,
    stop: Event | None = None,
) -> Edits:
    """Searches the edited copies of a library.

    Args:
        library: The photos.
        matches: Which of them are identical.
        together: int32 (photos,), the first photo of the near group of each, within which nothing needs to be
            proven.
        catalogue: Keeps their features and thumbnails; a photo without is not searched.
        tell: Told the progress.
        stop: Set to stop; what was proven until then is returned.

    Returns:
        One edit for each two pictures of which one was made from the other; identical pictures stand for each
        other, near ones do not.
    """
    return _found(_Search(library, matches, together, catalogue, stop or Event()), tell)


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
        matches: At distance 0 the pairs of it that are known, so that nothing needs to be proven.
        catalogue: Keeps their features and thumbnails; a photo without is not searched.
        tell: Told the progress.
        stop: Set to stop; what was proven until then is returned.

    Returns:
        The edits between the photo and others, perhaps with some between those others.
    """
    of = int(matches.same_picture[number])
    equal = matches.distance == 0
    known = np.isin(matches.node, np.concatenate((matches.left[equal], matches.right[equal])))
    together = np.where(known, np.int32(of), matches.same_picture).astype(np.int32)
    return _found(_Search(library, matches, together, catalogue, stop or Event(), of), tell)


def _found(search: _Search, tell: Tell | None) -> Edits:
    proven: list[Relation] = []
    with suppress(StoppedError):
        _prove(search, _proposed(search, tell), tell, proven)
    return _edits(directed(proven, search.clusters))


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
        found.append(propose(points, one, other, search.known, search.clusters, told))
    return merged([*found, _near(search)])


def _near(search: _Search) -> Proposals:
    """What the hashes propose, last, because points say more exactly how photos lie upon each other."""
    if search.of is None:
        return near_proposals(search.library, search.matches, search.known, search.clusters)
    return near_proposals_of(search.library, search.of, search.matches.furthest, search.known)


def _loads(numbers: Index, most: int, of: int | None) -> list[Index]:
    """All pictures, or each two parts of them together where their points are too many to be held at once."""
    if len(numbers) * most <= HELD:
        return [numbers]
    parts = np.array_split(numbers, -(-2 * len(numbers) * most // HELD))
    if of is not None:
        return [np.union1d(part, [of]).astype(np.int32) for part in parts]
    return [np.concatenate(both) for both in combinations(parts, 2)]


def _prove(search: _Search, proposals: Proposals, tell: Tell | None, proven: list[Relation]) -> None:
    """Proves proposals, and what follows from them; adds to `proven`, so that a stop loses nothing."""
    prover = Prover(search.library, search.catalogue)
    pace = Pace(Stage.RECOGNISING, tell, len(proposals))
    tried = set(zip(proposals.one.tolist(), proposals.other.tolist(), strict=True))
    for one, other, transform in zip(
        proposals.one.tolist(), proposals.other.tolist(), proposals.transform, strict=True
    ):
        end_if_set(search.stop)
        verdict = prover.prove(one, other, transform)
        proven += [] if verdict is None else [Relation(one, other, verdict)]
        pace.step()
    for _ in range(_ROUNDS):
        before = len(proven)
        for one, other, transform in beyond(directed(proven, search.clusters), search.clusters):
            pair = min(one, other), max(one, other)
            if pair in tried or search.together[one] == search.together[other]:
                continue
            end_if_set(search.stop)
            tried.add(pair)
            verdict = prover.prove_vouched(one, other, transform)
            proven += [] if verdict is None else [Relation(one, other, verdict)]
        if len(proven) == before:
            break
    pace.finish()


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
