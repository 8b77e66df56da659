"""The near clusters, by complete linkage: every photo within the threshold of every other one.

Enters: `Matches`. Leaves: a `Tree`, built once, and from it the clusters at any position of the slider.

Photos that equal each other are one node. The pairs of nodes are taken by rising distance (ties by the
order of paths); for each two clusters the pairs seen are counted, and the clusters merge when that count is
the product of their sizes. That is the exact tree of complete linkage, because the last pair seen is the
furthest one.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

import numpy as np
from numpy.typing import NDArray

from photodedup.core.errors import StoppedError
from photodedup.core.values import Groups, Index, Matches, distinct

NEVER = int(np.iinfo(np.int32).max)
"""The height between two photos that no threshold joins."""

AT_ONCE = 1 << 15


@dataclass(frozen=True)
class Tree:
    """The dendrogram of complete linkage, laid out so that a cut is a look-up.

    Attributes:
        order: int32 (photos that are in a group at `furthest`,): at every threshold, each group is a run that
            begins with its first photo.
        height: int32 (one for each photo in `order`,): the distance in bits at which the photo joins the run
            of the photo before it; `NEVER` where it does not.
        furthest: The largest threshold.
    """

    order: Index
    height: Index
    furthest: int

    def cut(self, threshold: int) -> Groups:
        """Tells the groups at one threshold.

        Args:
            threshold: Bits, at most `furthest`.

        Returns:
            The groups, ordered by their first photo; photos are sorted within a group.
        """
        begins, sizes = self.runs(threshold)
        if not len(begins):
            return Groups(np.zeros(0, np.int32), np.zeros(1, np.int64), threshold)
        return self._groups(begins, sizes, threshold)

    def runs(self, threshold: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Tells where in `order` each group at one threshold begins, and how many photos it has.

        Args:
            threshold: Bits, at most `furthest`.

        Returns:
            Two arrays, int64 (groups,), in the order of the tree.
        """
        if threshold > self.furthest:
            raise ValueError("the tree holds no pairs as far apart as this threshold")
        begins = np.flatnonzero(self.height > threshold)
        sizes = np.diff(begins, append=len(self.order))
        several = np.flatnonzero(sizes > 1)
        return begins[several], sizes[several]

    def _groups(self, begins: NDArray[np.int64], sizes: NDArray[np.int64], threshold: int) -> Groups:
        inside = self.height <= threshold
        inside[begins] = True
        photos = self.order[np.flatnonzero(inside)]
        # One sort of (first photo of the group, photo) puts both the groups and their photos in order.
        key = np.repeat(self.order[begins].astype(np.int64) << 32, sizes) | photos
        key.sort()
        members = (key & 0xFFFFFFFF).astype(np.int32)
        key >>= 32
        starts = np.concatenate(([0], np.flatnonzero(key[1:] != key[:-1]) + 1, [len(key)]))
        return Groups(members, starts, threshold)

    def counts(self) -> NDArray[np.int64]:
        """Counts the groups at each distance: int64, shape (furthest + 1,)."""
        following = np.append(self.height[1:], np.int32(NEVER))[: len(self.height)]
        first = (following < self.height) & (following <= self.furthest)
        rises = np.bincount(following[first], minlength=self.furthest + 1)
        ends = self.height[first]
        falls = np.bincount(ends[ends <= self.furthest], minlength=self.furthest + 1)
        return np.cumsum(rises - falls)


def build_tree(matches: Matches, stop: Event | None = None) -> Tree:
    """Builds the tree of complete linkage.

    Args:
        matches: The matches; nodes are numbered by their first photo.
        stop: Set to stop.

    Returns:
        The tree.

    Raises:
        StoppedError: `stop` was set.
    """
    nodes, gaps = _laid_out(matches, stop)
    sizes = np.bincount(matches.node, minlength=matches.nodes)
    photos = np.argsort(matches.node, kind="stable").astype(np.int32)
    begins = np.cumsum(sizes) - sizes
    sizes, begins = sizes[nodes], begins[nodes]
    ends = np.cumsum(sizes)
    order = photos[np.repeat(begins - ends + sizes, sizes) + np.arange(ends[-1] if len(ends) else 0)]
    height = np.zeros(len(order), np.int32)
    height[ends - sizes] = gaps
    return Tree(order, height, matches.furthest)


