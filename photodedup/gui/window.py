"""The one window and its places: start, scan, review.

In: folders, by dialog, by drag and drop or from the command line. Out: jobs for the background threads, and
what they find on the screen. The heavy rooms are loaded after the window has shown, and so is what of Qt the
first window can do without.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, QTimer, Slot
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget

from photodedup.gui.start_page import StartPage
from photodedup.gui.theme import app_icon, apply_theme

if TYPE_CHECKING:
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent

    from photodedup.gui.desk import Desk

LEAST = QSize(1000, 600)
"""The least window, where the screen has room for it."""
FRAME = QSize(16, 48)
"""What a frame takes at most, so that the least window fits on small screens with large letters."""
FRAMED = 300
"""Milliseconds after which the system has put its frame around the window."""


class Window(QMainWindow):
    """The window; what happens in the review is the desk's."""

    def __init__(self, open_desk: Callable[[Window], Desk], folders: Sequence[Path] = ()) -> None:
        super().__init__()
        self._open_desk, self._folders = open_desk, list(folders)
        self.desk: Desk | None = None
        self.setWindowTitle("photodedup")
        self.setAcceptDrops(True)
        room = self.screen().availableSize()
        self.setMinimumSize((room - FRAME).boundedTo(LEAST))
        self.resize(room.boundedTo(QSize(1280, 800)))
        geometry = QSettings().value("window/geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        self.pages = QStackedWidget(self)
        self.start = StartPage(self)
        self.pages.addWidget(self.start)
        self.setCentralWidget(self.pages)
        self.start.choose.connect(self._choose)
        self.start.open_recent.connect(self.scan)
        QTimer.singleShot(0, self.furnish)

    @Slot()
    def furnish(self) -> Desk:
        """Loads the review and the engine, once; scans the folders of the command line."""
        if self.desk is None:
            from photodedup.gui.commands import ON_START  # noqa: PLC0415 - there is a window by now

            QTimer.singleShot(FRAMED, self, self._fit_screen)
            self.setWindowIcon(app_icon())
            self.start.dress()
            QApplication.styleHints().colorSchemeChanged.connect(self.dress)
            self.desk = self._open_desk(self)
            self.pages.addWidget(self.desk)
            self.desk.moves.said.connect(self.start.say)
            self.start.addActions([self.desk.actions_by_name[name] for name in ON_START])
            self.desk.load_recent()
            self.desk.moves.recover()
            if self._folders:
                self.scan(self._folders)
        return self.desk

    @Slot()
    def _fit_screen(self) -> None:
        """Draws the window in where its frame, which the system adds, goes beyond the screen."""
        frame, room = self.frameGeometry(), self.screen().availableGeometry()
        if not (self.isMaximized() or self.isFullScreen() or room.contains(frame)):
            rim = frame.size() - self.size()
            self.resize(self.size().boundedTo(room.size() - rim))
            left = max(room.left(), min(frame.left(), room.right() - rim.width() - self.width()))
            top = max(room.top(), min(frame.top(), room.bottom() - rim.height() - self.height()))
            self.move(left, top)

    @Slot(object)
    def scan(self, folders: Sequence[Path]) -> None:
        """Shows the review and scans folders."""
        self.show_desk()
        self.furnish().scan(folders)

    @Slot()
    def show_desk(self) -> None:
        """Shows the review."""
        self.start.say("")
        self.pages.setCurrentWidget(self.furnish())

    @Slot()
    def show_start(self) -> None:
        """Goes back to the start page."""
        self.furnish().load_recent()
        self.pages.setCurrentWidget(self.start)

    @Slot()
    def _choose(self) -> None:
        self.furnish().choose_folders()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [path_of(url) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.furnish().take_dropped(paths)

    @Slot()
    def dress(self) -> None:
        """Follows the system from light to dark and back."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app)
        self.start.dress()
        if self.desk is not None:
            self.desk.dress()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.desk is not None and not self.desk.may_close():
            event.ignore()
            return
        QSettings().setValue("window/geometry", self.saveGeometry())
        if self.desk is not None:
            self.desk.close_down()
        super().closeEvent(event)


def path_of(url: QUrl) -> Path:
    """The path of a dropped file, byte for byte, also where its name is no UTF-8."""
    from urllib.parse import unquote  # noqa: PLC0415 - the first window does not wait for it

    from PySide6.QtCore import QUrl  # noqa: PLC0415

    encoded = url.path(QUrl.ComponentFormattingOption.FullyEncoded)
    path = unquote(encoded, errors="surrogateescape")
    return Path(path.removeprefix("/") if path[2:3] == ":" else path)
