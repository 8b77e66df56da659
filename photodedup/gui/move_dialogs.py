"""What is asked before photos are moved, and what is told after.

In: a plan, then a report. Out: the person's answer; from the report, the wish to undo or to scan again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QWidget

from photodedup.core.plan import Plan
from photodedup.core.recovery import Interrupted
from photodedup.core.scan.exclusions import REMOVED
from photodedup.core.values import Failure, Pairs, Report
from photodedup.gui import words
from photodedup.gui.dialogs import Buttons, Dialog, Roles

MOVED = "moved to the trash"
RESTORED = "put back"
PAIRS = {
    Pairs.TOGETHER: "all of it goes together",
    Pairs.RAW_ONLY: "only the raw photo goes",
    Pairs.PHOTO_ONLY: "only the JPEG or HEIC goes",
}


@dataclass(frozen=True)
class Question:
    """What is asked before photos are moved.

    Attributes:
        plan: What would be moved to the trash.
        whole: The same, and what has no trash but may go to a folder of its drive.
        paired: Whether there are raw photos or films among them, so that there is a choice.
        folders: Rows of photos, companion files if there are any, size of both, and folder; the most
            photos first.
    """

    plan: Plan
    whole: Plan
    paired: bool
    folders: Sequence[tuple[str, ...]]


def make_question(plan: Plan, whole: Plan, paired: bool, roots: Sequence[Path]) -> Question:
    """Sums up a plan; slow for many photos, so called elsewhere."""
    photos, beside, sizes = Counter[Path](), Counter[Path](), Counter[Path]()
    for removal in plan.removals:
        folder = removal.photo.path.parent
        photos[folder] += 1
        beside[folder] += len(removal.companions)
        sizes[folder] += removal.photo.size + sum(each.file.size for each in removal.companions)
    rows = []
    for folder, number in photos.most_common():
        companions = (f"{beside[folder]:,}",) if plan.companions else ()
        place = words.folder(folder / "photo", roots)
        rows.append((f"{number:,}", *companions, words.size(sizes[folder]), place))
    return Question(plan, whole, paired, rows)


class MoveDialog(Dialog):
    """Says what will happen before it happens; Cancel is the default.

    Signals:
        pairs_chosen: Another choice of what goes of photos with a raw photo or a film.
    """

    pairs_chosen = Signal(object)

    def __init__(self, question: Question, parent: QWidget) -> None:
        super().__init__("Move to trash", parent, width=120 if question.plan.refusals else 70)
        self._question, refusals = question, question.plan.refusals
        self._title = self.say("", "title")
        self.say(
            f"What stays: {words.count(question.plan.keepers, 'photo')}, a match for each. "
            "Before each move, both files are checked once more. "
            "They can be put back at any time from History."
        )
        beside = ("Companion files",) if question.plan.companions else ()
        widths = (80, 130, 100) if beside else (80, 100)
        self.add_table(("Photos", *beside, "Size", "From folder"), question.folders, widths)
        if refusals:
            self.say(f"{words.count(len(refusals), 'marked photo')} will stay:", "strong")
            self.add_table(("Stays", "Folder", "Why"), refusals, (180, 210), failure_row, sentences=True)
        self._folder = self._offer_folder(len(question.whole.removals) - len(question.plan.removals))
        if question.paired:
            self._offer_pairs()
        cancel = self.buttons.addButton(Buttons.Cancel)
        self._go = self.add_button("Move to trash", Roles.AcceptRole, primary=True)
        self._show_plan()
        self.finish(cancel)

    @property
    def to_folder(self) -> bool:
        """Whether what has no trash goes to a folder of its drive."""
        return self._folder.isChecked()

    @property
    def plan(self) -> Plan:
        """What the person agrees to."""
        return self._question.whole if self.to_folder else self._question.plan

    def _offer_folder(self, number: int) -> QCheckBox:
        photos = words.count(number, "photo has", "photos have")
        text = f"{photos} no trash: move to a folder {REMOVED} on the same drive"
        box = QCheckBox(text, self)
        box.setVisible(number > 0)
        box.toggled.connect(self._show_plan)
        self.column.addWidget(box)
        return box

    def _offer_pairs(self) -> None:
        row = QHBoxLayout()
        row.addWidget(QLabel("Of photos with a raw photo or a film:", self))
        choice = QComboBox(self)
        choice.setAccessibleName("What goes of photos with a raw photo or a film")
        for pairs, text in PAIRS.items():
            choice.addItem(text, pairs.value)
        choice.setCurrentIndex(choice.findData((self._question.plan.pairs or Pairs.TOGETHER).value))
        choice.activated.connect(self._choose_pairs)
        row.addWidget(choice, 1)
        self.column.addLayout(row)

    @Slot()
    def _show_plan(self) -> None:
        plan = self.plan
        where = f"the trash or to {REMOVED}" if self.to_folder else "the trash"
        files = words.files(len(plan.removals), plan.companions)
        self._title.setText(f"Move {files} to {where}? ({words.size(plan.size)})")
        self._go.setEnabled(len(plan.removals) > 0)

    @Slot(int)
    def _choose_pairs(self, place: int) -> None:
        chosen = list(PAIRS)[place]
        if chosen is not (self._question.plan.pairs or Pairs.TOGETHER):
            self.reject()
            self.pairs_chosen.emit(chosen)


class RecoveryDialog(Dialog):
    """Tells of a move that ended in the middle, and asks what shall become of it.

    Signals:
        put_back: The batch that shall be put back.
        leave: The batch that shall stay as it is.
    """

    put_back = Signal(str)
    leave = Signal(str)

    def __init__(self, found: Interrupted, parent: QWidget) -> None:
        super().__init__("The last move", parent)
        self._batch = found.batch
        of = f" of {found.planned:,}" if found.planned else ""
        one = found.away == 1 and not found.planned
        self.say("The last move ended in the middle.", "title")
        self.say(
            f"{found.away:,}{of} {'photo is' if one else 'photos are'} in the trash. Put them back, or leave "
            "them there? They can be put back later from History, too."
        )
        if found.planned > found.away:
            self.say("The others are where they were. What you marked still is: Move to trash goes on.")
        self.add_button("Put back", Roles.ActionRole, primary=True).clicked.connect(self._put_back)
        self.add_button("Leave in the trash", Roles.ActionRole).clicked.connect(self._leave)
        self.finish(self.buttons.addButton(Buttons.Close))

    @Slot()
    def _put_back(self) -> None:
        self.put_back.emit(self._batch)
        self.accept()

    @Slot()
    def _leave(self) -> None:
        self.leave.emit(self._batch)
        self.accept()


class ReportDialog(Dialog):
    """Says what happened, with Undo.

    Signals:
        undo: The batch to be put back.
        scan: The person wants to scan again.
    """

    undo = Signal(str)
    scan = Signal()

    def __init__(self, report: Report, verb: str, parent: QWidget) -> None:
        super().__init__("Report", parent, width=120 if report.failures else 70)
        self._batch = report.batch
        files = words.files(len(report.moved), report.companions)
        self.say(f"{files} {verb} ({words.size(report.size)}).", "title")
        if report.stopped:
            self.say("It was stopped before the end; the others are where they were.")
        if report.failures:
            self.say(f"{words.count(len(report.failures), 'photo')} could not be {verb}:", "strong")
            headings = ("Photo", "Folder", "What happened")
            self.add_table(headings, report.failures, (180, 210), failure_row, sentences=True)
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


def failure_row(failure: Failure) -> tuple[str, str, str]:
    """A failure as a row of a table, with its folder, since many photos of a library have one name."""
    path = failure.path
    return words.shown(path.name), words.shown(path.parent), words.shown(failure.sentence)
