"""The few dialogs: folders, move to trash, report, skipped files, keys.

In: what there is to say. Out: the person's answer. Each opens without blocking, so that nothing ever waits
inside of a dialog's own loop.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from photodedup.core.plan import Plan
from photodedup.core.values import Failure, Report, Skipped
from photodedup.gui import words
from photodedup.gui.commands import COMMANDS, key_text
from photodedup.gui.table import Text, make_table
from photodedup.gui.theme import GRID

Buttons = QDialogButtonBox.StandardButton
Roles = QDialogButtonBox.ButtonRole
T = TypeVar("T")


class Dialog(QDialog):
    """A dialog with a column of things and its buttons below."""

    def __init__(self, title: str, parent: QWidget, width: int = 70) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(width * GRID)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        self.column.setSpacing(2 * GRID)
        self.buttons = QDialogButtonBox(self)
        self.buttons.rejected.connect(self.reject)
        self.buttons.accepted.connect(self.accept)

    def say(self, text: str, role: str = "") -> QLabel:
        """Adds a paragraph."""
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setProperty("role", role)
        self.column.addWidget(label)
        return label

    def add_table(
        self, headings: Sequence[str], rows: Sequence[T], widths: Sequence[int], text: Text[T] = tuple
    ) -> None:
        """Adds a table with its rows; `text` makes the texts of a row when it is seen."""
        view, model = make_table(headings, headings[0], self)
        model.set_rows(rows, text)
        for column, width in enumerate(widths):
            view.setColumnWidth(column, width)
        view.setMinimumHeight(min(12, len(rows) + 2) * 28)
        self.column.addWidget(view, 1)

    def add_button(self, text: str, role: QDialogButtonBox.ButtonRole, primary: bool = False) -> QPushButton:
        """Adds a button; the primary one is in the accent."""
        button = self.buttons.addButton(text, role)
        button.setAutoDefault(False)
        if primary:
            button.setProperty("role", "primary")
            button.style().polish(button)
        return button

    def finish(self, default: QPushButton) -> None:
        """Puts the buttons below everything; `default` is what Enter does."""
        self.column.addWidget(self.buttons)
        default.setDefault(True)
        default.setFocus()


class FoldersDialog(Dialog):
    """Chooses the folders to scan.

    Signals:
        chosen: The folders.
    """

    chosen = Signal(object)

    def __init__(self, folders: Sequence[Path], parent: QWidget) -> None:
        super().__init__("Folders", parent)
        self._folders: list[Path] = []
        self.say("Photos in these folders and the folders inside them are compared with each other.")
        self._list = QListWidget(self)
        self._list.setAccessibleName("Folders")
        self.column.addWidget(self._list, 1)
        self.add_button("Add folder…", Roles.ActionRole).clicked.connect(self.ask)
        self.add_button("Remove", Roles.ActionRole).clicked.connect(self._remove)
        self.buttons.addButton(Buttons.Cancel)
        self._scan = self.add_button("Scan", Roles.AcceptRole, primary=True)
        self.finish(self._scan)
        self.accepted.connect(self._accepted)
        for folder in folders:
            self.add(folder)
        self._scan.setEnabled(bool(self._folders))

    def add(self, folder: Path) -> None:
        """Adds a folder to the list."""
        if folder not in self._folders:
            self._folders.append(folder)
            self._list.addItem(words.shown(folder))
        self._scan.setEnabled(True)
        self._scan.setFocus()

    @Slot()
    def ask(self) -> None:
        """Opens the system's own dialog for one folder more."""
        chooser = QFileDialog(self, "Add a folder")
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.ShowDirsOnly)
        if self._folders:
            chooser.setDirectory(str(self._folders[-1].parent))
        chooser.fileSelected.connect(self._picked)
        chooser.open()

    @Slot(str)
    def _picked(self, folder: str) -> None:
        self.add(Path(folder))

    @Slot()
    def _remove(self) -> None:
        row = self._list.currentRow()
        if row >= 0:
            self._list.takeItem(row)
            del self._folders[row]
        self._scan.setEnabled(bool(self._folders))

    @Slot()
    def _accepted(self) -> None:
        self.chosen.emit(list(self._folders))


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
        super().__init__("Move to trash", parent)
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
    """

    undo = Signal(str)

    def __init__(self, report: Report, verb: str, parent: QWidget) -> None:
        super().__init__("Report", parent)
        self._batch = report.batch
        self.say(f"{words.count(len(report.moved), 'photo')} {verb} ({words.size(report.size)}).", "title")
        if report.stopped:
            self.say("It was stopped before the end; the others are where they were.")
        if report.failures:
            self.say(f"{words.count(len(report.failures), 'photo')} could not be {verb}:", "strong")
            self.add_table(("Photo", "What happened"), report.failures, (240,), failure_row)
        close = self.buttons.addButton(Buttons.Close)
        if report.moved and verb == MOVED:
            self.add_button("Undo", Roles.ActionRole).clicked.connect(self._undo)
        self.finish(close)

    @Slot()
    def _undo(self) -> None:
        self.undo.emit(self._batch)
        self.accept()


MOVED = "moved to the trash"
RESTORED = "put back"


class SkippedDialog(Dialog):
    """Lists what was left out and why, with a filter."""

    def __init__(self, skipped: Sequence[Skipped], parent: QWidget) -> None:
        super().__init__("Skipped files", parent, width=100)
        self.say(f"{words.count(len(skipped), 'file or folder', 'files and folders')} left out.", "strong")
        self._filter = QLineEdit(self)
        self._filter.setPlaceholderText("Filter by a word")
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self._filtered)
        self.column.addWidget(self._filter)
        view, self._model = make_table(("Reason", "File", "What it means"), "Skipped files", self)
        for column, width in enumerate((150, 340)):
            view.setColumnWidth(column, width)
        view.setMinimumHeight(360)
        self.column.addWidget(view, 1)
        self._model.set_rows(skipped, skipped_row)
        self.finish(self.buttons.addButton(Buttons.Close))

    @Slot(str)
    def _filtered(self, word: str) -> None:
        self._model.set_word(word)


class KeysDialog(Dialog):
    """One page with every command and its keys."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Keys", parent)
        digits = [command for command in COMMANDS if command.name.startswith("keep-only-")]
        rows = [
            (" or ".join(key_text(key) for key in command.keys), command.title)
            for command in COMMANDS
            if command.keys and command not in digits
        ]
        rows.insert(7, ("1 to 9", "Keep only this photo"))
        self.add_table(("Keys", "Command"), rows, (200,))
        self.setMinimumHeight(620)
        self.finish(self.buttons.addButton(Buttons.Close))


def failure_row(failure: Failure) -> tuple[str, str]:
    """A failure as a row of a table."""
    return words.shown(failure.path), words.shown(failure.sentence)


def skipped_row(skipped: Skipped) -> tuple[str, str, str]:
    """What was left out as a row of a table."""
    reason = skipped.reason.value.replace("-", " ")
    return reason, words.shown(skipped.path), words.shown(skipped.detail)
