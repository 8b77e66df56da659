"""Derived values: what follows from the facts of a library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int32]
Bits = NDArray[np.uint8]


@dataclass(frozen=True)
class Edits:
    """Pairs of photos of which one was made from the other, each proven by geometry.

    Attributes:
        copy: int32 (pairs,), the photo that was made from the other: it shows a part of it, or less well.
        source: int32 (pairs,), the photo that it was made from.
        transform: float32 (pairs, 2, 3), takes a point of the copy to its place in the source; both in shares
            of the width and height of the upright picture. A negative determinant means a mirror image.
        likeness: float32 (pairs,), 0 to 1: how sure the geometry is.
    """

    copy: Index
    source: Index
    transform: NDArray[np.float32]
    likeness: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.copy)


NO_EDITS = Edits(
    np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros((0, 2, 3), np.float32), np.zeros(0, np.float32)
)
"""What a search finds that does not look for edited copies."""


@dataclass(frozen=True)
class Embeddings:
    """What a neural network says of some photos, so that the likeness of any two of them is known.

    Attributes:
        photos: int32 (photos,), rising.
        vectors: float16 (photos, numbers), each of length 1 but for its rounding.
    """

    photos: Index
    vectors: NDArray[np.float16]

    def __len__(self) -> int:
        return len(self.photos)

    def cosine(self, one: int, other: int) -> float | None:
        """The cosine of the angle between what was said of two photos; None where one of them is not here."""
        places = np.searchsorted(self.photos, (one, other)).clip(max=max(0, len(self) - 1))
        if not len(self) or self.photos[places].tolist() != [one, other]:
            return None
        first, second = self.vectors[places].astype(np.float32)
        return float(first @ second / (np.linalg.norm(first) * np.linalg.norm(second)))


NO_EMBEDDINGS = Embeddings(np.zeros(0, np.int32), np.zeros((0, 0), np.float16))
"""What a search finds without a neural network."""


@dataclass(frozen=True)
class Matches:
    """Every pair of photos within `furthest` bits, computed once for all positions of the slider.

    Photos that equal each other share a node, so ten thousand equal photos need no pair. Nodes are numbered
    by their first photo.

    Attributes:
        node: int32 (photos,), the node of each photo.
        left: int32 (pairs,), a node; `left < right`.
        right: int32 (pairs,), a node.
        distance: int32 (pairs,), bits; pairs are sorted by distance, then left, then right.
        same_file: int32 (photos,), equal for photos of equal content.
        same_picture: int32 (photos,), equal for photos with equal pixels (equal files included).
        furthest: The largest distance that was looked for.
        edits: The edited copies.
        embeddings: What a neural network says of the similar shots.
    """

    node: Index
    left: Index
    right: Index
    distance: Index
    same_file: Index
    same_picture: Index
    furthest: int
    edits: Edits = NO_EDITS
    embeddings: Embeddings = NO_EMBEDDINGS

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return int(self.node.max()) + 1 if len(self.node) else 0

    @cached_property
    def edited(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The edits by the two pictures of each: sorted keys, and the place of each in `edits`.

        A key is the smaller number of `same_picture` in the upper 32 bits and the larger in the lower: what
        holds for a picture holds for every photo with equal pixels.
        """
        one, other = self.same_picture[self.edits.copy], self.same_picture[self.edits.source]
        keys = np.minimum(one, other).astype(np.int64) << 32 | np.maximum(one, other)
        order = np.argsort(keys, kind="stable")
        return keys[order], order.astype(np.int64)


@dataclass(frozen=True)
class Groups(Sequence[Index]):
    """Disjoint groups of two photos or more, at one position of the slider.

    A group is a near cluster, and around it the satellites: clusters of edited copies of its pictures. All
    photos of one cluster are within the threshold of each other.

    Attributes:
        members: int32, the photos of the first group, then of the second, and so on; within a group first
            those that the others were made from, then one satellite cluster after the other, each sorted.
        starts: int64 (groups + 1,), where each group begins in `members`; the last entry is its length.
        threshold: The largest distance in bits between two photos of a cluster.
        part: int32 (members,), the cluster of each photo within its group: 0 for the near cluster in the
            middle, 1 and more for satellites. Zeros where nothing is said.
    """

    members: Index
    starts: NDArray[np.int64]
    threshold: int
    part: Index = field(default_factory=lambda: np.zeros(0, np.int32))

    def __post_init__(self) -> None:
        if not len(self.part):
            object.__setattr__(self, "part", np.zeros(len(self.members), np.int32))

    def __len__(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def number(self) -> Index:
        """The number of each member's group: int32 (members,)."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))

    def take(self, order: NDArray[np.intp]) -> tuple[Groups, NDArray[np.int64]]:
        """Some of the groups, in another order.

        Args:
            order: Numbers of groups.

        Returns:
            The groups, and where each of their members was: int64 (members,).
        """
        lengths = np.diff(self.starts)[order]
        starts = np.append(0, np.cumsum(lengths))
        places = np.arange(starts[-1]) + np.repeat(self.starts[:-1][order] - starts[:-1], lengths)
        return Groups(self.members[places], starts, self.threshold, self.part[places]), places

    def __getitem__(self, number):  # type: ignore[no-untyped-def]
        """The photos of one group: int32, at least two."""
        if not -len(self) <= number < len(self):
            raise IndexError(number)
        number %= len(self)
        return self.members[self.starts[number] : self.starts[number + 1]]

    def __iter__(self) -> Iterator[Index]:
        return (self[number] for number in range(len(self)))
