"""Searches the near pairs of a library, once, before anything is known of identical pictures.

Enters: a library. Leaves: `HashPairs`, the pairs among its distinct hashes, which `find` and `proof` read.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

import numpy as np
from blake3 import blake3

from photodedup.core.match.classes import first_equal, numbered
from photodedup.core.match.kinds import distances
from photodedup.core.match.near import near_pairs
from photodedup.core.values import Index, Library, Tell

PLAIN = -1
_VERSION = 5
"""Raised when the same hashes would give other pairs."""

_NONE = (np.zeros(0, np.int32),) * 4


@dataclass(frozen=True)
class HashPairs:
    """The near pairs among the distinct hashes of the photos that are not plain.

    Attributes:
        number: int32 (photos,), the number of each photo's hash by first photo; `PLAIN` for plain photos.
        left: int32 (pairs,), a number; `left < right`.
        right: int32 (pairs,), a number.
        distance: int32 (pairs,), bits in the nearest orientation; pairs are sorted by distance, left, right.
        upright: int32 (pairs,), bits as they are.
        furthest: The largest distance that was looked for.
    """

    number: Index
    left: Index
    right: Index
    distance: Index
    upright: Index
    furthest: int


def find_pairs(
    library: Library, furthest: int, tell: Tell | None = None, stop: Event | None = None
) -> HashPairs:
    """Searches all near pairs of a library; the slow part of matching.

    Args:
        library: The photos.
        furthest: The largest distance in bits.
        tell: Told the progress.
        stop: Set to stop.

    Returns:
        The pairs; they stay true when `Fingerprint.pixels` are filled in.

    Raises:
        StoppedError: `stop` was set.
    """
    informative, raw = ~library.seen.rows["plain"], library.raw()
    numbers = np.full(len(library), PLAIN, np.int32)
    count, found = 0, [_NONE]
    for alike in (informative & ~raw, informative & raw):  # a raw photo never matches its JPEG by look
        hashes = library.hashes()[alike]
        if not len(hashes):
            continue
        number, firsts = numbered(first_equal(hashes))
        numbers[alike] = number + count
        hashes = hashes[firsts]
        left, right, distance = near_pairs(hashes, furthest, library.turned, tell, stop)
        apart = distances(hashes, left, right)
        found.append((left + count, right + count, distance, apart))
        count += len(firsts)
    left, right, distance, apart = (np.concatenate(each) for each in zip(*found, strict=True))
    if len(found) > 2:
        order = np.lexsort((right, left, distance))
        left, right, distance, apart = left[order], right[order], distance[order], apart[order]
    return HashPairs(numbers, left, right, distance, apart, furthest)


def no_pairs(library: Library, furthest: int) -> HashPairs:
    """The pairs of a library in which no picture is matched by its look: none."""
    return HashPairs(np.full(len(library), PLAIN, np.int32), *_NONE, furthest)


def pairs_key(library: Library, furthest: int, threshold: int = 0) -> bytes:
    """Names everything that the pairs of a library depend on: BLAKE3.

    Args:
        library: The photos.
        furthest: The largest distance in bits.
        threshold: Bits within which they were looked at again, if they were.
    """
    reach = f"{_VERSION} {furthest} {threshold} {library.turned}"
    digest = blake3(f"{reach} {len(library)} ".encode())
    for array in (library.seen.rows["plain"], library.hashes()):
        digest.update(np.ascontiguousarray(array).view(np.uint8).data)
    if (raw := library.raw()).any():
        digest.update(raw.view(np.uint8).data)
    return digest.digest()


def pack_pairs(pairs: HashPairs) -> bytes:
    """Pairs as bytes, to be kept under their key."""
    counts = np.array([pairs.furthest, len(pairs.number), len(pairs.left)], "<i4")
    arrays = (counts, pairs.number, pairs.left, pairs.right, pairs.distance, pairs.upright)
    return b"".join(each.astype("<i4").tobytes() for each in arrays)


def unpack_pairs(kept: bytes) -> HashPairs | None:
    """Pairs from their bytes, or None where these are not whole."""
    if len(kept) < 12 or len(kept) % 4:
        return None
    furthest, photos, pairs = np.frombuffer(kept, "<i4", 3).tolist()
    if len(kept) != 4 * (3 + photos + 4 * pairs):
        return None
    whole = np.frombuffer(kept, "<i4", offset=12).astype(np.int32)
    left, right, distance, upright = whole[photos:].reshape(4, pairs)
    return HashPairs(whole[:photos], left, right, distance, upright, furthest)
