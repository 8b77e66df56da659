"""What is asked before photos are moved, and what is told after.

In: a plan, then a report. Out: the person's answer; from the report, the wish to undo or to scan again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from photodedup.core.plan import Plan
from photodedup.core.values import Failure, Report
from photodedup.gui import words
from photodedup.gui.dialogs import Buttons, Dialog, Roles

MOVED = "moved to the trash"
RESTORED = "put back"


@dataclass(frozen=True)
class Question:
    """What is asked before photos are moved.

    Attributes:
        plan: What would be moved.
        size: Its bytes.
        keepers: How many photos stay for them.
        folders: Rows of photos, size and folder, the most photos first.
    """

    plan: Plan
    size: int
    keepers: int
    folders: Sequence[tuple[str, str, str]]


def make_question(plan: Plan, roots: Sequence[Path]) -> Question:
    """Sums up a plan; slow for many photos, so called elsewhere."""
    photos, sizes = Counter[Path](), Counter[Path]()
    for removal in plan.removals:
        photos[removal.photo.path.parent] += 1
        sizes[removal.photo.path.parent] += removal.photo.size
    rows = [
        (f"{number:,}", words.size(sizes[folder]), words.folder(folder / "photo", roots))
        for folder, number in photos.most_common()
    ]
    return Question(plan, plan.size, plan.keepers, rows)


class MoveDialog(Dialog):
    """Says what will happen before it happens; Cancel is the default."""

    def __init__(self, question: Question, parent: QWidget) -> None:
        super().__init__("Move to trash", parent, width=104 if question.plan.refusals else 70)
        number, refusals = len(question.plan.removals), question.plan.refusals
        self.say(f"Move {words.count(number, 'photo')} to the trash? ({words.size(question.size)})", "title")
        self.say(
            f"What stays: {words.count(question.keepers, 'photo')}, a match for each. "
            "Before each move, both files are checked once more. "
            "They can be put back at any time from History."
        )
        self.add_table(("Photos", "Size", "From folder"), question.folders, (80, 100))
        if refusals:
            self.say(f"{words.count(len(refusals), 'marked photo')} will stay:", "strong")
            self.add_table(("Stays", "Why"), refusals, (240,), failure_row)
        cancel = self.buttons.addButton(Buttons.Cancel)
        self.add_button("Move to trash", Roles.AcceptRole, primary=True).setEnabled(number > 0)
        self.finish(cancel)


class ReportDialog(Dialog):
    """Says what happened, with Undo.

    Signals:
        undo: The batch to be put back.
        scan: The person wants to scan again.
    """

    undo = Signal(str)
    scan = Signal()

    def __init__(self, report: Report, verb: str, parent: QWidget) -> None:
        super().__init__("Report", parent, width=104 if report.failures else 70)
        self._batch = report.batch
        self.say(f"{words.count(len(report.moved), 'photo')} {verb} ({words.size(report.size)}).", "title")
        if report.stopped:
            self.say("It was stopped before the end; the others are where they were.")
        if report.failures:
            self.say(f"{words.count(len(report.failures), 'photo')} could not be {verb}:", "strong")
            self.add_table(("Photo", "What happened"), report.failures, (240,), failure_row)
        close = self.buttons.addButton(Buttons.Close)
        if report.failures and verb == MOVED:
            self.add_button("Scan again", Roles.ActionRole).clicked.connect(self._scan)
        if report.moved and verb == MOVED:
            self.add_button("Undo", Roles.ActionRole).clicked.connect(self._undo)
        self.finish(close)

    @Slot()
    def _scan(self) -> None:
        self.scan.emit()
        self.accept()

    @Slot()
    def _undo(self) -> None:
        self.undo.emit(self._batch)
        self.accept()


def failure_row(failure: Failure) -> tuple[str, str]:
    """A failure as a row of a table."""
    return words.shown(failure.path.name), words.shown(failure.sentence)
