"""Finds the keepers for every position of the slider at once, before it is moved.

In: the tree of near photos, matches and what the rules say. Out: `Keepers`, from which those of one position
are looked up. Which photo of a near cluster stays depends on its photos alone, since edited copies never take
part; and most clusters stay the same over many positions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photodedup.core.group import Tree
from photodedup.core.suggest.race import NO_KEEPER, keepers
from photodedup.core.suggest.rules import Measured
from photodedup.core.values import Groups, Index, Matches

_AT_ONCE = 1 << 20
"""Photos whose clusters race together, so that memory stays bounded."""


@dataclass(frozen=True)
class Keepers:
    """The keeper of each near cluster that the tree gives at some threshold.

    Attributes:
        first: int32 (clusters,), the first photo of each.
        since: int32 (clusters,), the least threshold that gives it.
        until: int32 (clusters,), the least threshold beyond that gives a larger one instead.
        size: int32 (clusters,), how many photos each has.
        keeper: int32 (clusters,), the photo that is proposed to stay, or `NO_KEEPER`.
        alone: int32 (photos,), the same for each photo that is near no other one: itself unless damaged.
    """

    first: Index
    since: Index
    until: Index
    size: Index
    keeper: Index
    alone: Index

    def of(self, groups: Groups) -> Index:
        """The same as `keepers` tells of the groups at one threshold, none of whose photos is gone."""
        here = self._here(groups)
        keeper = self.alone.copy()
        keeper[self.first[here]] = self.keeper[here]
        return keeper[groups.members[groups.starts[:-1]]]

    def of_rest(self, groups: Groups, matches: Matches, measured: Sequence[Measured]) -> Index:
        """The same where photos are gone: only clusters that lost some race again.

        Args:
            groups: The groups at one threshold, without what is gone.
            matches: The matches of the library.
            measured: What the rules say.
        """
        here, size = self._here(groups), np.ones(len(self.alone), np.int32)
        size[self.first[here]] = self.size[here]
        keeper = self.of(groups)
        # What begins and counts as the whole cluster does is the whole.
        lost = np.flatnonzero(size[groups.members[groups.starts[:-1]]] != _central(groups))
        if len(lost):
            keeper[lost] = keepers(groups.take(lost)[0], matches, measured)
        return keeper

    def _here(self, groups: Groups) -> NDArray[np.intp]:
        return np.flatnonzero((self.since <= groups.threshold) & (self.until > groups.threshold))


def _central(groups: Groups) -> NDArray[np.int64]:
    """How many photos the cluster in the middle of each group has: int64 (groups,)."""
    before = np.append(0, np.cumsum(groups.part == 0, dtype=np.int32))
    return np.asarray(np.diff(before[groups.starts]))


def keepers_beforehand(tree: Tree, matches: Matches, measured: Sequence[Measured]) -> Keepers:
    """Finds the keepers of all clusters.

    Args:
        tree: The near clusters at every threshold.
        matches: The matches that the tree was built from.
        measured: What the rules say.
    """
    begins, sizes, since = _every_cluster(tree)
    ends = np.append(tree.height, np.int32(tree.furthest + 1))[begins + sizes]
    found = [np.zeros(0, np.int32)]
    found += [keepers(groups, matches, measured) for groups in _as_groups(tree, begins, sizes)]
    photos = np.arange(len(matches.node), dtype=np.int32)
    alone = np.where(measured[0][1] > 0, photos, np.int32(NO_KEEPER))
    until = np.minimum(tree.height[begins], ends)
    return Keepers(tree.order[begins], since, until, sizes.astype(np.int32), np.concatenate(found), alone)


def _every_cluster(tree: Tree) -> tuple[NDArray[np.int64], NDArray[np.int64], Index]:
    """Where each cluster begins in the tree's order, its photos, and the least threshold that gives it."""
    now = np.zeros(len(tree.order), np.int64)  # the photos of the cluster that begins at each place
    found = []
    for threshold in range(tree.furthest + 1):
        begins, sizes = tree.runs(threshold)
        fresh = np.flatnonzero(now[begins] != sizes)
        begins, sizes = begins[fresh], sizes[fresh]
        now[begins] = sizes
        found.append((begins, sizes, np.full(len(begins), threshold, np.int32)))
    begins, sizes, since = (np.concatenate([each[at] for each in found]) for at in range(3))
    return begins, sizes, since


def _as_groups(tree: Tree, begins: NDArray[np.int64], sizes: NDArray[np.int64]) -> Iterator[Groups]:
    """The clusters as groups, whose photos are sorted; some at a time, and not disjoint."""
    ends = np.cumsum(sizes)
    cuts = np.flatnonzero(np.diff((ends - sizes) // _AT_ONCE)) + 1
    for some in np.split(np.arange(len(begins)), cuts):
        if len(some):
            lengths = sizes[some]
            starts = np.append(0, np.cumsum(lengths))
            places = np.arange(starts[-1]) + np.repeat(begins[some] - starts[:-1], lengths)
            key = np.repeat(np.arange(len(some)) << 32, lengths) | tree.order[places]
            key.sort()
            yield Groups((key & 0xFFFFFFFF).astype(np.int32), starts, tree.furthest)
