"""The first thing a person sees: drop folders here, or choose them; below, what was scanned before.

In: the recent libraries. Out: the folders to scan. Loads nothing heavy, so that it is there at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from photodedup.gui import words
from photodedup.gui.theme import GRID, draw_icon, icon, tones

if TYPE_CHECKING:
    from photodedup.core.catalogue import Recent

WIDE = 66 * GRID
SYMBOL = 9 * GRID


class StartPage(QWidget):
    """The empty window.

    Signals:
        choose: The person wants to choose folders.
        open_recent: The folders of a recent library.
    """

    choose = Signal()
    open_recent = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._symbol = QLabel(self)
        self._symbol.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._symbol.setFixedHeight(SYMBOL)
        title = QLabel("Drop folders here, or choose them.", self)
        title.setProperty("role", "title")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        promise = QLabel(
            "Nothing is ever deleted: photos only move to the trash, and they can be put back.", self
        )
        promise.setProperty("role", "dim")
        promise.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = QPushButton("Choose folders…", self)
        self.button.setMinimumWidth(19 * GRID)
        self.button.setIconSize(QSize(20, 20))
        self.button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.choose)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(GRID)
        column = QVBoxLayout(self)
        column.setSpacing(2 * GRID)
        column.addStretch(3)
        for widget in (self._symbol, title, promise):
            column.addWidget(widget)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(2 * GRID)
        column.addLayout(self._recent)
        column.addStretch(4)

    def dress(self) -> None:
        """Draws the symbols: after the window has shown, and again in dark."""
        self._symbol.setPixmap(draw_icon("picture", tones().dim, SYMBOL))
        self.button.setIcon(icon("folders"))

    @Slot(object)
    def show_recent(self, recent: Sequence[Recent]) -> None:
        """Lists the recent libraries, the newest first."""
        while (item := self._recent.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().deleteLater()
        for library in recent[:5]:
            self._recent.addWidget(self._button(library), 0, Qt.AlignmentFlag.AlignHCenter)

    def _button(self, library: Recent) -> QPushButton:
        names = words.folder_names(library.folders)
        found = f"{words.count(library.photos, 'photo')}, {words.count(library.groups, 'group')}"
        button = QPushButton(self)
        button.setAccessibleName(f"Continue {names}, {found}")
        button.setProperty("role", "recent")
        button.setFixedSize(WIDE, 7 * GRID)
        grid = QGridLayout(button)
        grid.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        grid.setSpacing(0)
        grid.addWidget(_label(names, "strong", button), 0, 0)
        grid.addWidget(_label(f"{found}   {library.scanned:%Y-%m-%d}", "dim", button), 1, 0)
        grid.addWidget(_label("Continue", "accent", button), 0, 1, 2, 1)
        grid.setColumnStretch(0, 1)
        button.setToolTip("\n".join(words.shown(folder) for folder in library.folders))
        button.clicked.connect(partial(self.open_recent.emit, list(library.folders)))
        return button


def _label(text: str, role: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return label
