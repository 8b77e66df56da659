"""The list of groups: rows of one height in a table, each painted when it is seen.

In: the session. Out: the row that the person chose. Twenty thousand rows cost nothing until they are shown.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from photodedup.core.values import Kind
from photodedup.core.values.columns import to_time
from photodedup.gui import words
from photodedup.gui.decisions import TRASHED
from photodedup.gui.session import Session
from photodedup.gui.table import NOWHERE, Place
from photodedup.gui.theme import GRID, draw_icon, fonts, tones
from photodedup.gui.thumbnails import Size, Thumbnails

IN_LINE = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
ROW = 8 * GRID
THUMB = 6 * GRID


class GroupModel(QAbstractTableModel):
    """The groups of the session as one column; the text is what a screen reader says."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        session.groups_changed.connect(self._reset)

    def rowCount(self, parent: Place = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._session.shown)

    def columnCount(self, parent: Place = NOWHERE) -> int:
        return 0 if parent.isValid() else 1

    def data(self, index: Place, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        title, below = describe(self._session, index.row())
        return f"{title}, {below}"

    @Slot()
    def _reset(self) -> None:
        self.beginResetModel()
        self.endResetModel()


def describe(session: Session, number: int) -> tuple[str, str]:
    """The two lines of a row: how many photos of which kind, and what it would free."""
    shown = session.shown
    photos = words.count(len(shown.groups[number]), "photo")
    kind = Kind(int(shown.kind[number])).words
    year = to_time(int(session.found.library.seen.rows["taken"][shown.anchor(number)]))
    free = int(shown.free[number])
    parts = [words.size(free) if free else "no proposal", f"{year:%Y}" if year else ""]
    return f"{photos}, {kind}", "   ".join(part for part in parts if part)


def state(session: Session, number: int) -> str:
    """The icon that says how far a group is decided: none, `keep`, `trash` or `warning`."""
    codes = session.codes(number)
    if not codes.any():
        return ""
    trash = codes == TRASHED
    if trash.any():
        return "warning" if trash.all() else "trash"
    return "keep" if codes.all() else ""


class GroupRow(QStyledItemDelegate):
    """Paints one row: the keeper's picture, two lines of text, and how far the group is decided."""

    def __init__(self, session: Session, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._thumbnails = session, thumbnails

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Place) -> QSize:
        return QSize(240, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Place) -> None:
        number = index.row()
        if number >= len(self._session.shown):
            return
        now, area = tones(), QRect(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(now.selected))
            painter.fillRect(QRect(area.left(), area.top(), 3, area.height()), QColor(now.accent))
        self._paint_picture(painter, number, QRect(area.left() + GRID, area.top() + GRID, THUMB, THUMB))
        self._paint_text(painter, number, area.adjusted(THUMB + 2 * GRID + 4, GRID, -4 * GRID, -GRID))
        self._paint_state(painter, number, area)
        painter.setPen(QColor(now.line))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.restore()

    def _paint_picture(self, painter: QPainter, number: int, area: QRect) -> None:
        anchor = self._session.shown.anchor(number)
        picture = self._thumbnails.picture(self._session.found.library, anchor, Size.SMALL)
        if picture is None or picture.isNull():
            painter.fillRect(area, QColor(tones().canvas))
            return
        side = min(picture.width(), picture.height())
        middle = QRect((picture.width() - side) // 2, (picture.height() - side) // 2, side, side)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(area, picture, middle)

    def _paint_text(self, painter: QPainter, number: int, area: QRect) -> None:
        title, below = describe(self._session, number)
        plain, bold = fonts(painter.font())
        half = area.height() // 2
        for text, colour, top, font in ((title, tones().text, 0, bold), (below, tones().dim, half, plain)):
            painter.setFont(font)
            painter.setPen(QColor(colour))
            line = QRect(area.left(), area.top() + top, area.width(), half)
            elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, IN_LINE, elided)

    def _paint_state(self, painter: QPainter, number: int, area: QRect) -> None:
        name = state(self._session, number)
        if name:
            now = tones()
            colour = {"keep": now.keep, "trash": now.dim, "warning": now.danger}[name]
            drawn: QPixmap = draw_icon(name, colour, 36)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(QRect(area.right() - 28, area.center().y() - 9, 18, 18), drawn)


class GroupList(QTableView):
    """The list itself.

    Signals:
        chosen: The row that the person clicked or moved to.
    """

    chosen = Signal(int)

    def __init__(self, session: Session, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._thumbnails = session, thumbnails
        self.setModel(GroupModel(session))
        self.setItemDelegate(GroupRow(session, thumbnails, self))
        self._dress()
        self.selectionModel().currentRowChanged.connect(self._row_changed)
        session.current_changed.connect(self._show_current)
        session.marks_changed.connect(self.viewport().update)
        thumbnails.ready.connect(self._pictures_came)

    def _dress(self) -> None:
        self.setAccessibleName("Groups")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End go to the first and the last group, where a table would go along its row."""
        ends = {QAbstractItemView.CursorAction.MoveHome: 0}
        ends[QAbstractItemView.CursorAction.MoveEnd] = self.model().rowCount() - 1
        if action in ends:
            return self.model().index(ends[action], 0)
        return super().moveCursor(action, modifiers)

    @Slot(QModelIndex, QModelIndex)
    def _row_changed(self, now: QModelIndex, _: QModelIndex) -> None:
        if now.isValid() and now.row() != self._session.current:
            self.chosen.emit(now.row())

    @Slot()
    def _show_current(self) -> None:
        row = self._session.current
        if 0 <= row != self.currentIndex().row():
            self.executeDelayedItemsLayout()
            self.setCurrentIndex(self.model().index(row, 0))
            self.scrollTo(self.currentIndex())

    @Slot(object)
    def _pictures_came(self, _: set[bytes]) -> None:
        self.viewport().update()
