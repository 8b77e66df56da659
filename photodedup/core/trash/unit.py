"""Moves one photo with its companions: together or not at all.

In: the proofs of a photo and its companions. Out: what moved, seen on disk. Places for all are reserved
before the first moves; each one's intent is on disk before its move; when one cannot move, those that moved
are put back.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from photodedup.core import disk
from photodedup.core.errors import JournalError, TrashError
from photodedup.core.journal import Intent, Writer
from photodedup.core.trash.can import Slot, TrashCan
from photodedup.core.trash.proof import Proof, place_of


class EndOfBatchError(TrashError):
    """What went wrong concerns all photos that are left."""


@dataclass(frozen=True)
class Part:
    """One file of a unit that is in the trash.

    Attributes:
        slot: Its place.
        intent: What the journal knows of it.
        folder_after_ns: When its folder was changed by the move, or 0.
    """

    slot: Slot
    intent: Intent
    folder_after_ns: int

    @property
    def proof(self) -> Proof:
        """That it may be moved."""
        return self.slot.proof


class Unit:
    """One photo with its companions on the way to the trash.

    Args:
        writer: The journal.
        can: The trash.
        number: Of the photo in the journal; those of its companions follow.

    Attributes:
        away: What is in the trash; all or nothing, unless the disk refuses to bring something back.
    """

    def __init__(self, writer: Writer, can: TrashCan, number: int) -> None:
        self._writer, self._can, self._number = writer, can, number
        self.away: list[Part] = []
        self._stuck: list[Part] = []

    def move(self, proofs: Sequence[Proof], roles: Sequence[str]) -> None:
        """Moves all, or nothing.

        Args:
            proofs: Of the photo, then of its companions.
            roles: What each is beside the photo; empty for the photo.

        Raises:
            TrashError: One of them cannot be moved; the others are where they were, or the sentence says so.
            EndOfBatchError: The same, and nothing more must be moved.
        """
        slots = self._reserve(proofs)
        for place, (slot, role) in enumerate(zip(slots, roles, strict=True)):
            try:
                self._move_part(slot, self._number + place, role)
            except TrashError as error:
                for waiting in slots[place + 1 :]:
                    self._release(waiting)
                raise self._return_all(error, place) from error
        for part in self.away:
            self._note_moved(part)

    def _reserve(self, proofs: Sequence[Proof]) -> list[Slot]:
        slots: list[Slot] = []
        try:
            for proof in proofs:
                slots.append(self._can.reserve(proof))
        except TrashError:
            for slot in slots:
                self._release(slot)
            raise
        return slots

    def _move_part(self, slot: Slot, number: int, role: str) -> None:
        proof = slot.proof
        intent = replace(_intent(number, slot, _folder_time(proof)), unit=self._number, role=role)
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
        self.away.append(Part(slot, replace(intent, place=place), _folder_time(proof)))

    def _intend(self, slot: Slot, intent: Intent) -> None:
        try:
            self._writer.intend(intent)
        except JournalError as error:
            self._release(slot)
            raise EndOfBatchError(f"{slot.proof.path.name} stays where it is. {error}") from error

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
            part = Part(slot, replace(intent, place=place), _folder_time(proof))
            self._stuck.append(part)
            self._note_moved(part)
        else:
            # The intent stays open, so that undo looks again.
            sentence = f"{trouble} It is not in its place, where another program must have changed it."
        return type(trouble)(sentence)

    def _return_all(self, trouble: TrashError, place: int) -> TrashError:
        """Puts back what moved before one could not, and tells what did not come back."""
        back = [part for part in reversed(self.away) if _is_back(part)]
        told = [] if place == 0 else [_because(self.away[0], back, trouble)]
        told += [
            f"{part.proof.path.name} could not be put back and is in the trash."
            for part in self.away
            if part not in back
        ]
        kind = type(trouble)
        self.away = [part for part in self.away if part not in back]
        try:
            for part in back:
                self._note_failed(part.slot, part.intent.number, told[0])
            for part in self.away:
                self._note_moved(part)
        except EndOfBatchError:
            # What is not noted is an open intent, and undo looks where it is.
            kind = EndOfBatchError
        self.away += self._stuck
        return kind(" ".join(told or [str(trouble)]))

    def _note_moved(self, part: Part) -> None:
        try:
            self._writer.moved(part.intent, part.folder_after_ns)
        except JournalError as error:
            raise EndOfBatchError(f"{part.proof.path.name} was moved to the trash. {error}") from error

    def _note_failed(self, slot: Slot, number: int, sentence: str) -> None:
        self._release(slot)
        try:
            self._writer.failed(number, sentence)
        except JournalError as error:
            raise EndOfBatchError(f"{sentence} {error}") from error

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
        keeper = place_of(proof.removal.keeper)
        return EndOfBatchError(f"{name} was not kept in the trash, because its keeper {keeper} has vanished.")
    return None


def _because(photo: Part, back: Sequence[Part], trouble: TrashError) -> str:
    """Why a photo did not go, where the trouble was with a companion."""
    stays = f"{photo.proof.path.name} stays, because a companion of it does. " if photo in back else ""
    return f"{stays}{trouble}"


def _is_back(part: Part) -> bool:
    if part.intent.place is not None:
        _bring_back(part.proof, part.intent.place)
    return part.proof.is_photo(part.proof.path)


def _bring_back(proof: Proof, place: Path) -> None:
    # Whatever fails here shows in the look at the disk that follows.
    with suppress(OSError):
        if not proof.is_at(proof.path):
            disk.rename_no_replace(place, proof.path)
            disk.sync_folder(proof.path.parent)
        elif proof.is_at(place):
            disk.drop_second_name(place, proof.path)


def _folder_time(proof: Proof) -> int:
    """When the photo's folder was last changed, in nanoseconds; 0 where it cannot be looked at."""
    try:
        return proof.path.parent.stat().st_mtime_ns
    except OSError:
        return 0
