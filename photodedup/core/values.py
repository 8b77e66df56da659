"""The value types of the line: facts, derived values, intent and effects, which never mix.

Facts are what the disk said (`Photo`, `Skipped`, `Fingerprint`, `Library`), derived values what follows from
them (`Matches`, `Groups`), intent what the person or a rule wants (`Mark`, `Removal`), effects what was done
(`journal`). Paths that are not UTF-8 travel as Python's surrogate escapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int32]
Bits = NDArray[np.uint8]


class Kind(IntEnum):
    """Kinds of match, the strongest first; `label` is the word of the command line and of plans."""

    IDENTICAL_FILE = 0
    IDENTICAL_PICTURE = 1
    NEAR_DUPLICATE = 2
    EDITED_COPY = 3
    SIMILAR_SHOT = 4

    @property
    def label(self) -> str:
        """The kind's name in commands, plans and JSON, such as `near-duplicate`."""
        return self.name.lower().replace("_", "-")

    @property
    def words(self) -> str:
        """The kind's name in the window, such as `near-duplicate` or `identical file`."""
        return self.label if self is Kind.NEAR_DUPLICATE else self.label.replace("-", " ")


class SkipReason(StrEnum):
    """Why a file or folder is not among the photos; the value is the word in `--json`."""

    HIDDEN = "hidden"
    LEFT_OUT_FOLDER = "left-out-folder"
    NOT_A_PICTURE = "not-a-picture"
    UNSUPPORTED_FORMAT = "unsupported-format"
    LINK = "link"
    SAME_FILE = "same-file"
    SPECIAL_FILE = "special-file"
    NOT_DOWNLOADED = "not-downloaded"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    VANISHED = "vanished"
    DAMAGED = "damaged"
    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"
    DECODER_CRASHED = "decoder-crashed"


@dataclass(frozen=True, slots=True)
class Photo:
    """A regular file that may be a photo, as the walk saw it.

    Attributes:
        path: Absolute path.
        size: Bytes.
        mtime_ns: Modification time in nanoseconds.
        device: `st_dev`.
        inode: `st_ino`; with `device` it tells one file from another.
    """

    path: Path
    size: int
    mtime_ns: int
    device: int
    inode: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that is not among the photos, and why; `detail` is a sentence for a person."""

    path: Path
    reason: SkipReason
    detail: str


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What was measured of one photo, by one recipe.

    Attributes:
        content: BLAKE2b-256 of the whole file, 32 bytes.
        bits: Perceptual hash of the upright picture, `recipe.bits // 8` bytes.
        small: BLAKE2b-128 of the small upright picture; equal pictures in equal codecs have equal ones.
        plain: True where the picture holds too little information to be matched by its look.
        width: Pixels, upright.
        height: Pixels, upright.
        format: Pillow's name of the format, such as `JPEG`.
        taken: Local time of the camera, or None.
        camera: Maker and model, or the empty string.
        damaged: True where the codec reported missing or repaired data.
        pixels: BLAKE2b-256 of the upright full-size pixels where they were needed to prove that two
            pictures are identical, else None.
    """

    content: bytes
    bits: bytes
    small: bytes
    plain: bool
    width: int
    height: int
    format: str
    taken: datetime | None
    camera: str
    damaged: bool = False
    pixels: bytes | None = None


@dataclass(frozen=True)
class Library:
    """The photos that were found, sorted by the bytes of their paths; an index into it names a photo.

    The order makes everything derived from a library independent of the order in which files were met.
    """

    photos: Sequence[Photo] = ()
    fingerprints: Sequence[Fingerprint] = ()

    def __post_init__(self) -> None:
        if len(self.photos) != len(self.fingerprints):
            raise ValueError("a library needs one fingerprint for each photo")

    def __len__(self) -> int:
        return len(self.photos)

    def hashes(self) -> Bits:
        """The perceptual hashes: uint8, shape (photos, bytes of a hash)."""
        if not self.fingerprints:
            return np.zeros((0, 1), np.uint8)
        joined = b"".join(each.bits for each in self.fingerprints)
        return np.frombuffer(joined, np.uint8).reshape(len(self), -1)

    def sizes(self) -> NDArray[np.int64]:
        """The file sizes in bytes: int64, shape (photos,)."""
        return np.fromiter((photo.size for photo in self.photos), np.int64, len(self))


@dataclass(frozen=True)
class Matches:
    """Every pair of photos within `furthest` bits, computed once for all positions of the slider.

    Photos that equal each other share a node, so ten thousand equal photos need no pair. Nodes are numbered
    by their first photo.

    Attributes:
        node: int32 (photos,), the node of each photo.
        left: int32 (pairs,), a node; `left < right`.
        right: int32 (pairs,), a node.
        distance: int32 (pairs,), bits; pairs are sorted by distance, then left, then right.
        same_file: int32 (photos,), equal for photos of equal content.
        same_picture: int32 (photos,), equal for photos with equal pixels (equal files included).
        furthest: The largest distance that was looked for.
    """

    node: Index
    left: Index
    right: Index
    distance: Index
    same_file: Index
    same_picture: Index
    furthest: int

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return int(self.node.max()) + 1 if len(self.node) else 0


@dataclass(frozen=True)
class Groups(Sequence[Index]):
    """Disjoint groups of two photos or more, at one position of the slider.

    Attributes:
        members: int32, the photos of the first group, then of the second, and so on; sorted within a group.
        starts: int64 (groups + 1,), where each group begins in `members`; the last entry is its length.
        threshold: The largest distance in bits between two photos of a group.
    """

    members: Index
    starts: NDArray[np.int64]
    threshold: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, number):  # type: ignore[no-untyped-def]
        """The photos of one group: int32, at least two."""
        if not -len(self) <= number < len(self):
            raise IndexError(number)
        number %= len(self)
        return self.members[self.starts[number] : self.starts[number + 1]]

    def __iter__(self) -> Iterator[Index]:
        return (self[number] for number in range(len(self)))


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


class Stage(StrEnum):
    """What a long task is doing; the value is the word that people see."""

    LOOKING = "Looking for photos"
    READING = "Reading photos"
    MATCHING = "Comparing photos"
    PROVING = "Proving identical pictures"
    MOVING = "Moving to the trash"
    RESTORING = "Putting back"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long task is.

    Attributes:
        stage: What is being done.
        done: How many are done.
        total: How many there are, or None while that is unknown.
        folder: The folder that is being worked on, or None.
        skipped: How many were skipped so far.
        rate: Done a second, over the last seconds.
        seconds_left: Estimate, or None while there is none.
    """

    stage: Stage
    done: int
    total: int | None
    folder: Path | None = None
    skipped: int = 0
    rate: float = 0.0
    seconds_left: float | None = None


Tell = Callable[[Progress], None]
"""Takes progress; called at most ten times a second, from the thread that works."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One file that something could not be done to, with the sentence that says why."""

    path: Path
    sentence: str


@dataclass(frozen=True)
class Report:
    """What a move to the trash or a restore really did, told only after it was seen on disk.

    Attributes:
        batch: The batch's name in the history.
        moved: The files that were moved, by their original paths.
        size: Bytes of the moved files.
        failures: The files that stay where they are, and why.
        stopped: True where the person stopped it before the end.
    """

    batch: str
    moved: tuple[Path, ...] = ()
    size: int = 0
    failures: tuple[Failure, ...] = field(default=())
    stopped: bool = False
