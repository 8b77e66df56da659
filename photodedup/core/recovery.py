"""Recognises a move that ended in the middle, and brings its journal to rest.

In: the folder of the journals. Out: what a crash or a power cut left open, told by where each file really is;
then, if the person leaves the photos where they are, the missing outcomes. To put them back is `undo`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from photodedup.core import journal
from photodedup.core.journal import JournalEntry
from photodedup.core.trash.known import is_photo
from photodedup.core.undo import bring_to_rest

_LATEST = 5
"""Batches that are looked at; what is older is left to the history."""


@dataclass(frozen=True)
class Interrupted:
    """A batch that did not come to its end.

    Attributes:
        batch: Its name in the history.
        away: How many of its photos are away, seen on the disk.
        planned: How many were to be moved, or 0 where the journal does not say.
    """

    batch: str
    away: int
    planned: int


def interrupted(journal_folder: Path) -> Interrupted | None:
    """The latest batch that did not come to its end and on which nobody works; changes nothing.

    Raises:
        JournalError: The journals cannot be read.
    """
    for batch in islice(journal.newest_first(journal_folder), _LATEST):
        if journal.is_interrupted(batch):
            away = sum(_is_away(entry) for entry in batch.photos)
            return Interrupted(batch.id, away, batch.planned)
    return None


def settle(journal_folder: Path, batch_id: str) -> None:
    """Notes where each photo of an interrupted batch is, so that the batch counts as finished.

    Raises:
        JournalError: The journal cannot be read or written, or another process works on it.
    """
    with journal.resume(journal.read_batch(journal_folder, batch_id)) as writer:
        bring_to_rest(writer, journal.read_batch(journal_folder, batch_id))


def _is_away(entry: JournalEntry) -> bool:
    """Whether a photo is in the trash, as far as the trash says where."""
    intent = entry.intent
    if intent.place is None:
        return entry.may_be_away and not is_photo(intent.photo, intent)
    return entry.may_be_away and is_photo(intent.place, intent)
