"""Puts near photos together, so that the copies of one picture do not crowd each other out.

A library and its near groups enter; `Clusters` leave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photodedup.core.values import Index, Library


@dataclass(frozen=True)
class Clusters:
    """Photos that are shown together because they are near, so that nothing is to be proven among them.

    Attributes:
        of: int32 (photos,), the first photo of the cluster of each photo.
        best: int32 (photos,), at the first photo of a cluster the one with most pixels, which is likely kept.
        area: int64 (photos,), pixels of each photo.
    """

    of: Index
    best: Index
    area: NDArray[np.int64]


def find_clusters(library: Library, together: Index) -> Clusters:
    """Names the best photo of each cluster.

    Args:
        library: The photos.
        together: int32 (photos,), the first photo of the near group of each photo.
    """
    rows = library.seen.rows
    area = rows["width"].astype(np.int64) * rows["height"]
    order = np.lexsort((np.arange(len(together)), -library.sizes(), -area, together))
    heads = np.flatnonzero(np.diff(together[order], prepend=-1))
    best = np.arange(len(together), dtype=np.int32)
    best[together[order[heads]]] = order[heads]
    return Clusters(together, best, area)
