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
        content: BLAKE3 of the whole file, 32 bytes.
    """

    path: Path
    size: int
    mtime_ns: int
    device: int
    inode: int
    content: bytes


class Role(StrEnum):
    """What a companion is; the value is the word in plans and journals."""

    RAW = "raw"
    FILM = "film"
    XMP = "xmp"
    AAE = "aae"
    TAKEOUT = "takeout"

    @property
    def ending(self) -> str:
        """The ending of a sidecar's name; empty for pictures, which have many."""
        return {Role.XMP: ".xmp", Role.AAE: ".aae", Role.TAKEOUT: ".json"}.get(self, "")

    @property
    def is_picture(self) -> bool:
        """True for what is a picture in its own right, so that a copy of it must stay."""
        return self in {Role.RAW, Role.FILM}


class Pairs(StrEnum):
    """What goes of a photo that has a raw photo or a film beside it; the value is the word of `--pairs`."""

    TOGETHER = "together"
    RAW_ONLY = "raw"
    PHOTO_ONLY = "jpeg"


@dataclass(frozen=True, slots=True)
class Companion:
    """A file that goes with its photo.

    Attributes:
        file: The file.
        role: What it is.
        copy: A file with the same bytes that stays beside the keeper; a picture in its own right has one.
        shared: Other photos that it belongs to as well; it only goes when none of them is in its place.

    Raises:
        ValueError: It is no sidecar by its name, and has no copy that stays.
    """

    file: Witness
    role: Role
    copy: Witness | None = None
    shared: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        # Else a plan could be altered so that it takes a photo for a sidecar, and lets it go without a copy.
        if self.role.is_picture:
            right = self.copy is not None and self.copy.content == self.file.content
        else:
            right = self.copy is None and self.file.path.suffix.lower() == self.role.ending
        if not right:
            raise ValueError(f"{self.file.path.name} is no sidecar and has no copy that stays")


@dataclass(frozen=True, slots=True)
class Removal:
    """One photo to be moved, and the surviving photo that matches it directly.

    Attributes:
        photo: The photo that goes.
        keeper: The photo that stays.
        kind: How the two match.
        distance: Bits between the two.
        companions: The files that go with the photo, together or not at all.

    Raises:
        ValueError: A companion is in another folder than the photo.
    """

    photo: Witness
    keeper: Witness
    kind: Kind
    distance: int
    companions: tuple[Companion, ...] = ()

    def __post_init__(self) -> None:
        if any(each.file.path.parent != self.photo.path.parent for each in self.companions):
            raise ValueError(f"a companion of {self.photo.path.name} is in another folder")
