"""Intent: what the person or a rule wants to happen to a photo."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from photodedup.core.values.facts import Kind


class Mark(StrEnum):
    """What the person decided for a photo."""

    KEEP = "keep"
    TRASH = "trash"


@dataclass(frozen=True, slots=True)
class Witness:
    """What identified a file when it was scanned; a file that differs from it is never moved.

    Attributes:
        path: Absolute path.
        size: Bytes.
        mtime_ns: Modification time in nanoseconds.
        device: `st_dev`.
        inode: `st_ino`.
        content: BLAKE2b-256 of the whole file, 32 bytes.
    """

    path: Path
    size: int
    mtime_ns: int
    device: int
    inode: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Removal:
    """One photo to be moved, and the surviving photo that matches it directly.

    Attributes:
        photo: The photo that goes.
        keeper: The photo that stays.
        kind: How the two match.
        distance: Bits between the two.
    """

    photo: Witness
    keeper: Witness
    kind: Kind
    distance: int
