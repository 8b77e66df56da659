"""The key points of many photos as columns, brought to one facing.

Numbers of photos enter, and the catalogue that keeps their features; `Points` leave.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from photodedup.core.catalogue import Catalogue
from photodedup.core.fingerprint.waves import FINER, POINT, VERSION
from photodedup.core.match.copies.facings import brought_to_one_facing
from photodedup.core.values import Bits, Index, Library

FEWEST = 8
"""Points without which a photo is too poor to be recognised in a part."""
_AT_ONCE = 256
_WHOLE = 65535.0


@dataclass(frozen=True)
class Points:
    """Key points, sorted by photo, the strong ones of a photo first.

    Attributes:
        photo: int32 (points,), rising.
        place: float32 (points, 3), across, down and blur, in shares of the longer side.
        bits: uint8 (points, 16), brought to one facing.
        facing: uint8 (points,), what brought them there.
    """

    photo: Index
    place: NDArray[np.float32]
    bits: Bits
    facing: Bits

    def __len__(self) -> int:
        return len(self.photo)


def load_points(
    library: Library, numbers: Index, catalogue: Catalogue, most: int, told: Callable[[int], object]
) -> Points:
    """Loads the points of photos.

    Args:
        library: All photos.
        numbers: int32, rising, those whose points are wanted.
        catalogue: Keeps the features.
        most: Points of a photo that are taken, the strongest.
        told: Called with how many more photos are loaded; it may end this by raising.
    """
    contents = library.seen.rows["content"]
    parts = []
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        wanted = [contents[number].tobytes() for number in some]
        kept = dict(catalogue.features.load(wanted, VERSION))
        rows = [np.frombuffer(kept.get(content, b""), POINT) for content in wanted]
        rows = [each[:most] if len(each) >= FEWEST else each[:0] for each in rows]
        parts.append(_columns(some, rows))
        told(len(some))
    return _joined(parts or [_columns(np.zeros(0, np.int32), [])])


def _joined(parts: list[Points]) -> Points:
    names = ("photo", "place", "bits", "facing")
    photo, place, bits, facing = (np.concatenate([getattr(each, name) for each in parts]) for name in names)
    return Points(photo, place, bits, facing)


def _columns(numbers: Index, rows: list[NDArray[Any]]) -> Points:
    every = np.concatenate([np.zeros(0, POINT), *rows])
    photo = np.repeat(numbers, [len(each) for each in rows]).astype(np.int32)
    place = np.stack((every["x"], every["y"], every["blur"] / FINER), axis=1) / _WHOLE
    bits, facing = brought_to_one_facing(np.ascontiguousarray(every["bits"]))
    return Points(photo, place.astype(np.float32), bits, facing)
