"""The words of the journal, and how they are written so that any damage shows.

In: intents and events as values. Out: lines of JSON, each with a checksum, and the values again. Paths are
kept as their bytes, told as UTF-8 with escapes for what is none, so that the locale plays no part.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

SCHEMA = 2

Line = dict[str, Any]


class State(StrEnum):
    """What became of a photo; the value is the word in `--json`."""

    INTENDED = "intended"
    MOVED = "moved"
    FAILED = "failed"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Intent:
    """Everything that is needed to put one photo back, known before it moves.

    Attributes:
        number: Its place in the batch.
        photo: Where it was.
        keeper: The photo that stays for it.
        place: Where it goes, or None where only the system's trash knows.
        info: The trash's own record, or None.
        info_text: What we wrote into that record; the record is ours while it holds this.
        size: Bytes.
        mtime_ns: Modification time in nanoseconds.
        mode: Permissions.
        device: `st_dev`.
        inode: `st_ino`.
        content: BLAKE3 of the file, 32 bytes; BLAKE2b in journals of schema 1.
        folder_mtime_ns: Modification time of its folder before anything was done.
        unit: The number of the photo that it goes with, which is its own for a photo; -1 in older journals.
        role: What it is beside that photo, as in `Role`; empty for a photo.
    """

    number: int
    photo: Path
    keeper: Path
    place: Path | None
    info: Path | None
    info_text: str
    size: int
    mtime_ns: int
    mode: int
    device: int
    inode: int
    content: bytes
    folder_mtime_ns: int
    unit: int = -1
    role: str = ""

    def __post_init__(self) -> None:
        if self.unit < 0:
            object.__setattr__(self, "unit", self.number)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One photo of a batch.

    Attributes:
        intent: What was meant, and what is needed to undo it.
        state: What became of it.
        folder_after_ns: Modification time of its folder right after the move, or None where it is not known.
        sentence: Why it failed, or the empty string.
    """

    intent: Intent
    state: State
    folder_after_ns: int | None = None
    sentence: str = ""

    @property
    def may_be_away(self) -> bool:
        """True where there may be something to put back: it was moved, or meant to be when all ended."""
        return self.state in {State.INTENDED, State.MOVED}


@dataclass(frozen=True, slots=True)
class Batch:
    """One move to the trash, as its file tells it.

    Attributes:
        id: Its name in the history; sorts by time.
        path: Its file.
        started: When it started, with time zone.
        entries: Its photos, each with its companions behind it, in the order of their moves.
        damaged: True where some lines of the file could not be read.
        finished: True where it came to its end; False for one that was interrupted or still runs.
        newer: True where a newer photodedup wrote it, so that it must only be read.
        planned: How many photos were to be moved; 0 where an older photodedup did not write it.
    """

    id: str
    path: Path
    started: datetime
    entries: tuple[JournalEntry, ...]
    damaged: bool = False
    finished: bool = True
    newer: bool = False
    planned: int = 0

    @property
    def photos(self) -> tuple[JournalEntry, ...]:
        """Its photos without their companions."""
        return tuple(entry for entry in self.entries if not entry.intent.role)

    @property
    def companions(self) -> tuple[JournalEntry, ...]:
        """The files that went with its photos."""
        return tuple(entry for entry in self.entries if entry.intent.role)

    @property
    def size(self) -> int:
        """Bytes of the files that were moved, restored ones included."""
        return sum(e.intent.size for e in self.entries if e.state in {State.MOVED, State.RESTORED})

    @property
    def restorable(self) -> bool:
        """True where there may be something to put back."""
        return any(entry.may_be_away for entry in self.entries)


def as_line(body: Line) -> bytes:
    """A line of the journal: the checksum, and what it is of."""
    return json.dumps({"sum": _checksum(body), "line": body}).encode("ascii") + b"\n"


def from_line(line: bytes) -> Line | None:
    """What a line says, or None where it is not whole."""
    try:
        whole = json.loads(line)
        body = whole["line"]
        return body if isinstance(body, dict) and whole["sum"] == _checksum(body) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def intent_as_json(intent: Intent) -> Line:
    """An intent in JSON's own types."""
    return {field.name: _plain(getattr(intent, field.name)) for field in fields(intent)}


def intent_from_json(body: Line) -> Intent:
    """The intent again.

    Raises:
        KeyError, TypeError, ValueError: Something is missing or of another type.
    """
    numbers = {name: int(body[name]) for name in _NUMBERS}
    place, info = (None if body[name] is None else _path(body[name]) for name in ("place", "info"))
    return Intent(
        photo=_path(body["photo"]),
        keeper=_path(body["keeper"]),
        place=place,
        info=info,
        info_text=str(body["info_text"]),
        content=bytes.fromhex(body["content"]),
        unit=int(body.get("unit", -1)),
        role=str(body.get("role", "")),
        **numbers,
    )


_NUMBERS = ("number", "size", "mtime_ns", "mode", "device", "inode", "folder_mtime_ns")


def _checksum(body: Line) -> str:
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode("ascii"), digest_size=8).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return os.fsencode(value).decode("utf-8", "surrogateescape")
    return value.hex() if isinstance(value, bytes) else value


def _path(text: str) -> Path:
    return Path(os.fsdecode(text.encode("utf-8", "surrogateescape")))
