"""One photo of the group: the picture, its facts in rows, and keep or trash.

In: a photo, its facts and its mark. Out: what the person wants for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from photodedup.core.values import Mark
from photodedup.gui.elided import ElidedLabel
from photodedup.gui.facts import Fact
from photodedup.gui.matching import Match
from photodedup.gui.picture import Picture, Show
from photodedup.gui.theme import GRID, draw_icon, fonts, tones
from photodedup.gui.whereabouts import Whereabouts

LINE = 20
PROPOSED = "Proposed keeper"
SOURCE = "Source of the copies"
"""What stands on the first picture of a group that nothing is proposed for."""
HELD = "Stays for its raw photo or film"
"""What stands on a photo that is only not proposed for the trash because the keeper lacks its companion."""


@dataclass(frozen=True)
class CardContent:
    """What a card shows.

    Attributes:
        photo: The photo's index in the library.
        facts: Its rows; the first is the name.
        match: How it matches the keeper, such as `near-duplicate, 6 bits, 95 % alike`.
        reason: Why it is the proposed keeper, or why there is none; empty for the others.
        picture: Gives the picture, or None while it is being decoded.
    """

    photo: int
    facts: Sequence[Fact]
    match: Match
    reason: str
    picture: Show


class CardPicture(Picture):
    """The picture of a card; dimmed and with a bin where it is marked for the trash."""

    clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._trashed = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_content(self, show: Show, trashed: bool) -> None:
        """Shows another picture or state."""
        self._trashed, self.opacity = trashed, 0.3 if trashed else 1.0
        self.setToolTip("Click to keep it" if trashed else "Click to mark it for the trash")
        self.show_picture(show)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def paint_over(self, painter: QPainter) -> None:
        if not self._trashed:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(self.width() / 2, self.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tones().danger))
        painter.drawEllipse(middle, 28, 28)
        drawn = draw_icon("trash", tones().panel, 64)
        painter.drawPixmap(QRectF(middle.x() - 16, middle.y() - 16, 32, 32), drawn, QRectF(drawn.rect()))


class Facts(QWidget):
    """The rows: equal values dim, different ones plain, the better one with its word."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: Sequence[Fact] = ()

    def set_rows(self, rows: Sequence[Fact]) -> None:
        """Shows other rows."""
        self._rows = rows
        self.setToolTip("\n".join(f"{row.name}: {row.text}" for row in rows))
        self.setFixedHeight(LINE * len(rows))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, LINE * len(self._rows))

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        for number, row in enumerate(self._rows):
            self._paint_row(painter, number, row)

    def _paint_row(self, painter: QPainter, number: int, row: Fact) -> None:
        now = tones()
        painter.setFont(fonts(self.font())[number == 0])
        metrics = painter.fontMetrics()
        note = metrics.horizontalAdvance(row.note) + 12 if row.note else 0
        area = QRectF(0, number * LINE, self.width() - note, LINE)
        text = metrics.elidedText(row.text, Qt.TextElideMode.ElideMiddle, int(area.width()))
        painter.setPen(QColor(now.dim if row.equal and number else now.text))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
        if row.note:
            painter.setPen(QColor(now.keep))
            end = QRectF(area.right(), area.top(), note, LINE)
            painter.drawText(end, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, row.note)


class Card(QFrame):
    """The card of one photo.

    Signals:
        chosen: The photo is to be looked at.
        marked: The photo and the mark that the person gave it.
        menu: A menu is wanted for the photo, here on the screen.
    """

    chosen = Signal(int)
    marked = Signal(int, object)
    menu = Signal(int, QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._photo, self._mark, self._why = -1, None, ""
        self._badge, self._line, self._where = QLabel(self), ElidedLabel(self), Whereabouts(self)
        self._match = Match()
        self._picture, self._facts = CardPicture(self), Facts(self)
        self._keep = self._button("Keep", "keep")
        self._trash = self._button("Trash", "trash")
        self._lay_out()
        self._picture.clicked.connect(self._toggle)
        self._keep.clicked.connect(self._keep_clicked)
        self._trash.clicked.connect(self._trash_clicked)

    @property
    def photo(self) -> int:
        """The photo's index in the library."""
        return self._photo

    def show_content(self, content: CardContent) -> None:
        """Shows another photo."""
        self._photo, self._match = content.photo, content.match
        self._where.show_corners(content.match.corners)
        self._style("satellite", content.match.satellite)
        self._facts.set_rows(content.facts)
        self._why = content.reason
        self._show = content.picture
        name = content.facts[0].text
        self.setAccessibleName(name)
        self._keep.setAccessibleName(f"Keep {name}")
        self._trash.setAccessibleName(f"Mark {name} for the trash")

    def show_mark(self, mark: Mark | None, standing: str) -> None:
        """Shows the decision; without one its standing in the group, or nothing."""
        self._mark = mark
        self._show_buttons()
        self._picture.set_content(self._show, mark is Mark.TRASH)
        badge = {Mark.KEEP: "✓ Keep", Mark.TRASH: "Marked for trash", None: standing}[mark]
        self._badge.setText(badge)
        self._line.setText(self._match.words or self._reason(standing))
        self._line.setToolTip(self._line.text())
        self.setAccessibleDescription(", ".join(part for part in (badge, self._line.text()) if part))

    def _reason(self, standing: str) -> str:
        if self._mark is Mark.TRASH or not standing:
            return "" if self._mark else self._why
        before = "kept: " if self._mark is Mark.KEEP else "proposed: " if standing == PROPOSED else ""
        return before + self._why if self._why else ""

    def show_current(self, current: bool) -> None:
        """Frames the card that the keys act on."""
        self._style("current", current)

    def repaint_picture(self) -> None:
        """Paints the picture again, for instance because it has been decoded."""
        self._picture.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit(self._photo)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu.emit(self._photo, event.globalPos())

    def _style(self, name: str, value: bool) -> None:
        if self.property(name) != value:
            self.setProperty(name, value)
            self.style().unpolish(self)
            self.style().polish(self)

    def _button(self, text: str, role: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setCheckable(True)
        button.setProperty("role", role)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def _lay_out(self) -> None:
        self._badge.setProperty("role", "strong")
        self._line.setProperty("role", "dim")
        self._line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        top, buttons = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self._badge)
        top.addStretch(1)
        top.addWidget(self._where)
        self._badge.setMinimumHeight(3 * GRID)
        buttons.setSpacing(GRID)
        buttons.addWidget(self._keep)
        buttons.addWidget(self._trash)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID)
        column.addLayout(top)
        column.addWidget(self._picture, 1)
        column.addWidget(self._line)
        column.addWidget(self._facts)
        column.addLayout(buttons)

    def _show_buttons(self) -> None:
        self._keep.setChecked(self._mark is Mark.KEEP)
        self._trash.setChecked(self._mark is Mark.TRASH)

    @Slot()
    def _toggle(self) -> None:
        self.marked.emit(self._photo, Mark.KEEP if self._mark is Mark.TRASH else Mark.TRASH)

    @Slot()
    def _keep_clicked(self) -> None:
        self._show_buttons()
        self.marked.emit(self._photo, Mark.KEEP)

    @Slot()
    def _trash_clicked(self) -> None:
        self._show_buttons()
        self.marked.emit(self._photo, Mark.TRASH)
