"""The first thing a person sees: drop folders here, or choose them; below, what was scanned before.

In: the recent libraries. Out: the folders to scan. Loads nothing heavy, so that it is there at once; things
stand in the middle between stretches, because a name for the middle would load all enums of Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from photodedup.gui import words
from photodedup.gui.theme import GRID, draw_icon, icon, tones

if TYPE_CHECKING:
    from photodedup.core.catalogue import Recent

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
        self._symbol.setFixedSize(SYMBOL, SYMBOL)
        title = QLabel("Drop folders here, or choose them.", self)
        title.setProperty("role", "title")
        promise = QLabel(
            "Nothing is ever deleted: photos only move to the trash, and they can be put back.", self
        )
        promise.setProperty("role", "dim")
        self.button = QPushButton("Choose folders…", self)
        self.button.setMinimumWidth(19 * GRID)
        self.button.setIconSize(QSize(20, 20))
        self.button.setAutoDefault(True)  # Enter presses it, too
        self.button.clicked.connect(self.choose)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(GRID)
        column = QVBoxLayout(self)
        column.setSpacing(2 * GRID)
        column.addStretch(3)
        for widget in (self._symbol, title, promise, self.button):
            column.addLayout(_in_the_middle(widget))
        column.addSpacing(2 * GRID)
        column.addLayout(self._recent)
        self._said = QLabel(self)
        self._said.setProperty("role", "warning")
        column.addLayout(_in_the_middle(self._said))
        column.addStretch(4)

    def dress(self) -> None:
        """Draws the symbols: after the window has shown, and again in dark."""
        self._symbol.setPixmap(draw_icon("picture", tones().dim, SYMBOL))
        self.button.setIcon(icon("folders"))

    @property
    def text(self) -> str:
        """What was said last."""
        return self._said.text()

    @Slot(str)
    def say(self, sentence: str) -> None:
        """Shows a sentence for the person, until the page is left."""
        self._said.setText(words.shown(sentence))

    @Slot(object)
    def show_recent(self, recent: Sequence[Recent]) -> None:
        """Lists the recent libraries, the newest first."""
        from photodedup.gui.recent import recent_button  # noqa: PLC0415 - there is a window by now

        while (item := self._recent.takeAt(0)) is not None:
            item.widget().deleteLater()
        for library in recent[:5]:
            recent_button(library, self.open_recent, self._recent)


def _in_the_middle(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(widget)
    row.addStretch(1)
    return row
