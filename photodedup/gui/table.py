"""Tables of text for dialogs: any number of rows, read-only, each made into text when it is seen.

In: things, and how to make texts of them. Out: a view on them, which can be filtered by a word without
holding the window.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Slot
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from photodedup.gui.theme import GRID

T = TypeVar("T")
Text = Callable[[T], Sequence[str]]
"""Makes the texts of a row."""

Place = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
ROW = 28
LETTER = 6
"""The width of a letter in pixels, as widths of columns are given."""
WRAPPED = 500
"""Rows up to which whole sentences are shown: the height of each is measured."""
AT_ONCE = 4000
"""Rows that are looked at for a word before the window gets a turn."""


class Rows(QAbstractTableModel):
    """Rows of texts under headings."""

    def __init__(self, headings: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._headings = headings
        self._all: Sequence[Any] = ()
        self._text: Text[Any] = tuple
        self._places: Sequence[int] = ()
        self._word = ""
        self._found: list[int] = []
        self._next = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look_on)

    def set_rows(self, rows: Sequence[T], text: Text[T] = tuple) -> None:
        """Shows other rows, all of them at first."""
        self._all, self._text = rows, text
        self._show(range(len(rows)))
        self.set_word(self._word)

    def set_word(self, word: str) -> None:
        """Shows only the rows that hold a word."""
        self._word, self._found, self._next = word.casefold(), [], 0
        if self._word:
            self._timer.start(0)
        else:
            self._timer.stop()
            self._show(range(len(self._all)))

    def source(self, row: int) -> int:
        """Where a shown row stands among all rows."""
        return self._places[row]

    def rowCount(self, parent: Place = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._places)

    def columnCount(self, parent: Place = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._headings)

    def data(self, index: Place, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(self._all[self._places[index.row()]])[index.column()]
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        return None

    @Slot()
    def _look_on(self) -> None:
        end = min(self._next + AT_ONCE, len(self._all))
        rows = range(self._next, end)
        self._found += [n for n in rows if self._word in " ".join(self._text(self._all[n])).casefold()]
        self._next = end
        if end == len(self._all):
            self._timer.stop()
            self._show(self._found)

    def _show(self, places: Sequence[int]) -> None:
        self.beginResetModel()
        self._places = places
        self.endResetModel()


def make_table(headings: Sequence[str], name: str, parent: QWidget) -> tuple[QTableView, Rows]:
    """Makes a table whose last column takes the room that is left."""
    view, rows = QTableView(parent), Rows(headings, parent)
    view.setModel(rows)
    view.setObjectName("report")
    view.setAccessibleName(name)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setShowGrid(False)
    view.setTextElideMode(Qt.TextElideMode.ElideRight)
    view.setWordWrap(False)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(ROW)
    view.horizontalHeader().setStretchLastSection(True)
    view.horizontalHeader().setHighlightSections(False)
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return view, rows


def letters(widget: QWidget) -> float:
    """How many times as large as usual the letters of a widget are; 1 where they are smaller."""
    return max(1.0, widget.fontMetrics().averageCharWidth() / LETTER)


def set_widths(view: QTableView, widths: Sequence[int], room: int) -> None:
    """Gives all columns but the last their widths, more where letters are large.

    Args:
        view: The table.
        widths: Pixels at the usual size of letters.
        room: What all columns together have; the widest give way, so that a quarter is left for the last.
    """
    wide = [round(width * letters(view)) for width in widths]
    while sum(wide) > room * 3 // 4 and max(wide) > ROW:
        wide[wide.index(max(wide))] -= GRID
    for column, width in enumerate(wide):
        view.setColumnWidth(column, width)


def wrap_rows(view: QTableView, rows: int) -> None:
    """Gives sentences the lines that they take, where there are few rows; else a tool tip shows the rest."""
    if rows <= WRAPPED:
        view.setWordWrap(True)
        view.verticalHeader().setMinimumSectionSize(ROW)
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
