"""Moves the photos of a plan to the trash, one by one, and says what really happened.

In: removals, the folder of the journals, a trash. Out: a `Report`. For each photo with its companions: prove,
reserve the places, write the intent, move, look at the disk, write the outcome. One failure costs one photo;
a journal that cannot be written and a keeper that vanishes end the batch.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from photodedup.core import journal
from photodedup.core.errors import JournalError, TrashError
from photodedup.core.journal import Writer
from photodedup.core.pace import Pace
from photodedup.core.trash.can import TrashCan
from photodedup.core.trash.proof import Proof, place_of, prove, prove_companion
from photodedup.core.trash.unit import EndOfBatchError, Part, Unit
from photodedup.core.values import Companion, Failure, Removal, Report, Stage, Tell


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
    with journal.start(journal_folder, len(removals)) as writer:
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


class _Batch:
    """One run: what was moved so far, and which files must not be touched or trusted any more."""

    def __init__(self, writer: Writer, can: TrashCan, pace: Pace) -> None:
        self._writer, self._can, self._pace = writer, can, pace
        self._moved: list[Path] = []
        self._failures: list[Failure] = []
        self._size = self._companions = self._number = 0
        self._stopped = False
        self._gone: set[tuple[int, int]] = set()
        self._kept: set[tuple[int, int]] = set()

    def report(self) -> Report:
        moved, failures = tuple(self._moved), tuple(self._failures)
        return Report(self._writer.id, moved, self._size, failures, self._stopped, self._companions)

    def run(self, removals: Sequence[Removal], stop: threading.Event | None) -> None:
        for number, removal in enumerate(removals):
            if stop is not None and stop.is_set():
                self._stopped = True
                break
            try:
                self._move_one(removal)
            except EndOfBatchError as error:
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

    def _move_one(self, removal: Removal) -> None:
        # A sidecar of several photos stays for as long as one of them does.
        companions = [each for each in removal.companions if not any(map(os.path.lexists, each.shared))]
        with ExitStack() as closer:
            proofs = _prove_all(removal, companions, closer)
            for proof in proofs:
                self._check_identities(proof, proofs)
            unit = Unit(self._writer, self._can, self._number)
            self._number += len(proofs)
            try:
                unit.move(proofs, ["", *(each.role.value for each in companions)])
            finally:
                self._count(unit.away)

    def _check_identities(self, proof: Proof, unit: Sequence[Proof]) -> None:
        """A file met under another name: what was kept stays, and what was moved keeps nothing."""
        if _identity(proof.photo) in self._kept:
            why = "it is the keeper of a photo that was moved before"
        elif _identity(proof.keeper) in self._gone:
            why = f"its keeper {place_of(proof.removal.keeper)} was itself moved before"
        elif _identity(proof.keeper) in {_identity(each.photo) for each in unit}:
            why = f"its keeper {place_of(proof.removal.keeper)} would go with it"
        else:
            return
        raise TrashError(f"{proof.path.name} stays where it is: {why}. Scan again.")

    def _count(self, away: Sequence[Part]) -> None:
        for part in away:
            if part.intent.role:
                self._companions += 1
            else:
                self._moved.append(part.proof.path)
            self._size += part.proof.photo.st_size
            self._gone.add(_identity(part.proof.photo))
            self._kept.add(_identity(part.proof.keeper))


def _prove_all(removal: Removal, companions: Sequence[Companion], closer: ExitStack) -> list[Proof]:
    """The proofs of a photo and its companions, before any of them moves."""
    photo = closer.enter_context(prove(removal))
    try:
        return [photo, *(closer.enter_context(prove_companion(each, photo)) for each in companions)]
    except TrashError as error:
        raise TrashError(f"{photo.path.name} stays, because a companion of it does. {error}") from error


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino
