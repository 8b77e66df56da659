"""Looks up whether one of two photos was made from the other, and how.

Enters: matches and pairs of photos. Leaves: yes or no, or the edit with its transform. What geometry proves
of one picture holds for every photo with equal pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photodedup.core.values import Index, Matches


@dataclass(frozen=True)
class Edit:
    """One photo that was made from another.

    Attributes:
        copy: The photo that was made.
        source: The photo that it was made from.
        transform: float32 (2, 3), takes a point of the copy to its place in the source; both in shares of
            the width and height of the upright picture.
        likeness: 0 to 1, how sure the geometry is.
    """

    copy: int
    source: int
    transform: NDArray[np.float32]
    likeness: float


def edited(matches: Matches, one: Index | np.int32, other: Index) -> NDArray[np.bool_]:
    """Tells pair by pair whether one photo was made from the other.

    Args:
        matches: The matches of the library.
        one: int32, shape (pairs,), or one photo for all.
        other: int32, shape (pairs,).

    Returns:
        bool, shape (pairs,).
    """
    keys, _ = matches.edited
    sought = _key(matches, one, other)
    if not len(keys):
        return np.zeros(sought.shape, bool)
    at = np.minimum(np.searchsorted(keys, sought), len(keys) - 1)
    return np.asarray(keys[at] == sought)


def edit_between(matches: Matches, one: int, other: int) -> Edit | None:
    """The likeliest edit between two photos, whichever of them is the copy, or None."""
    keys, places = matches.edited
    sought = _key(matches, np.int32(one), np.int32(other))
    begin, end = np.searchsorted(keys, sought), np.searchsorted(keys, sought, side="right")
    if begin == end:
        return None
    edits, found = matches.edits, places[begin:end]
    best = int(found[np.argmax(edits.likeness[found])])
    is_copy = matches.same_picture[one] == matches.same_picture[edits.copy[best]]
    copy, source = (one, other) if is_copy else (other, one)
    return Edit(copy, source, edits.transform[best], float(edits.likeness[best]))


def place_in(matches: Matches, one: int, other: int) -> NDArray[np.float32] | None:
    """Where one of two photos lies in the other, whichever of them was made from which.

    Returns:
        float32 (2, 3), takes a point of `one` to its place in `other`, both in shares of the width and height
        of the upright picture; or None where neither was made from the other.
    """
    edit = edit_between(matches, one, other)
    if edit is None or edit.copy == one:
        return None if edit is None else edit.transform
    whole = np.vstack((edit.transform, [0, 0, 1])).astype(np.float64)
    return np.asarray(np.linalg.inv(whole)[:2], np.float32)


def _key(matches: Matches, one: Index | np.int32, other: Index | np.int32) -> NDArray[np.int64]:
    mine, theirs = matches.same_picture[one], matches.same_picture[other]
    least, most = np.minimum(mine, theirs), np.maximum(mine, theirs)
    return np.asarray(least.astype(np.int64) << 32 | most)
