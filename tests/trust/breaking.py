"""A library whose batch and undo are broken at will, and what must be true of it afterwards.

In: a folder, how many pairs of photos. Out: the checks that every sweep shares: nothing lost, the journal
consistent, undo whole.
"""

import os
from pathlib import Path

from photodedup.core import journal
from photodedup.core.errors import UndoError
from photodedup.core.trash import move_to_trash, trash_can
from photodedup.core.undo import put_back
from photodedup.core.values import Report
from tests.core.trash.library import contents, pairs, tree


def files(folder: Path) -> dict[str, tuple[bytes | None, int, int]]:
    """The files below a folder with content, mode and time; the folders' own dates are left out."""
    return {name: facts for name, facts in tree(folder).items() if facts[0] is not None}


class Library:
    """Pairs of photos, a trash and a journal, all below one folder, which is the data folder's volume."""

    def __init__(self, folder: Path, count: int = 3) -> None:
        self.root, self.journal = folder, folder / "journal"
        self.removals = pairs(folder / "library", count)
        self.before = files(folder / "library")
        self.contents = contents(folder / "library")

    def use(self) -> None:
        """Makes the trash of this library the home trash of this process."""
        os.environ["XDG_DATA_HOME"] = str(self.root / "data")

    def trash(self) -> Report:
        """Moves the copy of every pair."""
        return move_to_trash(self.removals, self.journal, trash_can())

    def undo(self) -> Report | None:
        """Puts the latest batch back; None where there is nothing to put back."""
        try:
            return put_back(self.journal)
        except UndoError:
            return None

    def away(self) -> set[Path]:
        """The photos that are not in their place."""
        return {each.photo.path for each in self.removals if not each.photo.path.exists()}

    def check_nothing_lost(self) -> None:
        """Every content is still there, every keeper in its place, and the journal is whole."""
        assert contents(self.root / "library", self.root / "data") == self.contents
        assert all(each.keeper.path.exists() for each in self.removals)
        assert not any(batch.damaged for batch in journal.batches(self.journal))

    def check_undo_is_whole(self) -> None:
        """One undo brings back name, place, time and mode of all, and leaves nothing in the trash."""
        report = self.undo()
        assert report is None or report.failures == ()
        assert files(self.root / "library") == self.before
        assert contents(self.root / "data") == []
        assert not any(batch.restorable for batch in journal.batches(self.journal))
