"""Writes the journal of one batch: a line for each step, on the disk before the step that rests on it.

In: what is about to happen and what happened. Out: lines that are only ever added, by one process at a time.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from photodedup import __version__
from photodedup.core import disk
from photodedup.core.errors import JournalError
from photodedup.core.journal.record import SCHEMA, Batch, Intent, Line, as_line, intent_as_json

STAMP = "%Y%m%d-%H%M%S-%f"
_FAR = 1 << 40
"""Where Windows locks a byte: beyond the end, so that others can still read the lines."""


class Writer:
    """The open journal of one batch.

    Attributes:
        id: The batch's name in the history.
        path: Its file.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.id, self.path = path.stem, path
        self._descriptor = descriptor

    def intend(self, intent: Intent) -> None:
        """Notes what is about to be moved; on the disk when this returns.

        Raises:
            JournalError: It could not be noted, so that it must not be done.
        """
        self._add({"event": "intent", **intent_as_json(intent)})

    def moved(self, intent: Intent, folder_after_ns: int | None) -> None:
        """Notes what was seen in the trash; with the whole intent again, in case its line is ever damaged.

        Raises:
            JournalError: It could not be noted.
        """
        self._add({"event": "moved", **intent_as_json(intent), "folder_after_ns": folder_after_ns})

    def failed(self, number: int, sentence: str) -> None:
        """Notes that a photo stayed in its place.

        Raises:
            JournalError: It could not be noted.
        """
        self._add({"event": "failed", "number": number, "sentence": sentence})

    def restored(self, number: int) -> None:
        """Notes that a photo was seen in its old place again.

        Raises:
            JournalError: It could not be noted.
        """
        self._add({"event": "restored", "number": number})

    def finish(self) -> None:
        """Notes that the batch came to its end.

        Raises:
            JournalError: It could not be noted.
        """
        self._add({"event": "end"})

    def mend_end(self) -> None:
        """Closes a last line that a crash cut short, so that the next one stands alone.

        Raises:
            JournalError: It could not be noted.
        """
        size = os.fstat(self._descriptor).st_size
        os.lseek(self._descriptor, max(0, size - 1), os.SEEK_SET)
        if os.read(self._descriptor, 1) not in {b"", b"\n"}:
            self._add({"event": "resumed"}, before=b"\n")

    def _add(self, line: Line, before: bytes = b"") -> None:
        try:
            disk.append_synced(self._descriptor, before + as_line(line))
        except OSError as error:
            raise JournalError(f"The journal {self.path} cannot be written: {disk.reason(error)}.") from error


@contextmanager
def start(folder: Path, planned: int = 0) -> Iterator[Writer]:
    """Opens the journal of a new batch, locked against every other process.

    Args:
        folder: Where journals are; it is made where it is missing.
        planned: How many photos are to be moved.

    Raises:
        JournalError: It cannot be written, so that nothing must be moved.
    """
    now = datetime.now(UTC)
    path = folder / f"{now.strftime(STAMP)}-{secrets.token_hex(2)}.jsonl"
    header: Line = {"event": "batch", "id": path.stem, "started": now.isoformat(), "schema": SCHEMA}
    header |= {"version": __version__, "planned": planned}
    try:
        disk.make_folder(folder, 0o700)
        disk.create_exclusive(path, as_line(header))
    except OSError as error:
        raise JournalError(
            f"The journal cannot be written in {folder}: {disk.reason(error)}. Nothing was moved. Put that "
            "right, then try again."
        ) from error
    with _opened(path) as writer:
        yield writer


@contextmanager
def resume(batch: Batch) -> Iterator[Writer]:
    """Opens the journal of a batch to add to it, locked against every other process.

    Raises:
        JournalError: Another process works on it, a newer photodedup wrote it, or it cannot be written.
    """
    if batch.newer:
        raise JournalError(
            f"Batch {batch.id} was written by a newer photodedup. Use that one to put it back."
        )
    with _opened(batch.path) as writer:
        writer.mend_end()
        yield writer


def is_interrupted(batch: Batch) -> bool:
    """Whether a batch did not come to its end, leaves something to look for, and nobody works on it."""
    if batch.finished or batch.newer or not batch.restorable:
        return False
    try:
        with _opened(batch.path):
            return True
    except JournalError:
        return False


@contextmanager
def _opened(path: Path) -> Iterator[Writer]:
    try:
        descriptor = disk.open_to_append(path)
    except OSError as error:
        raise JournalError(f"The journal {path} cannot be opened: {disk.reason(error)}.") from error
    try:
        _lock(descriptor, path.stem)
        yield Writer(path, descriptor)
    finally:
        # Closing sets the lock free; the lines are on the disk already.
        with contextlib.suppress(OSError):
            os.close(descriptor)


def _lock(descriptor: int, batch: str) -> None:
    try:
        if sys.platform == "win32":  # pragma: no cover - not run: there is no Windows here
            import msvcrt  # noqa: PLC0415

            os.lseek(descriptor, _FAR, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise JournalError(
            f"Another photodedup is working on batch {batch}. Wait until it is done, then try again."
        ) from error
    except OSError as error:
        raise JournalError(f"The journal of batch {batch} cannot be locked: {disk.reason(error)}.") from error
