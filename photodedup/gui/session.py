"""What the window shows: the library, the position of the slider, the groups and the person's marks.

In: a finished or partial search, moves of the slider, commands. Out: signals that say what to repaint. Knows
no widget; everything here is quick enough for the window's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QObject, Signal

from photodedup.core.line import Found
from photodedup.core.plan import Plan, plan_from_marks
from photodedup.core.review import Review
from photodedup.core.suggest import NO_KEEPER
from photodedup.core.values import Kind, Mark
from photodedup.gui.opened import Marks, Opened

Proposal = tuple[Path, list[Path]]
"""A proposed keeper, and all photos of its group."""

EMPTY: Mapping[str, int] = MappingProxyType({})
TRASHED = 2
CODES = {None: 0, Mark.KEEP: 1, Mark.TRASH: TRASHED}


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

    def __init__(self, parent: QObject | None = None, thresholds: Mapping[str, int] = EMPTY) -> None:
        super().__init__(parent)
        self.found = Found()
        self.thresholds = dict(thresholds)
        self.threshold = self.thresholds.get(self.found.recipe.name, self.found.recipe.threshold)
        self.review = Review()
        self.kind: Kind | None = None
        self.shown = self._everything = self.found.suggest(self.threshold)
        self.counts: Mapping[Kind, int] = {}
        self.current = -1
        self.photo = 0
        self._touched = False
        self._gone: set[Path] = set()
        self._gone_before: set[Path] = set()
        self._taken: dict[Path, Mark] = {}
        self._contents: dict[Path, bytes] = {}
        self._decided: set[Path] = set()
        self._unsaved: dict[Path, tuple[bytes, Mark | None]] = {}
        self._gone_mask = np.zeros(0, bool)
        self._codes = np.zeros(0, np.int8)
        self._index: Mapping[Path, int] = {}

    def begin(self) -> None:
        """Forgets everything, for other folders."""
        self.review, self._touched = Review(), False
        self._gone, self._gone_before, self._contents, self._decided = set(), set(), {}, set()
        self.show_found(Opened(Found(recipe=self.found.recipe)))

    def scan_begins(self) -> None:
        """From now on a scan looks: what it finds is there again, but for what is moved meanwhile."""
        self._gone_before = set(self._gone)

    def show_found(self, opened: Opened) -> None:
        """Takes a new result of the search; a mark stays where the photo is still the same."""
        found = opened.found
        if found.recipe != self.found.recipe:
            self.threshold = self.thresholds.get(found.recipe.name, found.recipe.threshold)
        anchor = self._anchor_path()
        self.found, self._index = found, opened.index
        self._gone -= self._gone_before
        self._gone_before = set()
        self._drop_changed()
        self._adopt(opened.marks)
        self._codes = np.zeros(len(found.library), np.int8)
        self._recode(self.review.marks)
        self._gone_mask = self._mask(self._gone)
        self._regroup(anchor)

    def set_threshold(self, threshold: int) -> None:
        """Moves the slider: other groups of the same photos."""
        if threshold != self.threshold:
            self.threshold = self.thresholds[self.found.recipe.name] = threshold
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
        self._taken.update((path, self.review.marks[path]) for path in gone & self.review.marks.keys())
        self._note(gone & self.review.marks.keys(), forget=True)
        self.review.forget(gone)
        self._recode(dict.fromkeys(gone))
        self._gone_mask = self._mask(self._gone)
        self._regroup(self._anchor_path())
        self.marks_changed.emit()

    def bring_back(self, paths: Iterable[Path]) -> None:
        """Shows photos again that were put back, with the marks they had."""
        back = set(paths)
        self._gone -= back
        marks = {path: self._taken.pop(path) for path in back & self._taken.keys()}
        self.review.adopt(marks)
        self._note(marks)
        self._recode(marks)
        self._gone_mask = self._mask(self._gone)
        self._regroup(self._anchor_path())
        self.marks_changed.emit()

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
            self._note(changed)
            self._recode({path: self.review.mark(path) for path in changed})
            self.marks_changed.emit()

    def apply_and_go(self, changed: set[Path]) -> None:
        """Repaints what was changed, and looks at one of its groups unless it is looked at."""
        self.apply(changed)
        if changed and not changed & set(self.paths(self.group())):
            self._touched = True
            self._find(min(changed))
            self.current_changed.emit()

    def unsaved(self) -> dict[Path, tuple[bytes, Mark | None]]:
        """The marks that changed since the last call, each with its content."""
        changes, self._unsaved = self._unsaved, {}
        return changes

    def remember_again(self, changes: Mapping[Path, tuple[bytes, Mark | None]]) -> None:
        """Takes back changes that could not be remembered."""
        self._unsaved = {**changes, **self._unsaved}

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
        groups = self._everything.groups
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
        found, everything, review = self.found, self._everything, Review(self.review.marks)
        return lambda: plan_from_marks(found.library, found.matches, everything, review)

    def next_open(self) -> int:
        """The next group without a decision after the present one, else the next one."""
        for number in range(self.current + 1, len(self.shown)):
            if not self.codes(number).any():
                return number
        return min(self.current + 1, len(self.shown) - 1)

    def _regroup(self, anchor: Path | None) -> None:
        self._everything = everything = self.found.suggest(self.threshold, without=self._gone_mask)
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

    def _adopt(self, stored: Marks) -> None:
        """Takes marks of earlier days, but none for what was decided or moved in this session."""
        fresh = {
            path: mark
            for path, (content, mark) in stored.items()
            if path not in self._decided and path not in self._gone and self._content(path) == content
        }
        self._contents.update((path, stored[path][0]) for path in fresh)
        self.review.adopt(fresh)

    def _drop_changed(self) -> None:
        """A photo that is another one now has no mark."""
        seen = {path: self._content(path) for path in self.review.marks}
        changed = {path for path, now in seen.items() if now is not None and now != self._contents.get(path)}
        self._note(changed, forget=True)
        self.review.forget(changed)

    def _note(self, paths: Iterable[Path], forget: bool = False) -> None:
        """Notes marks to be remembered, with the content they are for."""
        for path in paths:
            content = self._contents.get(path) if forget else self._content(path)
            if content is not None:
                self._contents[path] = content
                self._unsaved[path] = content, None if forget else self.review.mark(path)
            self._decided.add(path)

    def _content(self, path: Path) -> bytes | None:
        number = self._index.get(path)
        return None if number is None else self.found.library.seen.rows["content"][number].tobytes()

    def _mask(self, paths: Iterable[Path]) -> np.ndarray:
        mask = np.zeros(len(self.found.library), bool)
        mask[[self._index[path] for path in paths if path in self._index]] = True
        return mask
