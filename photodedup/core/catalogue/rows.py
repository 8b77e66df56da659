"""Turns values into rows and rows into values: paths as bytes, numbers that SQLite can hold.

Values enter and rows leave, and the other way round.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from photodedup.core.values import Fingerprint, Photo

PICTURE = (
    "p.content, h.bits, p.small, p.plain, p.width, p.height, p.format, p.taken, p.camera, p.damaged, p.pixels"
)
"""The columns from which `fingerprint_of` makes a fingerprint."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which measurements serve: those of another version are as good as none.

    Attributes:
        recipe: Name of the perceptual hash.
        version: Version of the recipe.
        measure: Version of everything else that is measured.
        features: Version of the features, or None where none are wanted.
    """

    recipe: str
    version: int
    measure: int
    features: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One photo as measured.

    Attributes:
        photo: The photo.
        fingerprint: What was measured of it.
        thumbnail: A JPEG, or None where the catalogue has it already.
        features: What edited copies are found by, or None where it was not measured.
    """

    photo: Photo
    fingerprint: Fingerprint
    thumbnail: bytes | None = None
    features: bytes | None = None


@dataclass(frozen=True, slots=True)
class Recent:
    """A library that was scanned before.

    Attributes:
        folders: Its folders.
        scanned: Local time of the last scan.
        photos: How many photos it had.
        groups: How many groups it had.
    """

    folders: tuple[Path, ...]
    scanned: datetime
    photos: int
    groups: int


def seen(photo: Photo) -> tuple[int, int, int]:
    """What must be equal for a file to be unchanged: inode, size, time.

    The device is left out: its number changes when a drive is plugged in again.
    """
    return _signed(photo.inode), photo.size, _signed(photo.mtime_ns)


def fingerprint_of(row: Sequence[Any]) -> Fingerprint:
    """A fingerprint from the columns `PICTURE`."""
    content, bits, small, plain, width, height, form, taken, camera, damaged, pixels = row
    when = datetime.fromisoformat(taken) if taken else None
    return Fingerprint(
        content, bits, small, bool(plain), width, height, form, when, camera, bool(damaged), pixels
    )


def picture_row(record: Record, measure: int) -> tuple[Any, ...]:
    """The row of a picture, in the order of the table, without its number and its pixels."""
    seen_of = record.fingerprint
    taken = seen_of.taken.isoformat() if seen_of.taken else None
    return (
        seen_of.content,
        record.photo.size,
        measure,
        seen_of.small,
        seen_of.plain,
        seen_of.width,
        seen_of.height,
        seen_of.format,
        taken,
        seen_of.camera,
        seen_of.damaged,
        seen_of.pixels,
    )


def folders_to_bytes(folders: Iterable[Path]) -> bytes:
    """Folders as one key: no path holds a zero byte."""
    return b"\0".join(sorted(os.fsencode(folder) for folder in folders))


def folders_of(key: bytes) -> tuple[Path, ...]:
    """Folders from their key."""
    return tuple(Path(os.fsdecode(name)) for name in key.split(b"\0"))


def _signed(number: int) -> int:
    """The lower 64 bits as SQLite holds them; inodes can be larger."""
    number &= (1 << 64) - 1
    return number - (1 << 64) if number >> 63 else number
