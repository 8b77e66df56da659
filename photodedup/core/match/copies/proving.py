"""Proves pairs of photos by their thumbnails.

Proposals enter; verdicts leave. Thumbnails come from the catalogue, which made them itself, and those of the
last photos are kept in memory, because pairs of one photo follow each other.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from photodedup.core.catalogue import Catalogue
from photodedup.core.match.copies.aligning import Grey, align
from photodedup.core.match.copies.frames import Numbers, shared_by, sides_of
from photodedup.core.match.copies.judging import Verdict, judge, may_be_made
from photodedup.core.values import Library

_KEPT = 1024
"""Thumbnails kept in memory, about 70 kilobytes each."""
_LEAST = 0.9
"""Share of one picture that the other one must show to be worth a proof, unless what sticks out is even."""
_ASLANT = 0.6
"""The same of both pictures, where one may be a photo of the other on a screen."""


class Prover:
    """Proves pairs of photos of a library."""

    def __init__(self, library: Library, catalogue: Catalogue) -> None:
        self._contents: NDArray[Any] = library.seen.rows["content"]
        self._catalogue = catalogue
        self.picture = lru_cache(_KEPT)(self._load)

    def prove(self, one: int, other: int, transform: Numbers, *, vouched: bool = False) -> Verdict | None:
        """Decides on two photos.

        Args:
            one: A photo.
            other: Another one.
            transform: float64 (2, 3), roughly takes places in the first to those in the second, in shares of
                the longer side.
            vouched: Whether other pairs, which are proven, say that it must be so.
        """
        first, second = self.picture(one), self.picture(other)
        if first is None or second is None:
            return None
        whole = np.vstack((transform, (0.0, 0.0, 1.0)))
        shared = shared_by(sides_of(first), sides_of(second), whole)
        if shared is None or not may_be_made(first, second, whole, shared, _LEAST):
            return None
        rigid = align(first, second, whole, rigid=True)
        found = None if rigid is None else judge(first, second, rigid, rigid=True, vouched=vouched)
        if found is not None or min(shared.of_one, shared.of_other) < _ASLANT:
            return found
        free = align(first, second, whole, rigid=False)
        return None if free is None else judge(first, second, free, rigid=False, vouched=vouched)

    def prove_vouched(self, one: int, other: int, transform: Numbers) -> Verdict | None:
        """The same for what follows from proven pairs; the transform is in shares of width and height."""
        first, second = self.picture(one), self.picture(other)
        if first is None or second is None:
            return None
        linear = transform[:, :2] * np.array(sides_of(second))[:, None] / np.array(sides_of(first))
        shift = transform[:, 2] * np.array(sides_of(second))
        return self.prove(one, other, np.column_stack((linear, shift)), vouched=True)

    def _load(self, number: int) -> Grey | None:
        jpeg = self._catalogue.thumbnail(self._contents[number].tobytes())
        if jpeg is None:
            return None
        grey: Grey = simplejpeg.decode_jpeg(jpeg, "GRAY")[..., 0]
        return grey
