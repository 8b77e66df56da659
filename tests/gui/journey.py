"""What the tests of the window share: a window on a library of its own, and hands to use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton

from photodedup.app import open_desk
from photodedup.gui.desk import Desk
from photodedup.gui.move_dialogs import MoveDialog, ReportDialog
from photodedup.gui.window import Window


@dataclass
class Journey:
    """A window and what a person does in it."""

    window: Window
    until: Callable[..., None]

    @property
    def desk(self) -> Desk:
        return self.window.furnish()

    def scan(self, *folders: Path) -> None:
        self.window.scan(list(folders))
        self.until(lambda: not self.desk.strip.isVisible())

    def press(self, key: str) -> None:
        """Presses a key over the photos."""
        self.window.activateWindow()
        self.desk.review.list.setFocus()
        self.until(self.desk.review.list.hasFocus)
        keys = {
            "Up": Qt.Key.Key_Up,
            "Down": Qt.Key.Key_Down,
            "Left": Qt.Key.Key_Left,
            "Right": Qt.Key.Key_Right,
            "Space": Qt.Key.Key_Space,
            "Enter": Qt.Key.Key_Return,
        }
        QTest.keyClick(self.desk.review.list, keys.get(key, key))
        QApplication.processEvents()

    def drop(self, *paths: Path) -> None:
        """Drops files or folders on the window."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        event = QDropEvent(
            QPointF(9, 9),
            Qt.DropAction.CopyAction,
            mime,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        self.window.dropEvent(event)

    def mark_proposals(self) -> None:
        """Marks all proposals and waits until they are marked."""
        self.desk.actions_by_name["auto-mark"].trigger()
        self.until(lambda: self.desk.session.review.can_undo)

    def move_proposals(self) -> None:
        """Marks all proposals, moves them to the trash and closes the report."""
        self.mark_proposals()
        self.desk.moves.ask()
        self.click(self.dialog(MoveDialog), "Move to trash")
        self.click(self.dialog(ReportDialog), "Close")

    def marks(self) -> dict[str, str]:
        """The marks by file name."""
        return {path.name: mark.value for path, mark in self.desk.session.review.marks.items()}

    def names(self) -> list[str]:
        """The photos of the group that is looked at, by name, as they stand."""
        session = self.desk.session
        return [path.name for path in session.paths(session.group())]

    def dialog(self, kind: type[QDialog]) -> QDialog:
        """Waits for a dialog."""
        found: list[QDialog] = []

        def there() -> bool:
            found[:] = [each for each in self.window.findChildren(kind) if each.isVisible()]
            return bool(found)

        self.until(there)
        return found[0]

    def click(self, dialog: QDialog, text: str) -> None:
        """Clicks a button by its words."""
        button = next(b for b in dialog.findChildren(QPushButton) if b.text().replace("&", "") == text)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def open_window(until: Callable[..., None]) -> Journey:
    """Shows a window with nothing in it."""
    window = Window(open_desk)
    window.show()
    until(lambda: window.desk is not None)
    return Journey(window, until)
