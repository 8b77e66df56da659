"""What the person decided, photo by photo, and how to take it back.

In: commands on the photos of the group that is looked at. Out: marks by photo. They belong to photos and not
to groups, so that they survive every move of the slider; a group that ends up without a photo to keep is
refused by the plan and shown as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import cast

from photodedup.core.errors import LastPhotoError
from photodedup.core.values import Mark

Change = dict[Path, tuple[Mark | None, Mark | None]]
"""Photos whose mark one command changed, each with the mark before and after."""


class Review:
    """The marks, with undo and redo; each command is one step.

    Every command gives the photos whose mark changed, so that a window repaints just those.
    """

    def __init__(self, marks: Mapping[Path, Mark] = MappingProxyType({})) -> None:
        self._marks: dict[Path, Mark] = dict(marks)
        self._done: list[Change] = []
        self._undone: list[Change] = []

    @property
    def marks(self) -> Mapping[Path, Mark]:
        """The marks by photo; a photo without one is undecided. Not to be changed."""
        return MappingProxyType(self._marks)

    def mark(self, photo: Path) -> Mark | None:
        """The photo's mark, or None where it is undecided."""
        return self._marks.get(photo)

    def keep(self, photo: Path) -> set[Path]:
        """Marks a photo to be kept."""
        return self._apply({photo: Mark.KEEP})

    def trash(self, photo: Path, group: Sequence[Path]) -> set[Path]:
        """Marks a photo for the trash.

        Args:
            photo: The photo.
            group: All photos of its group.

        Raises:
            LastPhotoError: All others of the group are marked for the trash already.
        """
        others = [other for other in group if other != photo]
        if all(self.mark(other) is Mark.TRASH for other in others):
            raise LastPhotoError(f"{photo.name} is the last photo of its group. Keep another one first.")
        return self._apply({photo: Mark.TRASH})

    def keep_only(self, photo: Path, group: Sequence[Path]) -> set[Path]:
        """Marks one photo of a group to be kept and the others for the trash."""
        return self._apply({other: Mark.KEEP if other == photo else Mark.TRASH for other in group})

    def keep_all(self, group: Sequence[Path]) -> set[Path]:
        """Marks all photos of a group to be kept."""
        return self._apply(dict.fromkeys(group, Mark.KEEP))

    def accept(self, proposals: Iterable[tuple[Path, Sequence[Path]]]) -> set[Path]:
        """Takes the proposals for many groups as one step, leaving alone groups with a decision in them.

        Args:
            proposals: For each group its proposed keeper and all its photos.
        """
        wanted: dict[Path, Mark] = {}
        decided = self._marks.keys()
        for keeper, group in proposals:
            if not decided or decided.isdisjoint(group):  # to hash the paths of all photos takes a while
                wanted.update(dict.fromkeys(group, Mark.TRASH))
                wanted[keeper] = Mark.KEEP
        return self._apply(wanted)

    def adopt(self, marks: Mapping[Path, Mark]) -> None:
        """Takes over marks of an earlier day for photos that have none; not a step to be undone."""
        self._marks = {**marks, **self._marks}

    def forget(self, photos: Iterable[Path]) -> None:
        """Drops the marks of photos that were moved to the trash, in the history of commands too."""
        gone = set(photos)
        self._marks = {photo: mark for photo, mark in self._marks.items() if photo not in gone}
        for steps in (self._done, self._undone):
            kept = ({photo: marks for photo, marks in step.items() if photo not in gone} for step in steps)
            steps[:] = [step for step in kept if step]

    @property
    def can_undo(self) -> bool:
        """Whether there is a command to undo."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a command to redo."""
        return bool(self._undone)

    def undo(self) -> set[Path]:
        """Takes back the last command; nothing happens without one."""
        if not self._done:
            return set()
        step = self._done.pop()
        self._undone.append(step)
        return self._write({photo: before for photo, (before, _) in step.items()})

    def redo(self) -> set[Path]:
        """Does the last undone command again; nothing happens without one."""
        if not self._undone:
            return set()
        step = self._undone.pop()
        self._done.append(step)
        return self._write({photo: after for photo, (_, after) in step.items()})

    def _apply(self, wanted: Mapping[Path, Mark | None]) -> set[Path]:
        now = self._marks.get
        step = {p: (mark, after) for p, after in wanted.items() if (mark := now(p)) is not after}
        if not step:
            return set()
        self._done.append(step)
        self._undone.clear()
        same = len(step) == len(wanted)
        return self._write(wanted if same else {photo: after for photo, (_, after) in step.items()})

    def _write(self, marks: Mapping[Path, Mark | None]) -> set[Path]:
        self._marks.update(cast("Mapping[Path, Mark]", marks))  # those without a mark go at once
        for photo in [photo for photo, mark in marks.items() if mark is None]:
            del self._marks[photo]
        return set(marks)