def _laid_out(matches: Matches, stop: Event | None) -> tuple[Index, Index]:
    """The nodes of all groups at `furthest`, in the order of the tree, and the height before each."""
    several = np.flatnonzero(np.bincount(matches.node, minlength=matches.nodes) > 1)
    paired = distinct(np.concatenate((matches.left, matches.right)))
    linkage = _Linkage(len(paired))
    lefts = np.searchsorted(paired, matches.left).astype(np.int32)
    rights = np.searchsorted(paired, matches.right).astype(np.int32)
    for start in range(0, len(lefts), AT_ONCE):
        if stop is not None and stop.is_set():
            raise StoppedError("Grouping was stopped.")
        end = start + AT_ONCE
        linkage.take(lefts[start:end], rights[start:end], matches.distance[start:end])
    order, gaps = linkage.runs()
    nodes = paired[order]
    alone = np.append(gaps[1:], NEVER)[: len(gaps)] == NEVER
    alone &= (gaps == NEVER) & ~np.isin(nodes, several)
    others = np.setdiff1d(several, paired, assume_unique=True)
    nodes, gaps = nodes[~alone], gaps[~alone]
    return np.concatenate((nodes, others)), np.concatenate((gaps, np.full(len(others), NEVER, np.int32)))


class _Linkage:
    """Clusters of items, which merge when all pairs between them were seen; each is a chain of its items."""

    def __init__(self, items: int) -> None:
        self._parent = list(range(items))
        self._size = [1] * items
        self._first = list(range(items))
        self._last = list(range(items))
        self._next = [-1] * items
        self._gap = [NEVER] * items
        # For each cluster and each cluster near it, how many pairs were seen.
        self._seen: list[dict[int, int]] = [{} for _ in range(items)]

    def take(self, lefts: Index, rights: Index, distances: Index) -> None:
        """Takes pairs of items, which come by rising distance."""
        parent, size, seen = self._parent, self._size, self._seen
        for left, right, distance in zip(lefts.tolist(), rights.tolist(), distances.tolist(), strict=True):
            one, other = left, right
            while parent[one] != one:
                parent[one] = one = parent[parent[one]]
            while parent[other] != other:
                parent[other] = other = parent[parent[other]]
            count = seen[one].get(other, 0) + 1
            if count == size[one] * size[other]:
                self._merge(one, other, distance)
            else:
                seen[one][other] = seen[other][one] = count

    def _merge(self, one: int, other: int, distance: int) -> None:
        into, gone = (one, other) if len(self._seen[one]) >= len(self._seen[other]) else (other, one)
        self._chain(into, gone, distance)
        self._parent[gone] = into
        self._size[into] += self._size[gone]
        mine, theirs = self._seen[into], self._seen[gone]
        mine.pop(gone, None)
        theirs.pop(into, None)
        for cluster, count in theirs.items():
            near = self._seen[cluster]
            del near[gone]
            mine[cluster] = near[into] = mine.get(cluster, 0) + count
        theirs.clear()

    def _chain(self, into: int, gone: int, distance: int) -> None:
        """Hangs the chain that begins later behind the one that begins earlier."""
        front, back = (into, gone) if self._first[into] < self._first[gone] else (gone, into)
        self._next[self._last[front]] = self._first[back]
        self._gap[self._first[back]] = distance
        self._first[into], self._last[into] = self._first[front], self._last[back]

    def runs(self) -> tuple[Index, Index]:
        """The items, chain by chain, and the height before each: int32, shape (items,) each."""
        order: list[int] = []
        for item, gap in enumerate(self._gap):
            if gap == NEVER:
                at = item
                while at >= 0:
                    order.append(at)
                    at = self._next[at]
        gaps = np.array(self._gap, np.int32)
        items = np.array(order, np.int32)
        return items, gaps[items]
