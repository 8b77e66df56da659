"""Puts photos of a batch back where they were: name, place, times and mode.

In: the folder of the journals, a batch, perhaps some of its photos. Out: a `Report`. Nothing is taken from
the journal on trust: each photo is looked for on the disk, so that a batch that a crash ended is put back
like any other, and a photo that the person put back with the desktop is simply noted.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from photodedup.core import disk, journal
from photodedup.core.errors import JournalError, UndoError, WrongUseError
from photodedup.core.journal import Batch, Intent, JournalEntry, State, Writer
from photodedup.core.pace import Pace
from photodedup.core.trash.known import is_photo
from photodedup.core.trash.removed import tidy
from photodedup.core.values import Failure, Report, Stage, Tell


def put_back(
    journal_folder: Path,
    batch_id: str | None = None,
    which: Collection[Path] | None = None,
    tell: Tell | None = None,
    stop: threading.Event | None = None,
) -> Report:
    """Puts back what a batch moved, the last photo first.

    Args:
        journal_folder: Where journals are.
        batch_id: The batch; None for the latest one with something that can be put back.
        which: Photos of it, by their old paths, which bring their companions; None for all.
        tell: Takes progress.
        stop: Set by the person to stop; the photo at hand and its companions are finished first.

    Returns:
        What was put back, seen on disk, and what was not, each with a sentence.

    Raises:
        UndoError: There is nothing to put back.
        WrongUseError: There is no such batch.
        JournalError: The journal cannot be read or written, or another process works on it.
    """
    chosen = _choose(journal_folder, batch_id)
    with journal.resume(chosen) as writer:
        # Read again now that nobody else can write, so that two undos do not meet.
        batch = journal.read_batch(journal_folder, chosen.id)
        wanted = None if which is None else frozenset(which)
        # A photo comes back with its companions, whichever of them was asked for.
        units = {e.intent.unit for e in batch.entries if wanted is None or e.intent.photo in wanted}
        entries = [e for e in reversed(batch.entries) if e.intent.unit in units]
        restore = _Restore(writer, Pace(Stage.RESTORING, tell, len(entries)))
        restore.tell_unknown(wanted or frozenset(), batch)
        ended = restore.run([entry for entry in entries if entry.may_be_away], stop)
        if ended and wanted is None and not batch.finished:
            # All was tried and told, so that nobody need be asked about this batch at each start.
            with suppress(JournalError):
                bring_to_rest(writer, journal.read_batch(journal_folder, chosen.id))
        return restore.report()


def bring_to_rest(writer: Writer, batch: Batch) -> None:
    """Notes where each photo of a batch that ended in the middle is, so that the batch counts as finished.

    Raises:
        JournalError: The journal cannot be written.
    """
    for entry in batch.entries:
        intent = entry.intent
        if entry.state is not State.INTENDED:
            continue
        # What is in neither place stays an open intent, at which undo looks again.
        if intent.place is not None and is_photo(intent.place, intent):
            writer.moved(intent, None)
        elif is_photo(intent.photo, intent):
            writer.failed(intent.number, f"{intent.photo.name} was not moved, because the move ended before.")
    if not batch.finished:
        writer.finish()


def _choose(journal_folder: Path, batch_id: str | None) -> Batch:
    if batch_id is None:
        return _latest(journal_folder)
    if batch_id not in journal.ids(journal_folder):
        raise WrongUseError(f"There is no batch {batch_id} in the history. See: photodedup history")
    return journal.read_batch(journal_folder, batch_id)


def _latest(journal_folder: Path) -> Batch:
    """The latest batch with a photo that is still somewhere; else the latest that misses photos."""
    missing = damaged = None
    for batch in journal.newest_first(journal_folder):
        if any(entry.may_be_away and _is_somewhere(entry.intent) for entry in reversed(batch.entries)):
            return batch
        if missing is None and batch.restorable:
            missing = batch
        if damaged is None and batch.damaged and not batch.entries:
            damaged = batch
    if missing is None:
        more = f" {_damage(damaged)}" if damaged else ""
        raise UndoError(f"There is nothing to put back.{more}")
    # Its sentences say what became of each photo, and that a drive may have to be connected.
    return missing


class _Restore:
    """One run of undo."""

    def __init__(self, writer: Writer, pace: Pace) -> None:
        self._writer, self._pace = writer, pace
        self._back: list[Path] = []
        self._failures: list[Failure] = []
        self._size = self._companions = 0
        self._stopped = False

    def report(self) -> Report:
        back, failures = tuple(self._back), tuple(self._failures)
        return Report(self._writer.id, back, self._size, failures, self._stopped, self._companions)

    def tell_unknown(self, wanted: frozenset[Path], batch: Batch) -> None:
        """Tells of photos that were asked for and are not in the batch, or which its record may have lost."""
        if batch.damaged and not wanted:
            self._fail(batch.path, _damage(batch))
        known = {entry.intent.photo for entry in batch.entries}
        for path in sorted(wanted - known):
            self._fail(path, f"{path.name} is not in batch {batch.id}. Choose another batch.")

    def run(self, entries: list[JournalEntry], stop: threading.Event | None) -> bool:
        """Puts back one after the other; False where that ended before the last one."""
        unit = None
        photos = {entry.intent.unit: entry.intent for entry in entries if not entry.intent.role}
        for entry in entries:
            if stop is not None and stop.is_set() and entry.intent.unit != unit:
                self._stopped = True
                return False
            unit = entry.intent.unit
            photo = entry.intent.photo
            try:
                _check_photo(entry.intent, photos.get(unit))
                self._put_back(entry)
            except UndoError as error:
                self._fail(photo, str(error))
            except OSError as error:
                self._fail(photo, f"{photo.name} could not be put back: {disk.reason(error)}.{_still(entry)}")
            except JournalError as error:
                self._fail(photo, f"{photo.name} is in its old place. {error} Nothing after it was put back.")
                return False
            self._pace.step(photo.parent)
        self._pace.finish()
        return True

    def _fail(self, path: Path, sentence: str) -> None:
        self._failures.append(Failure(path, sentence))

    def _put_back(self, entry: JournalEntry) -> None:
        intent = entry.intent
        if _in_trash(intent):
            self._restore(entry)
        elif not is_photo(intent.photo, intent):
            raise UndoError(_nowhere(intent))
        # Also where it had never left, or was put back by hand: its record in the trash is stale then.
        self._forget_info(intent)
        self._writer.restored(intent.number)

    def _restore(self, entry: JournalEntry) -> None:
        intent = entry.intent
        assert intent.place is not None
        folder = intent.photo.parent
        disk.make_folder(folder)
        untouched = folder.stat().st_mtime_ns == entry.folder_after_ns
        try:
            _move_back(intent.place, intent.photo)
            disk.sync_folder(folder)
            disk.sync_folder(intent.place.parent)
        except OSError as error:
            if os.path.lexists(intent.place) or not is_photo(intent.photo, intent):
                raise
            why = disk.reason(error)
            self._fail(intent.photo, f"{intent.photo.name} is back, but the disk did not confirm it: {why}.")
        if not is_photo(intent.photo, intent):
            raise UndoError(f"{intent.photo.name} was exchanged while it was put back. Look at {folder}.")
        if intent.role:
            self._companions += 1
        else:
            self._back.append(intent.photo)
        self._size += intent.size
        self._check_facts(intent)
        if untouched:
            # A folder's date is not worth a failure when the photo is back.
            with suppress(OSError):
                disk.set_times(folder, intent.folder_mtime_ns)

    def _check_facts(self, intent: Intent) -> None:
        found = intent.photo.stat()
        try:
            if stat.S_IMODE(found.st_mode) != intent.mode:
                disk.set_mode(intent.photo, intent.mode)
            if found.st_mtime_ns != intent.mtime_ns:
                disk.set_times(intent.photo, intent.mtime_ns)
        except OSError as error:
            why = disk.reason(error)
            self._fail(intent.photo, f"{intent.photo.name} is back, but not its date and permissions: {why}.")

    def _forget_info(self, intent: Intent) -> None:
        if intent.place is not None:
            tidy(intent.place)
        # A record without a photo harms nobody; desktops pass it over.
        if intent.info is not None:
            with suppress(OSError):
                disk.remove_own(intent.info, intent.info_text.encode("ascii"))


def _in_trash(intent: Intent) -> bool:
    """True where the photo is in the trash.

    Raises:
        UndoError: Something else is in its place there.
    """
    if intent.place is None or not os.path.lexists(intent.place):
        return False
    if is_photo(intent.place, intent):
        return True
    raise UndoError(
        f"{intent.photo.name} cannot be put back: {intent.place} in the trash is no longer the photo that "
        "was moved."
    )


def _check_photo(intent: Intent, photo: Intent | None) -> None:
    """Looks whether the photo of a companion can come back too; else it would lie beside another one.

    Raises:
        UndoError: Another file has the photo's place.
    """
    if not intent.role or photo is None or photo.place is None or not os.path.lexists(photo.place):
        return
    if os.path.lexists(photo.photo) and not is_photo(photo.photo, photo):
        raise UndoError(
            f"{intent.photo.name} cannot be put back: another file has taken the place of its photo "
            f"{photo.photo.name}. Move that one away, then put both back; they are still in the trash."
        )


def _is_somewhere(intent: Intent) -> bool:
    """False where the trash was emptied or its drive is away, so that nothing can be done for now."""
    return any(path is not None and is_photo(path, intent) for path in (intent.place, intent.photo))


def _move_back(place: Path, photo: Path) -> None:
    try:
        disk.rename_no_replace(place, photo)
    except FileExistsError:
        if os.path.samestat(os.lstat(place), os.lstat(photo)):
            # A crash in the middle of a move by links left both names to one file.
            disk.drop_second_name(place, photo)
            return
        raise UndoError(
            f"{photo.name} cannot be put back: another file has taken its place in {photo.parent}. Move that "
            "one away, then put this one back; it is still in the trash."
        ) from None


def _still(entry: JournalEntry) -> str:
    place = entry.intent.place
    return " It is still in the trash." if place is not None and os.path.lexists(place) else ""


def _damage(batch: Batch) -> str:
    damage = f"The record of batch {batch.id} is damaged, so photos of it may still be in the trash."
    return f"{damage} Look there for what is missing."


def _nowhere(intent: Intent) -> str:
    name = intent.photo.name
    if intent.place is None:
        return f"The system did not say where it moved {name}. Open the system's trash and restore it there."
    return (
        f"{name} is no longer in the trash: the trash was emptied, or its drive is not connected. Connect "
        "the drive and try again."
    )
