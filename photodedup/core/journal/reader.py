"""Reads the journals of all batches, and makes the best of damaged ones.

In: the folder of the journals. Out: batches, newest first. A file is never changed by reading it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from photodedup.core import disk
from photodedup.core.errors import JournalError
from photodedup.core.journal.record import (
    SCHEMA,
    Batch,
    JournalEntry,
    Line,
    State,
    from_line,
    intent_from_json,
)
from photodedup.core.journal.writer import STAMP

_ENDING = ".jsonl"


def batches(folder: Path) -> list[Batch]:
    """All batches whose journals are in a folder, the newest first.

    Args:
        folder: Where journals are; it need not be there.

    Raises:
        JournalError: The folder cannot be read.
    """
    return list(newest_first(folder))


def newest_first(folder: Path) -> Iterator[Batch]:
    """The same one by one, each read when it is asked for; one that cannot be read is damaged and empty."""
    for batch_id in ids(folder):
        try:
            yield read_batch(folder, batch_id)
        except JournalError:
            path = folder / (batch_id + _ENDING)
            yield Batch(batch_id, path, _started(path), (), damaged=True, finished=False)


def ids(folder: Path) -> list[str]:
    """The names of all batches, the newest first, without reading them.

    Raises:
        JournalError: The folder cannot be read.
    """
    try:
        names = [Path(name) for name in os.listdir(folder)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise JournalError(f"The journal in {folder} cannot be read: {disk.reason(error, True)}.") from error
    return sorted((name.stem for name in names if name.suffix == _ENDING), reverse=True)


def read_batch(folder: Path, batch_id: str) -> Batch:
    """One batch by its name, which must be one of `ids`.

    Raises:
        JournalError: Its journal cannot be read.
    """
    try:
        return _read(folder / (batch_id + _ENDING))
    except OSError as error:
        raise JournalError(
            f"The journal of batch {batch_id} cannot be read: {disk.reason(error, True)}."
        ) from error


class _Story:
    """What the lines of one file tell, line by line."""

    def __init__(self) -> None:
        self.entries: dict[int, JournalEntry] = {}
        self.damaged = self.finished = self.newer = False
        self.planned = 0

    def take(self, lines: Iterable[Line | None]) -> None:
        torn = False
        for line in lines:
            if torn:
                # A line that a crash cut short is expected; only one that nobody closed in time is damage.
                self.damaged |= line is None or line.get("event") != "resumed"
            torn = line is None
            if line is not None:
                self._take_whole(line)

    def _take_whole(self, line: Line) -> None:
        try:
            self._take_event(line)
        except (KeyError, TypeError, ValueError):
            self.damaged = True

    def _take_event(self, line: Line) -> None:
        event = line["event"]
        if event == "batch":
            self.newer = int(line["schema"]) > SCHEMA
            self.planned = int(line.get("planned", 0))
        elif event == "end":
            self.finished = True
        elif event == "intent":
            self._put(JournalEntry(intent_from_json(line), State.INTENDED))
        elif event == "moved":
            after = line["folder_after_ns"]
            after = None if after is None else int(after)
            self._put(JournalEntry(intent_from_json(line), State.MOVED, after))
        elif event == "failed":
            self._change(int(line["number"]), State.FAILED, str(line["sentence"]))
        elif event == "restored":
            self._change(int(line["number"]), State.RESTORED)

    def _put(self, entry: JournalEntry) -> None:
        self.entries[entry.intent.number] = entry

    def _change(self, number: int, state: State, sentence: str = "") -> None:
        # A damaged intent leaves nothing to change; the file is marked as damaged already.
        if number in self.entries:
            self.entries[number] = replace(self.entries[number], state=state, sentence=sentence)


def _read(path: Path) -> Batch:
    story = _Story()
    story.take(from_line(line) for line in path.read_bytes().split(b"\n") if line)
    entries = tuple(story.entries[number] for number in sorted(story.entries))
    ends = (story.damaged, story.finished, story.newer, story.planned)
    return Batch(path.stem, path, _started(path), entries, *ends)


def _started(path: Path) -> datetime:
    """When a batch started, from its name, which no damage to the lines can touch; else from its file."""
    try:
        return datetime.strptime(path.stem.rpartition("-")[0], STAMP).replace(tzinfo=UTC)
    except ValueError:
        # A name that we did not give, of a file that may be gone by now: the time is then anyone's guess.
        seconds = os.lstat(path).st_mtime if os.path.lexists(path) else 0.0
        return datetime.fromtimestamp(seconds, UTC)
