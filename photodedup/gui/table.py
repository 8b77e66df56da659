"""Tables of text for dialogs: any number of rows, read-only.

In: rows of texts. Out: a view on them, which can be filtered by a word.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

Place = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
ROW = 28


class Rows(QAbstractTableModel):
    """Rows of texts under headings."""

    def __init__(self, headings: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._headings = headings
        self._all: Sequence[Sequence[str]] = ()
        self._places: list[int] = []

    def set_rows(self, rows: Sequence[Sequence[str]], word: str = "") -> None:
        """Shows rows, of those only the ones that hold `word`."""
        self.beginResetModel()
        self._all = rows
        wanted = word.casefold()
        self._places = [n for n, row in enumerate(rows) if not wanted or wanted in " ".join(row).casefold()]
        self.endResetModel()

    def source(self, row: int) -> int:
        """Where a shown row stands among all rows."""
        return self._places[row]

    def rowCount(self, parent: Place = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._places)

    def columnCount(self, parent: Place = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._headings)

    def data(self, index: Place, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._all[self._places[index.row()]][index.column()]
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        return None


def make_table(headings: Sequence[str], name: str, parent: QWidget) -> tuple[QTableView, Rows]:
    """Makes a table whose last column takes the room that is left."""
    view, rows = QTableView(parent), Rows(headings, parent)
    view.setModel(rows)
    view.setObjectName("report")
    view.setAccessibleName(name)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setShowGrid(False)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.setWordWrap(False)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(ROW)
    view.horizontalHeader().setStretchLastSection(True)
    view.horizontalHeader().setHighlightSections(False)
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return view, rows
