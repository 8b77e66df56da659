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
from photodedup.core.suggest import NO_KEEPER, direct
from photodedup.core.values import Kind, Mark, Pairs
from photodedup.gui.decisions import TRASHED, Decisions
from photodedup.gui.opened import Opened
from photodedup.gui.totals import Totals, total

Proposal = tuple[Path, list[Path]]
"""A proposed keeper, and with it the photos that are proposed for the trash."""

EMPTY: Mapping[str, int] = MappingProxyType({})


class Session(QObject):
    """The state of one review.

    Signals:
        groups_changed: The list of groups is another one.
        current_changed: Another group or photo is looked at.
        marks_changed: Some photos' marks changed.
        gone_changed: Photos were moved or put back, so that the histogram is to be counted again.
        histogram_changed: The histogram is another one.
    """

    groups_changed = Signal()
    current_changed = Signal()
    marks_changed = Signal()
    gone_changed = Signal()
    histogram_changed = Signal()

    def __init__(self, parent: QObject | None = None, thresholds: Mapping[str, int] = EMPTY) -> None:
        super().__init__(parent)
        self.found = Found()
        self.thresholds = dict(thresholds)
        self.threshold = self.thresholds.get(self.found.recipe.name, self.found.recipe.threshold)
        self.decisions = Decisions()
        self.kinds: frozenset[Kind] = frozenset()
        self.pairs = Pairs.TOGETHER
        self.shown = self._everything = self.found.suggest(self.threshold)
        self.counts: Mapping[Kind, int] = {}
        self.current = -1
        self.photo = 0
        self._touched = False
        self._gone: set[Path] = set()
        self._gone_before: set[Path] = set()
        self.gone = np.zeros(0, bool)
        self.histogram: Sequence[int] = ()
        self._index: Mapping[Path, int] = {}
        self._paths: Mapping[int, Path] = {}
        self.beside: Mapping[int, tuple[str, ...]] = {}
        self._group: list[int] | None = None
        self._totals: Totals | None = None

    @property
    def review(self) -> Review:
        """The marks, with undo and redo."""
        return self.decisions.review

    def begin(self) -> None:
        """Forgets everything, for other folders."""
        self.decisions.begin()
        self._touched, self._gone, self._gone_before = False, set(), set()
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
        self.found, self._index, self._paths = found, opened.index, opened.paths
        self.beside = opened.beside
        self._gone -= self._gone_before
        self._gone_before = set()
        self.decisions.show_found(opened, self._gone)
        self.gone, self.histogram = self._mask(self._gone), found.counts
        self._regroup(anchor)
        if self.gone.any():
            self.gone_changed.emit()

    def set_threshold(self, threshold: int) -> None:
        """Moves the slider: other groups of the same photos."""
        if threshold != self.threshold:
            self.threshold = self.thresholds[self.found.recipe.name] = threshold
            self._regroup(self._anchor_path())

    def set_kinds(self, kinds: frozenset[Kind]) -> None:
        """Shows only groups of some kinds, or all with none."""
        if kinds != self.kinds:
            self.kinds = kinds
            self._regroup(self._anchor_path())

    def take_away(self, paths: Iterable[Path]) -> None:
        """Leaves out photos that were moved to the trash; no scan is needed."""
        gone = set(paths)
        self._gone |= gone
        self.decisions.take_away(gone)
        self._show_what_is_there()

    def bring_back(self, paths: Iterable[Path], marked: bool) -> None:
        """Shows photos again that were put back, with the marks they had or without any."""
        back = set(paths)
        self._gone -= back
        self.decisions.bring_back(back, marked)
        self._show_what_is_there()

    def _show_what_is_there(self) -> None:
        self.gone = self._mask(self._gone)
        self._regroup(self._anchor_path())
        self.marks_changed.emit()
        self.gone_changed.emit()

    def show_histogram(self, counts: Sequence[int]) -> None:
        """Takes how many groups of what is there now each distance would give."""
        self.histogram = counts
        self.histogram_changed.emit()

    def select(self, group: int, photo: int = 0) -> None:
        """Looks at a group and one of its photos."""
        self._touched = True
        if 0 <= group < len(self.shown) and (group, photo) != (self.current, self.photo):
            self._look_at(group)
            self.photo = max(0, min(photo, len(self.group()) - 1))
            self.current_changed.emit()

    def group(self) -> list[int]:
        """The photos of the group that is looked at, the proposed keeper first: indices into the library."""
        if self._group is None:
            photos = self.shown.groups[self.current].tolist() if self.current >= 0 else []
            keeper = self.keeper()
            self._group = sorted(photos, key=lambda photo: photo != keeper)
        return self._group

    def matching(self, photo: int) -> list[int]:
        """The photos of the group that is looked at that match one of them directly, itself included."""
        groups = self.shown.groups
        matching = direct(self.found.matches, groups, self.current, photo)
        return groups[self.current][matching].tolist()

    def paths(self, group: Iterable[int]) -> list[Path]:
        """The paths of photos that are in a group."""
        return [self._paths[photo] for photo in group]

    def keeper(self) -> int | None:
        """The proposed keeper of the group that is looked at."""
        keeper = int(self.shown.keeper[self.current]) if self.current >= 0 else NO_KEEPER
        return None if keeper == NO_KEEPER else keeper

    def mark(self, photo: int) -> Mark | None:
        """The mark of a photo that is in a group."""
        return self.review.mark(self._paths[photo])

    def codes(self, group: int) -> np.ndarray:
        """The marks of a group as small numbers, see `CODES`."""
        return self.decisions.codes[self.shown.groups[group]]

    def apply(self, changed: set[Path]) -> None:
        """Repaints what a command of the review changed."""
        if changed:
            self.decisions.changed(changed)
            self._totals = None
            self.marks_changed.emit()

    def apply_and_go(self, changed: set[Path]) -> None:
        """Repaints what was changed, and looks at one of its groups unless it is looked at."""
        self.apply(changed)
        if changed and not changed & set(self.paths(self.group())):
            self._touched = True
            self._find(min(changed))
            self.current_changed.emit()

    def proposal(self) -> Proposal | None:
        """The proposal for the group that is looked at, or None where nothing is to go."""
        going = self.shown.proposal(self.current).tolist() if self.current >= 0 else []
        if not going:
            return None
        paths = self.paths([self.shown.anchor(self.current), *going])
        return paths[0], paths

    def holding(self) -> list[int]:
        """The photos of the group that is looked at which stay for a raw photo or a film."""
        return self.shown.holding(self.current).tolist() if self.current >= 0 else []

    def proposals(self) -> Callable[[], list[Proposal]]:
        """What would make the proposals of all shown groups; slow for many, so called elsewhere."""
        shown, paths = self.shown, self._paths
        return lambda: [
            (paths[keeper], [paths[photo] for photo in (keeper, *going)])
            for keeper, going in shown.proposals()
        ]

    def accept(self, proposals: Sequence[Proposal]) -> None:
        """Marks every group without a decision as proposed, as one step that can be undone."""
        self.apply(self.review.accept(proposals))

    def totals(self) -> Totals:
        """What the marks come to."""
        if self._totals is None:
            alone = self.pairs is Pairs.PHOTO_ONLY
            trash = self.decisions.codes == TRASHED
            self._totals = total(self.found, self._everything.groups, trash, alone)
        return self._totals

    def choose_pairs(self, pairs: Pairs) -> None:
        """Takes what shall go of photos with a raw photo or a film."""
        self.pairs, self._totals = pairs, None
        self.marks_changed.emit()

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

    def look_for(self, path: Path) -> bool:
        """Looks at a photo in its group, and tells whether it is in one at this similarity."""
        number = self._index.get(path, -1)
        if number not in self._everything.groups.members:
            return False
        if number not in self.shown.groups.members:
            self.set_kinds(frozenset())
        self._touched = True
        self._find(path)
        self.current_changed.emit()
        return True

    def _regroup(self, anchor: Path | None) -> None:
        self._totals = self._group = None
        self._everything = everything = self.found.suggest(self.threshold, without=self.gone)
        numbers, counted = np.unique(everything.kind, return_counts=True)
        self.counts = {Kind(int(n)): int(c) for n, c in zip(numbers, counted, strict=True)}
        self.shown = everything.only(*self.kinds) if self.kinds else everything
        self._find(anchor)
        self.groups_changed.emit()
        self.current_changed.emit()

    def current_path(self) -> Path | None:
        """The photo that is looked at."""
        group = self.group()
        return self._paths[group[self.photo]] if group else None

    def compared_pair(self) -> tuple[int, int] | None:
        """The photo that is looked at and the one that its group is compared with; at that, the next one."""
        group = self.group()
        if len(group) < 2:
            return None
        anchor = self.shown.anchor(self.current)
        photo = group[self.photo] if group[self.photo] != anchor else next(p for p in group if p != anchor)
        return photo, anchor

    def _anchor_path(self) -> Path | None:
        return self.current_path() if self._touched else None

    def _look_at(self, group: int) -> None:
        if group != self.current:
            self.current, self._group = group, None

    def _find(self, anchor: Path | None) -> None:
        """Goes on looking at a photo, else at the group that has come to its place."""
        groups, number = self.shown.groups, self._index.get(anchor, -1) if anchor else -1
        at = np.flatnonzero(groups.members == number)
        if len(at):
            self._look_at(int(np.searchsorted(groups.starts, at[0], side="right")) - 1)
            self.photo = self.group().index(number)
        else:
            self._look_at(min(max(self.current, 0) if self._touched else 0, len(groups) - 1))
            self.photo = 0

    def _mask(self, paths: Iterable[Path]) -> np.ndarray:
        mask = np.zeros(len(self.found.library), bool)
        mask[[self._index[path] for path in paths if path in self._index]] = True
        return mask
