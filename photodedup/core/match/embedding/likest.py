"""Finds the pairs of vectors whose cosine is high enough, by comparing all of them, block by block.

Embeddings enter; `Likest` leaves: exact, in memory for a few blocks. What a library shows a hundred times at
a threshold that is too low for its model would be more pairs than anybody can look at: then the threshold
rises to where the best of them are, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.stopping import end_if_set
from photodedup.core.pace import Pace
from photodedup.core.values import Index, Stage, Tell

Vectors = NDArray[np.float32]
Half = NDArray[np.float16]

BLOCK = 2048
"""Vectors that are compared with as many others at once: 16 megabytes of cosines."""
MOST = 2_000_000
"""Pairs from which on the threshold rises, so that half of them stay."""


@dataclass(frozen=True)
class Likest:
    """Pairs of vectors that are alike.

    Attributes:
        left: int32 (pairs,), a row; `left < right`.
        right: int32 (pairs,), a row.
        cosine: float32 (pairs,).
        threshold: The least cosine: what was asked for, or more where too many pairs have that.
    """

    left: Index
    right: Index
    cosine: NDArray[np.float32]
    threshold: float


def find_likest(
    vectors: Half,
    sorts: NDArray[np.bool_],
    threshold: float,
    tell: Tell | None = None,
    stop: Event | None = None,
    most: int | None = None,
) -> Likest:
    """Finds every pair of vectors of one sort whose cosine is at least a threshold.

    Args:
        vectors: float16 (rows, numbers); their lengths do not matter.
        sorts: bool (rows,), only rows of one sort are compared: raw photos with raw ones.
        threshold: The least cosine.
        tell: Told the progress.
        stop: Set to stop.
        most: Pairs that may be kept, `MOST` by default.

    Returns:
        The pairs, sorted by row.

    Raises:
        StoppedError: `stop` was set.
    """
    pace = Pace(Stage.MATCHING, tell, len(vectors))
    kept = _Kept(threshold, MOST if most is None else most)
    for start in range(0, len(vectors), BLOCK):
        for lefts, rights, cosines in _beside(vectors, start, kept, stop):
            alike = sorts[lefts] == sorts[rights]
            kept.take(lefts[alike], rights[alike], cosines[alike])
        pace.step(count=min(BLOCK, len(vectors) - start))
    pace.finish()
    return kept.all()


def _beside(
    vectors: Half, start: int, kept: _Kept, stop: Event | None
) -> Iterator[tuple[Index, Index, Vectors]]:
    """The pairs of one block with itself and with all that follow it."""
    mine = unit(vectors[start : start + BLOCK])
    for other in range(start, len(vectors), BLOCK):
        end_if_set(stop)
        cosines = mine @ unit(vectors[other : other + BLOCK]).T
        one, two = np.divmod(np.flatnonzero(cosines >= np.float32(kept.threshold)), cosines.shape[1])
        later = (one < two) | (other > start)
        one, two = one[later], two[later]
        yield (one + start).astype(np.int32), (two + other).astype(np.int32), cosines[one, two]


def unit(vectors: Half) -> Vectors:
    """Vectors as float32 of length 1; rounding to float16 made them a little longer or shorter."""
    wide = vectors.astype(np.float32)
    wide /= np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return wide


class _Kept:
    """The pairs that were found; the worse half goes when there are too many."""

    def __init__(self, threshold: float, most: int) -> None:
        self.threshold, self._most, self._count = threshold, most, 0
        self._parts: list[tuple[Index, Index, Vectors]] = []

    def take(self, lefts: Index, rights: Index, cosines: Vectors) -> None:
        self._parts.append((lefts, rights, cosines))
        self._count += len(lefts)
        if self._count > self._most:
            self._narrow()

    def all(self) -> Likest:
        left, right, cosine = self._joined()
        order = np.lexsort((right, left))
        return Likest(left[order], right[order], cosine[order], self.threshold)

    def _narrow(self) -> None:
        left, right, cosine = self._joined()
        bar = np.partition(cosine, len(cosine) - self._most // 2)[len(cosine) - self._most // 2]
        # Those at the bar go too where they are many: a threshold has all pairs at it or none.
        above = cosine >= bar if (cosine >= bar).sum() <= self._most else cosine > bar
        self.threshold = float(bar if above[cosine == bar].all() else np.nextafter(bar, np.float32(2)))
        self._parts, self._count = [(left[above], right[above], cosine[above])], int(above.sum())

    def _joined(self) -> tuple[Index, Index, Vectors]:
        if not self._parts:
            return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.float32)
        left, right, cosine = (np.concatenate(each) for each in zip(*self._parts, strict=True))
        return left, right, cosine
