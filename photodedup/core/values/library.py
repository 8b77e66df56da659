"""The photos of a search with what was measured of them: facts of the whole, held as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from photodedup.core.values.columns import FingerprintColumns, PhotoColumns
from photodedup.core.values.derived import Bits
from photodedup.core.values.facts import RAW_FORMATS, Fingerprint, Photo


@dataclass(frozen=True, eq=False)
class Library:
    """The photos that were found, sorted by the bytes of their paths; an index into it names a photo.

    The order makes everything derived from a library independent of the order in which files were met.

    Attributes:
        photos: The files.
        fingerprints: What was measured of each, by one recipe.
        turned: Bits within which photos match turned or mirrored; negative where their hashes cannot tell.
    """

    photos: Sequence[Photo] = ()
    fingerprints: Sequence[Fingerprint] = ()
    turned: int = -1

    def __post_init__(self) -> None:
        if len(self.photos) != len(self.fingerprints):
            raise ValueError("a library needs one fingerprint for each photo")
        object.__setattr__(self, "photos", PhotoColumns.of(self.photos))
        object.__setattr__(self, "fingerprints", FingerprintColumns.of(self.fingerprints))

    def __len__(self) -> int:
        return len(self.photos)

    @property
    def files(self) -> PhotoColumns:
        """The photos as columns."""
        return PhotoColumns.of(self.photos)

    @property
    def seen(self) -> FingerprintColumns:
        """The fingerprints as columns."""
        return FingerprintColumns.of(self.fingerprints)

    def hashes(self) -> Bits:
        """The perceptual hashes: uint8, shape (photos, bytes of a hash)."""
        return np.ascontiguousarray(self.seen.rows["bits"])

    def sizes(self) -> NDArray[np.int64]:
        """The file sizes in bytes: int64, shape (photos,)."""
        return np.ascontiguousarray(self.files.rows["size"])

    def raw(self) -> NDArray[np.bool_]:
        """Which photos are raw ones, known by their previews: bool, shape (photos,)."""
        is_raw = np.array([word in RAW_FORMATS for word in self.seen.words] or [False])
        return np.asarray(is_raw[self.seen.rows["format"]])

    @cached_property
    def paired(self) -> NDArray[np.bool_]:
        """Which photos have a raw photo or a film beside them: bool, shape (photos,)."""
        return np.ascontiguousarray(self.files.rows["paired"])

    def find(self, path: Path) -> int | None:
        """The index of the photo with this path, or None; quick, because photos are sorted by path."""
        return self.files.find(path)
