"""What a long task tells while it runs, and what it did in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Stage(StrEnum):
    """What a long task is doing; the value is the word that people see."""

    LOOKING = "Looking for photos"
    READING = "Reading photos"
    MATCHING = "Comparing photos"
    PROVING = "Proving identical pictures"
    RECOGNISING = "Looking for edited copies"
    EMBEDDING = "Looking for similar shots"
    GATHERING = "Looking for companion files"
    MOVING = "Moving to the trash"
    RESTORING = "Putting back"

    @property
    def counted(self) -> str:
        """What is counted, where the word of the stage does not name it."""
        named = {Stage.LOOKING: "file", Stage.RESTORING: "file", Stage.READING: "", Stage.MATCHING: ""}
        return named.get(self, "photo")


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
        moved: The photos that were moved, by their original paths.
        size: Bytes of the moved files, companions included.
        failures: The files that stay where they are, and why.
        stopped: True where the person stopped it before the end.
        companions: How many files moved with their photos.
    """

    batch: str
    moved: tuple[Path, ...] = ()
    size: int = 0
    failures: tuple[Failure, ...] = field(default=())
    stopped: bool = False
    companions: int = 0
