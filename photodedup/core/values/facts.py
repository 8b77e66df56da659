"""Facts: what the disk and the codec said of one file.

Paths that are not UTF-8 travel as Python's surrogate escapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from pathlib import Path


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
    COMPANION = "companion"
    SPECIAL_FILE = "special-file"
    NOT_DOWNLOADED = "not-downloaded"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    VANISHED = "vanished"
    DAMAGED = "damaged"
    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"
    DECODER_CRASHED = "decoder-crashed"


RAW_FORMATS = frozenset(
    [
        *("DNG", "CR2", "CR3", "CRW", "NEF", "ARW", "PEF", "SRW", "3FR", "ERF", "IIQ", "MOS", "DCR", "MEF"),
        *("RW2", "ORF", "RAF", "MRW", "X3F", "RAW"),
    ]
)
"""Names of the formats that hold a sensor's values and show a preview; `RAW` where it is not known whose."""


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
        content: BLAKE3 of the whole file, 32 bytes.
        bits: Perceptual hash of the upright picture, `recipe.bits // 8` bytes.
        small: BLAKE3 of the thumbnail, 16 bytes; equal pictures in equal codecs have equal ones.
        plain: True where the picture holds too little information to be matched by its look.
        width: Pixels, upright.
        height: Pixels, upright.
        format: Pillow's name of the format, such as `JPEG`, or one of `RAW_FORMATS`.
        taken: Local time of the camera, or None.
        camera: Maker and model, or the empty string.
        damaged: True where the codec reported missing or repaired data.
        pixels: BLAKE3 of the upright full-size pixels where they were needed to prove that two
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
