"""What all dialogs share, and the small ones: folders, skipped files, keys.

In: what there is to say. Out: the person's answer. Each opens without blocking, so that nothing ever waits
inside of a dialog's own loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QSize, QStandardPaths, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from photodedup.core.values import Skipped
from photodedup.gui import words
from photodedup.gui.commands import COMMANDS, key_text
from photodedup.gui.table import ROW, Text, letters, make_table, set_widths, wrap_rows
from photodedup.gui.theme import GRID

Buttons = QDialogButtonBox.StandardButton
Roles = QDialogButtonBox.ButtonRole
SKIPPED = ("Reason", "File", "What it means", "Folder")
T = TypeVar("T")
TALL, FRAME = 760, 8 * GRID
"""The height of the list of keys, where the screen has room for it and for the frame of a window."""


class Dialog(QDialog):
    """A dialog with a column of things and its buttons below."""

    def __init__(self, title: str, parent: QWidget, width: int = 70) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(min(round(width * GRID * letters(self)), self.screen_room.width()))
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        self.column.setSpacing(2 * GRID)
        self.buttons = QDialogButtonBox(self)
        self.buttons.rejected.connect(self.reject)
        self.buttons.accepted.connect(self.accept)

    @property
    def room(self) -> int:
        """The height that the screen leaves a dialog with its frame, so that its buttons are seen."""
        return self.screen_room.height()

    @property
    def screen_room(self) -> QSize:
        """What the screen leaves a dialog with its frame."""
        return self.parentWidget().screen().availableSize() - QSize(2 * GRID, FRAME)

    def say(self, text: str, role: str = "") -> QLabel:
        """Adds a paragraph."""
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setProperty("role", role)
        self.column.addWidget(label)
        return label

    def add_table(
        self,
        headings: Sequence[str],
        rows: Sequence[T],
        widths: Sequence[int],
        text: Text[T] = tuple,
        sentences: bool = False,
    ) -> None:
        """Adds a table with its rows; `text` makes the texts of a row when it is seen."""
        view, model = make_table(headings, headings[0], self)
        model.set_rows(rows, text)
        set_widths(view, widths, self.minimumWidth())
        if sentences:
            wrap_rows(view, len(rows))
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
        tables, over = self.findChildren(QTableView), self.sizeHint().height() - self.room
        for table in tables if over > 0 else ():
            table.setMinimumHeight(max(4 * ROW, table.minimumHeight() - over))
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
        self._drop = self.add_button("Remove", Roles.ActionRole)
        self._drop.setEnabled(False)
        self._drop.clicked.connect(self._remove)
        self._list.currentRowChanged.connect(self._chosen)
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
        chooser.setDirectory(str(self._folders[-1].parent) if self._folders else pictures())
        chooser.fileSelected.connect(self._picked)
        chooser.open()

    @Slot(str)
    def _picked(self, folder: str) -> None:
        self.add(Path(folder))

    @Slot(int)
    def _chosen(self, row: int) -> None:
        self._drop.setEnabled(row >= 0)

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


class SkippedDialog(Dialog):
    """Lists what was left out and why, with a filter."""

    def __init__(self, skipped: Sequence[Skipped], parent: QWidget) -> None:
        super().__init__("Skipped files", parent, width=120)
        number = f"{words.count(len(skipped), 'file or folder', 'files and folders')} left out."
        self.say(number if skipped else "What is left out is listed with the first results.", "strong")
        self._filter = QLineEdit(self)
        self._filter.setPlaceholderText("Filter by a word")
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self._filtered)
        self.column.addWidget(self._filter)
        view, self._model = make_table(SKIPPED, "Skipped files", self)
        set_widths(view, (150, 170, 360), self.minimumWidth())
        wrap_rows(view, len(skipped))
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
        rows.insert(2, ("Home or End", "First or last group"))
        rows.insert(3, ("Page Down or Page Up", "A page of groups further or back"))
        self.add_table(("Keys", "Command"), rows, (200,))
        self.resize(self.width(), min(TALL, self.room))
        self.finish(self.buttons.addButton(Buttons.Close))


def pictures() -> str:
    """Where photos usually are; at home where there is no such folder."""
    standard = QStandardPaths.StandardLocation
    found = QStandardPaths.locate(standard.PicturesLocation, "", QStandardPaths.LocateOption.LocateDirectory)
    return found or QStandardPaths.writableLocation(standard.HomeLocation)


def skipped_row(skipped: Skipped) -> tuple[str, str, str, str]:
    """What was left out as a row of a table."""
    reason = skipped.reason.value.replace("-", " ")
    path = skipped.path
    return reason, words.shown(path.name), words.shown(skipped.detail), words.shown(path.parent)
