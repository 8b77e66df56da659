"""Says how two photos match, and how many bits lie between them.

Enters: matches or hashes, and photos. Leaves: kinds and distances.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.turns import nearest
from photodedup.core.values import Bits, Index, Kind, Library, Matches

_AT_ONCE = 1 << 16


def kind_between(matches: Matches, one: int, other: int) -> Kind:
    """Tells how two photos of one cluster match, by what is equal; see `Suggestions` for whole groups."""
    if matches.same_file[one] == matches.same_file[other]:
        return Kind.IDENTICAL_FILE
    if matches.same_picture[one] == matches.same_picture[other]:
        return Kind.IDENTICAL_PICTURE
    return Kind.NEAR_DUPLICATE


def kinds_to(matches: Matches, keeper: Index, photos: Index) -> NDArray[np.uint8]:
    """Tells how photos match their keepers.

    Args:
        matches: The matches of the library.
        keeper: int32, shape (photos,), or one keeper for all.
        photos: int32, shape (photos,).

    Returns:
        Values of `Kind`: uint8, shape (photos,).
    """
    file = matches.same_file[keeper] == matches.same_file[photos]
    picture = matches.same_picture[keeper] == matches.same_picture[photos]
    # Equal files are equal pictures; each of the two makes the kind stronger by one.
    return np.asarray(np.uint8(Kind.NEAR_DUPLICATE) - file - (file | picture), np.uint8)


def distance_between(library: Library, one: int, other: int) -> int:
    """Counts the bits in which the hashes of two photos differ, in the orientation that is nearest."""
    bits = library.seen.rows["bits"]
    mine, theirs = bits[one].tobytes(), bits[other].tobytes()
    return 0 if mine == theirs else nearest(mine, theirs, library.turned)[0]


def distances(hashes: Bits, one: Index, other: Index) -> Index:
    """Counts the bits in which hashes differ as they are, pair by pair.

    Args:
        hashes: uint8, shape (photos, bytes).
        one: int32, shape (pairs,), rows of `hashes`.
        other: int32, shape (pairs,), rows of `hashes`.

    Returns:
        int32, shape (pairs,).
    """
    apart = np.empty(len(one), np.int32)
    for start in range(0, len(one), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        # The sum is taken in int32, because 256 differing bits do not fit into a byte.
        np.bitwise_count(hashes[one[some]] ^ hashes[other[some]]).sum(
            axis=-1, dtype=np.int32, out=apart[some]
        )
    return apart
