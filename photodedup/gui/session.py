"""What the window shows: the library, the position of the slider, the groups and the person's marks.

In: a finished or partial search, moves of the slider, commands. Out: signals that say what to repaint. Knows
no widget; everything here is quick enough for the window's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from photodedup.core.group import leave_out
from photodedup.core.line import Found
from photodedup.core.plan import Plan, plan_from_marks
from photodedup.core.review import Review
from photodedup.core.suggest import NO_KEEPER, Suggestions
from photodedup.core.values import Groups, Kind, Mark

Proposal = tuple[Path, list[Path]]
"""A proposed keeper, and all photos of its group."""

TRASHED = 2
CODES = {None: 0, Mark.KEEP: 1, Mark.TRASH: TRASHED}


@dataclass(frozen=True)
class Opened:
    """What a search found so far, made ready in its own thread so that showing it costs the window little.

    Attributes:
        found: The result.
        marks: The marks of earlier days, each with the content it was for.
        index: The place of each photo in the library.
    """

    found: Found
    marks: Mapping[Path, tuple[bytes, Mark]] = field(default_factory=dict)
    index: Mapping[Path, int] = field(default_factory=dict)


def make_ready(found: Found, marks: Mapping[Path, tuple[bytes, Mark]]) -> Opened:
    """Works out what the window will ask for at once."""
    found.suggest(found.recipe.threshold)
    _ = found.counts
    return Opened(found, marks, {photo.path: number for number, photo in enumerate(found.library.photos)})


class Session(QObject):
    """The state of one review.

    Signals:
        groups_changed: The list of groups is another one.
        current_changed: Another group or photo is looked at.
        marks_changed: Some photos' marks changed.
    """

    groups_changed = Signal()
    current_changed = Signal()
    marks_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.found = Found()
        self.threshold = self.found.recipe.threshold
        self.review = Review()
        self.kind: Kind | None = None
        self.shown = self.found.suggest(self.threshold)
        self.counts: Mapping[Kind, int] = {}
        self.current = -1
        self.photo = 0
        self._touched = False
        self._gone: set[Path] = set()
        self._unsaved: set[Path] = set()
        self._gone_mask = np.zeros(0, bool)
        self._codes = np.zeros(0, np.int8)
        self._index: Mapping[Path, int] = {}

    def begin(self) -> None:
        """Forgets everything, for other folders."""
        self.review, self._gone, self._touched = Review(), set(), False
        self.show_found(Opened(Found(recipe=self.found.recipe)))

    def show_found(self, opened: Opened) -> None:
        """Takes a new result of the search; marks of earlier days join where the photo is still the same."""
        found = opened.found
        if found.recipe != self.found.recipe:
            self.threshold = found.recipe.threshold
        anchor = self._anchor_path()
        self.found = found
        self._index = opened.index
        self._adopt(opened.marks)
        self._codes = np.zeros(len(found.library), np.int8)
        self._recode(self.review.marks)
        self._gone_mask = self._mask(self._gone)
        self._regroup(anchor)

    def set_threshold(self, threshold: int) -> None:
        """Moves the slider: other groups of the same photos."""
        if threshold != self.threshold:
            self.threshold = threshold
            self._regroup(self._anchor_path())

    def set_kind(self, kind: Kind | None) -> None:
        """Shows only groups of one kind, or all with None."""
        if kind is not self.kind:
            self.kind = kind
            self._regroup(self._anchor_path())

    def take_away(self, paths: Iterable[Path]) -> None:
        """Leaves out photos that were moved to the trash; no scan is needed."""
        gone = set(paths)
        self._gone |= gone
        self._unsaved |= gone
        self.review.forget(gone)
        self._recode(dict.fromkeys(gone))
        self._gone_mask = self._mask(self._gone)
        self._regroup(self._anchor_path())

    def bring_back(self, paths: Iterable[Path]) -> None:
        """Shows photos again that were put back."""
        self._gone -= set(paths)
        self._gone_mask = self._mask(self._gone)
        self._regroup(self._anchor_path())

    def select(self, group: int, photo: int = 0) -> None:
        """Looks at a group and one of its photos."""
        self._touched = True
        if 0 <= group < len(self.shown) and (group, photo) != (self.current, self.photo):
            self.current, self.photo = group, max(0, min(photo, len(self.shown.groups[group]) - 1))
            self.current_changed.emit()

    def group(self) -> list[int]:
        """The photos of the group that is looked at, the proposed keeper first: indices into the library."""
        if self.current < 0:
            return []
        photos = [int(photo) for photo in self.shown.groups[self.current]]
        return sorted(photos, key=lambda photo: photo != self.keeper())

    def paths(self, group: Iterable[int]) -> list[Path]:
        """The paths of photos."""
        return [self.found.library.photos[photo].path for photo in group]

    def keeper(self) -> int | None:
        """The proposed keeper of the group that is looked at."""
        keeper = int(self.shown.keeper[self.current]) if self.current >= 0 else NO_KEEPER
        return None if keeper == NO_KEEPER else keeper

    def mark(self, photo: int) -> Mark | None:
        """The mark of a photo."""
        return self.review.mark(self.found.library.photos[photo].path)

    def codes(self, group: int) -> np.ndarray:
        """The marks of a group as small numbers, see `CODES`."""
        return self._codes[self.shown.groups[group]]

    def apply(self, changed: set[Path]) -> None:
        """Repaints what a command of the review changed."""
        if changed:
            self._unsaved |= changed
            self._recode({path: self.review.mark(path) for path in changed})
            self.marks_changed.emit()

    def unsaved(self) -> Callable[[], dict[Path, tuple[bytes, Mark | None]]]:
        """Takes the marks that changed since the last call; the contents are added where it is called."""
        changed = {path: self.review.mark(path) for path in self._unsaved}
        self._unsaved = set()
        index, seen = self._index, self.found.library.fingerprints
        return lambda: {
            path: (seen[index[path]].content, mark) for path, mark in changed.items() if path in index
        }

    @property
    def has_unsaved(self) -> bool:
        """Whether marks changed since they were last remembered."""
        return bool(self._unsaved)

    def proposals(self) -> Callable[[], list[Proposal]]:
        """What would make the proposals of all shown groups; slow for many, so called elsewhere."""
        shown, photos = self.shown, self.found.library.photos
        return lambda: [
            (photos[int(shown.keeper[each])].path, [photos[int(photo)].path for photo in shown.groups[each]])
            for each in np.flatnonzero(shown.keeper != NO_KEEPER).tolist()
        ]

    def accept(self, proposals: Sequence[Proposal]) -> None:
        """Marks every group without a decision as proposed, as one step that can be undone."""
        self.apply(self.review.accept(proposals))

    def totals(self) -> tuple[int, int, int]:
        """Photos that will move, their bytes, and marked photos that can't because their group keeps none."""
        groups = self._all_groups()
        if not len(groups):
            return 0, 0, 0
        trash = self._codes[groups.members] == TRASHED
        lengths = np.diff(groups.starts)
        whole = np.add.reduceat(trash, groups.starts[:-1], dtype=np.int64) == lengths
        held = np.repeat(whole, lengths)
        moving = groups.members[trash & ~held]
        return len(moving), int(self.found.library.sizes()[moving].sum()), int((trash & held).sum())

    def plan(self) -> Callable[[], Plan]:
        """What makes the plan of what is marked now, at this position of the slider; called elsewhere."""
        found, threshold, gone = self.found, self.threshold, self._gone_mask
        review = Review(self.review.marks)

        def make() -> Plan:
            everything = found.suggest(threshold, without=gone)
            return plan_from_marks(found.library, found.matches, everything, review)

        return make

    def next_open(self) -> int:
        """The next group without a decision after the present one, else the next one."""
        for number in range(self.current + 1, len(self.shown)):
            if not self.codes(number).any():
                return number
        return min(self.current + 1, len(self.shown) - 1)

    def _all_groups(self) -> Groups:
        return leave_out(self.found.tree.cut(self.threshold), self._gone_mask)

    def _regroup(self, anchor: Path | None) -> None:
        everything: Suggestions = self.found.suggest(self.threshold, without=self._gone_mask)
        numbers, counted = np.unique(everything.kind, return_counts=True)
        self.counts = {Kind(int(n)): int(c) for n, c in zip(numbers, counted, strict=True)}
        self.shown = everything if self.kind is None else everything.only(self.kind)
        self._find(anchor)
        self.groups_changed.emit()
        self.current_changed.emit()

    def _anchor_path(self) -> Path | None:
        group = self.group() if self._touched else []
        return self.found.library.photos[group[self.photo]].path if group else None

    def _find(self, anchor: Path | None) -> None:
        """Goes on looking at a photo, else at the group that has come to its place."""
        groups, number = self.shown.groups, self._index.get(anchor, -1) if anchor else -1
        at = np.flatnonzero(groups.members == number)
        if len(at):
            self.current = int(np.searchsorted(groups.starts, at[0], side="right")) - 1
            self.photo = self.group().index(number)
        else:
            self.current = min(max(self.current, 0) if self._touched else 0, len(groups) - 1)
            self.photo = 0

    def _recode(self, marks: Mapping[Path, Mark | None]) -> None:
        for path, mark in marks.items():
            if (number := self._index.get(path)) is not None:
                self._codes[number] = CODES[mark]

    def _adopt(self, stored: Mapping[Path, tuple[bytes, Mark]]) -> None:
        seen = self.found.library.fingerprints
        self.review.adopt(
            {
                path: mark
                for path, (content, mark) in stored.items()
                if path in self._index and seen[self._index[path]].content == content
            }
        )

    def _mask(self, paths: Iterable[Path]) -> np.ndarray:
        mask = np.zeros(len(self.found.library), bool)
        mask[[self._index[path] for path in paths if path in self._index]] = True
        return mask
