"""Looks again at near pairs before they count: hashes that are not quite near may agree by chance.

A library and the pairs of its hashes enter; the same pairs leave, those whose thumbnails do not agree in
their fine structure put to the far end of the slider. So the default finds copies that are 48 bits apart, and
no other shots of the same scene, of which some are 34 bits apart.
"""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import numpy as np
from numpy.typing import NDArray

from photodedup.core.catalogue import Catalogue
from photodedup.core.match.pairs import PLAIN, HashPairs
from photodedup.core.match.stopping import end_if_set
from photodedup.core.match.turns import Turn, nearest
from photodedup.core.values import Index, Library

AGREE = 0.6
"""The agreement from which two pictures have one frame."""
_SURE = 2
"""Pairs within the threshold divided by this are not looked at again: copies are, other shots never are."""


def look_again(
    library: Library, pairs: HashPairs, threshold: int, catalogue: Catalogue, stop: Event | None = None
) -> HashPairs:
    """Doubts the pairs whose thumbnails do not agree.

    Args:
        library: The photos.
        pairs: The pairs of their hashes.
        threshold: Bits within which photos are copies where the person says nothing.
        catalogue: Keeps the thumbnails; a pair without them stays as it is.
        stop: Set to stop.

    Returns:
        The pairs; those between half of `threshold` and `threshold` that do not agree are `furthest` apart.

    Raises:
        StoppedError: `stop` was set.
    """
    doubtful = np.flatnonzero((pairs.distance > threshold // _SURE) & (pairs.distance <= threshold))
    if not len(doubtful) or threshold >= pairs.furthest:
        return pairs
    refuted = doubtful[~_agree(library, pairs, doubtful, catalogue, stop)]
    distance = pairs.distance.copy()
    distance[refuted] = pairs.furthest
    order = np.lexsort((pairs.right, pairs.left, distance))
    left, right, upright = pairs.left[order], pairs.right[order], pairs.upright[order]
    return replace(pairs, left=left, right=right, distance=distance[order], upright=upright)


def _agree(
    library: Library, pairs: HashPairs, some: NDArray[np.intp], catalogue: Catalogue, stop: Event | None
) -> NDArray[np.bool_]:
    """Whether the thumbnails of some pairs agree: bool (pairs,)."""
    from photodedup.core.match.structure import (  # noqa: PLC0415 - Pillow, which most searches do without
        Structures,
        agreement,
        turned_structure,
    )

    structures, photo = Structures(library, catalogue), _photos(pairs)
    result = np.ones(len(some), np.bool_)
    # Pairs of one photo follow each other, so that few structures serve many pairs.
    for at in np.lexsort((pairs.right[some], pairs.left[some])).tolist():
        end_if_set(stop)
        pair = some[at]
        one, other = int(photo[pairs.left[pair]]), int(photo[pairs.right[pair]])
        first, second = structures.of(one), structures.of(other)
        if first is not None and second is not None:
            turned = pairs.distance[pair] < pairs.upright[pair]
            turn = _turn(library, one, other) if turned else Turn.UPRIGHT
            result[at] = agreement(turned_structure(first, turn), second) >= AGREE
    return result


def _turn(library: Library, one: int, other: int) -> Turn:
    rows = library.seen.rows["bits"]
    return nearest(rows[one].tobytes(), rows[other].tobytes(), library.turned)[1]


def _photos(pairs: HashPairs) -> Index:
    """The first photo of each hash: int32 (hashes,)."""
    numbers, firsts = np.unique(pairs.number, return_index=True)
    return np.asarray(firsts[numbers != PLAIN].astype(np.int32))
