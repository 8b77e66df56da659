"""Moves the photos of a plan to the trash, one by one, and says what really happened.

In: removals, the folder of the journals, a trash. Out: a `Report`. For each photo: prove, reserve its place,
write the intent, move, look at the disk, write the outcome. One failure costs one photo; a journal that
cannot be written and a keeper that vanishes end the batch.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from photodedup.core import disk, journal
from photodedup.core.errors import JournalError, TrashError
from photodedup.core.journal import Intent, Writer
from photodedup.core.pace import Pace
from photodedup.core.trash.can import Slot, TrashCan
from photodedup.core.trash.proof import Proof, prove
from photodedup.core.values import Failure, Removal, Report, Stage, Tell


def move_to_trash(
    removals: Sequence[Removal],
    journal_folder: Path,
    can: TrashCan,
    tell: Tell | None = None,
    stop: threading.Event | None = None,
) -> Report:
    """Moves photos to the trash.

    Args:
        removals: What goes, each with the keeper that stays for it.
        journal_folder: Where journals are.
        can: The trash.
        tell: Takes progress.
        stop: Set by the person to stop; the photo at hand is finished first.

    Returns:
        What was moved, seen on disk, and what was not, each with a sentence.

    Raises:
        JournalError: The journal cannot be started; nothing was moved.
    """
    if not removals:
        return Report("")
    with journal.start(journal_folder) as writer:
        batch = _Batch(writer, can, Pace(Stage.MOVING, tell, len(removals)))
        batch.run(removals, stop)
        return batch.report()


def refused(removals: Sequence[Removal], can: TrashCan) -> tuple[Failure, ...]:
    """The photos for which there is no trash, told before anything is done; changes nothing."""
    # One good look a folder is enough: all its photos share a volume.
    good: set[Path] = set()
    failures = []
    for path in (removal.photo.path for removal in removals):
        if path.parent not in good:
            try:
                can.check(path)
                good.add(path.parent)
            except TrashError as error:
                failures.append(Failure(path, str(error)))
    return tuple(failures)


class _EndOfBatchError(TrashError):
    """What went wrong concerns all photos that are left."""


class _Batch:
    """One run: what was moved so far, and which files must not be touched or trusted any more."""

    def __init__(self, writer: Writer, can: TrashCan, pace: Pace) -> None:
        self._writer, self._can, self._pace = writer, can, pace
        self._moved: list[Path] = []
        self._failures: list[Failure] = []
        self._size = 0
        self._stopped = False
        self._gone: set[tuple[int, int]] = set()
        self._kept: set[tuple[int, int]] = set()

    def report(self) -> Report:
        return Report(self._writer.id, tuple(self._moved), self._size, tuple(self._failures), self._stopped)

    def run(self, removals: Sequence[Removal], stop: threading.Event | None) -> None:
        for number, removal in enumerate(removals):
            if stop is not None and stop.is_set():
                self._stopped = True
                break
            try:
                self._move_one(number, removal)
            except _EndOfBatchError as error:
                left = len(removals) - number - 1
                rest = f" Nothing after it was moved ({left} left)." if left else ""
                self._failures.append(Failure(removal.photo.path, f"{error}{rest}"))
                break
            except TrashError as error:
                self._failures.append(Failure(removal.photo.path, str(error)))
            self._pace.step(removal.photo.path.parent)
        # Without this line the batch only counts as interrupted, which a look at the disk settles.
        with suppress(JournalError):
            self._writer.finish()
        self._pace.finish()

    def _move_one(self, number: int, removal: Removal) -> None:
        with prove(removal) as proof:
            self._check_identities(proof)
            before = _folder_time(proof)
            slot = self._can.reserve(proof)
            intent = _intent(number, slot, before)
            self._intend(slot, intent)
            try:
                place = self._can.move(slot)
                trouble = _look(proof, place)
            except TrashError as error:
                self._note_failed(slot, number, str(error))
                raise
            except OSError as error:
                why = disk.reason(error)
                place, trouble = slot.place, TrashError(f"{proof.path.name} could not be moved: {why}.")
            if trouble is not None:
                raise self._take_back(slot, intent, place, trouble)
            self._note_moved(proof, replace(intent, place=place))

    def _check_identities(self, proof: Proof) -> None:
        """A file met under another name: what was kept stays, and what was moved keeps nothing."""
        if _identity(proof.photo) in self._kept:
            why = "it is the keeper of a photo that was moved before"
        elif _identity(proof.keeper) in self._gone:
            why = f"its keeper {proof.removal.keeper.path.name} was itself moved before"
        else:
            return
        raise TrashError(f"{proof.path.name} stays where it is: {why}. Scan again.")

    def _intend(self, slot: Slot, intent: Intent) -> None:
        try:
            self._writer.intend(intent)
        except JournalError as error:
            self._release(slot)
            raise _EndOfBatchError(f"{slot.proof.path.name} stays where it is. {error}") from error

    def _take_back(self, slot: Slot, intent: Intent, place: Path | None, trouble: TrashError) -> TrashError:
        """Puts back what should not have moved, and tells where the photo is then."""
        proof = slot.proof
        if place is not None:
            _bring_back(proof, place)
        if proof.is_photo(proof.path):
            sentence = f"{trouble} It stays where it is."
            self._note_failed(slot, intent.number, sentence)
        elif place is not None and proof.is_photo(place):
            sentence = f"{trouble} It is in the trash, as {place.name}."
            self._note_moved(proof, replace(intent, place=place))
        else:
            # The intent stays open, so that undo looks again.
            sentence = f"{trouble} It is not in its place, where another program must have changed it."
        return type(trouble)(sentence)

    def _note_moved(self, proof: Proof, intent: Intent) -> None:
        self._moved.append(proof.path)
        self._size += proof.photo.st_size
        self._gone.add(_identity(proof.photo))
        self._kept.add(_identity(proof.keeper))
        try:
            self._writer.moved(intent, _folder_time(proof))
        except JournalError as error:
            raise _EndOfBatchError(f"{proof.path.name} was moved to the trash. {error}") from error

    def _note_failed(self, slot: Slot, number: int, sentence: str) -> None:
        self._release(slot)
        try:
            self._writer.failed(number, sentence)
        except JournalError as error:
            raise _EndOfBatchError(f"{sentence} {error}") from error

    def _release(self, slot: Slot) -> None:
        # A record without a photo harms nobody; desktops pass it over.
        with suppress(OSError):
            self._can.release(slot)


def _intent(number: int, slot: Slot, folder_mtime_ns: int) -> Intent:
    removal, found = slot.proof.removal, slot.proof.photo
    return Intent(
        number=number,
        photo=removal.photo.path,
        keeper=removal.keeper.path,
        place=slot.place,
        info=slot.info,
        info_text=slot.info_text.decode("ascii"),
        size=found.st_size,
        mtime_ns=found.st_mtime_ns,
        mode=stat.S_IMODE(found.st_mode),
        device=found.st_dev,
        inode=found.st_ino,
        content=removal.photo.content,
        folder_mtime_ns=folder_mtime_ns,
    )


def _look(proof: Proof, place: Path | None) -> TrashError | None:
    """What is wrong on the disk after a move, or None."""
    name = proof.path.name
    if proof.is_at(proof.path):
        return TrashError(f"{name} was not moved, though the system says so.")
    if place is not None and not proof.is_photo(place):
        return TrashError(f"{name} was exchanged while it was moved.")
    if not proof.keeper_stands():
        keeper = proof.removal.keeper.path.name
        return _EndOfBatchError(
            f"{name} was not kept in the trash, because its keeper {keeper} has vanished."
        )
    return None


def _bring_back(proof: Proof, place: Path) -> None:
    # Whatever fails here shows in the look at the disk that follows.
    with suppress(OSError):
        if not proof.is_at(proof.path):
            disk.rename_no_replace(place, proof.path)
            disk.sync_folder(proof.path.parent)
        elif proof.is_at(place):
            disk.drop_second_name(place, proof.path)


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _folder_time(proof: Proof) -> int:
    """When the photo's folder was last changed, in nanoseconds; 0 where it cannot be looked at."""
    try:
        return proof.path.parent.stat().st_mtime_ns
    except OSError:
        return 0
