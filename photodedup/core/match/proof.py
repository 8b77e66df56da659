"""Chooses the photos whose full-size pixels must be read to prove that pictures are identical.

Enters: a library and the pairs of its hashes. Leaves: indices of photos. Reading a photo at full size is
slow, so only those are read that can have a twin: same dimensions, other content, and either an equal small
picture, or another format of which one loses nothing and a hash close by (a JPEG saved as PNG is decoded
along another way). Where the small pictures are equal, equal codes of JPEGs may prove it without decoding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match.classes import first_equal
from photodedup.core.match.pairs import PLAIN, HashPairs
from photodedup.core.values import Bits, Index, Library

LOSSLESS = frozenset({"PNG", "TIFF", "BMP", "WEBP", "GIF"})
CLOSE = 16
"""Bits within which the hashes of one picture, decoded along different ways, lie."""

AT_ONCE = 1 << 20
PIXELS_ONLY = -1
"""The look of a photo that can only be proven by its pixels."""

Wide = NDArray[np.int64]


@dataclass(frozen=True)
class Candidates:
    """The photos whose `Fingerprint.pixels` are needed and not there yet.

    Attributes:
        photos: int32 (candidates,), sorted, unique.
        looks: int32 (candidates,), equal for photos that may show the same; those of one look which also have
            one code need not be decoded. `PIXELS_ONLY` where a twin may have another code.
    """

    photos: Index
    looks: Index

    def __len__(self) -> int:
        return len(self.photos)


def picture_candidates(library: Library, pairs: HashPairs) -> Candidates:
    """Finds the photos whose `Fingerprint.pixels` are needed and not there yet.

    Args:
        library: The photos.
        pairs: The pairs of their hashes.

    Returns:
        The candidates.
    """
    if not len(library):
        return Candidates(np.zeros(0, np.int32), np.zeros(0, np.int32))
    dimensions = np.column_stack((library.seen.rows["width"], library.seen.rows["height"])).view(np.uint8)
    look = first_equal(np.column_stack((dimensions, library.seen.rows["small"])))
    unlike = _other_format(library, dimensions, pairs)
    known = library.seen.pixels >= 0
    photos = np.flatnonzero((_of_several(library, look) | unlike) & ~known).astype(np.int32)
    by_pixels = np.zeros(len(library), bool)
    by_pixels[look[unlike | known]] = True
    return Candidates(photos, np.where(by_pixels[look], PIXELS_ONLY, look)[photos].astype(np.int32))


def _of_several(library: Library, look: Index) -> NDArray[np.bool_]:
    """The photos that share their look with a photo of other content."""
    shared = np.flatnonzero(np.bincount(look, minlength=len(look))[look] > 1)
    content = np.arange(len(library), dtype=np.int32)
    content[shared] = shared[first_equal(library.seen.rows["content"][shared])]
    differs = content != content[look]
    mixed = np.zeros(len(library), bool)
    mixed[look[differs]] = True
    several: NDArray[np.bool_] = mixed[look]
    return several


@dataclass(frozen=True)
class _Cells:
    """The photos of one hash and one pair of dimensions, together.

    Attributes:
        key: int64 (cells,), hash and dimensions, sorted.
        formats: uint64 (cells,), a bit for each format in the cell.
        begins: int64 (hashes + 1,), where the cells of each hash begin.
    """

    key: Wide
    formats: NDArray[np.uint64]
    begins: Wide


def _other_format(library: Library, dimensions: Bits, pairs: HashPairs) -> NDArray[np.bool_]:
    """The photos with a close one of equal dimensions in another format, one of the two lossless."""
    codes, words = library.seen.rows["format"], library.seen.words
    names = sorted({words[code] for code in np.flatnonzero(np.bincount(codes)).tolist()})
    if len(names) == 1 or LOSSLESS.isdisjoint(names):
        return np.zeros(len(library), bool)
    places = {name: min(place, 63) for place, name in enumerate(names)}
    bit = np.array([1 << places.get(word, 63) for word in words], np.uint64)[codes]
    lossless = np.uint64(sum({1 << places[name] for name in names if name in LOSSLESS}))
    key = pairs.number.astype(np.int64) << 32 | first_equal(dimensions)
    keys, cell = np.unique(key, return_inverse=True)
    formats = np.zeros(len(keys), np.uint64)
    np.bitwise_or.at(formats, cell, bit)
    hashes = int(pairs.number.max(initial=PLAIN)) + 1
    begins = np.searchsorted(keys, np.arange(hashes + 1, dtype=np.int64) << 32)
    around = formats.copy()
    _spread(_Cells(keys, formats, begins), pairs, around)
    partners = around[cell] & ~bit
    partners &= np.where(bit & lossless, ~np.uint64(0), lossless)
    met: NDArray[np.bool_] = (partners != 0) & (pairs.number != PLAIN)
    return met


def _spread(cells: _Cells, pairs: HashPairs, around: NDArray[np.uint64]) -> None:
    """Adds to each cell the formats of the cells of equal dimensions whose hash is close."""
    close = np.flatnonzero(pairs.upright <= CLOSE)
    sizes = np.diff(cells.begins)
    for start in range(0, len(close), AT_ONCE):
        some = close[start : start + AT_ONCE]
        one, other = pairs.left[some], pairs.right[some]
        swap = sizes[one] > sizes[other]
        few, many = np.where(swap, other, one), np.where(swap, one, other)
        times = sizes[few]
        pair = np.repeat(np.arange(len(few)), times)
        mine = cells.begins[few[pair]] + np.arange(len(pair)) - np.repeat(np.cumsum(times) - times, times)
        sought = many[pair].astype(np.int64) << 32 | (cells.key[mine] & 0xFFFFFFFF)
        theirs = np.minimum(np.searchsorted(cells.key, sought), len(cells.key) - 1)
        met = cells.key[theirs] == sought
        mine, theirs = mine[met], theirs[met]
        np.bitwise_or.at(around, mine, cells.formats[theirs])
        np.bitwise_or.at(around, theirs, cells.formats[mine])
