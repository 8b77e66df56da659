"""A small drawing of where an edited copy lies in the picture that it was made from.

In: the corners of the copy in shares of its source. Out: the source as a frame, the copy filled in it.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from photodedup.gui.matching import Corners
from photodedup.gui.theme import GRID, tones


class Whereabouts(QWidget):
    """The drawing; hidden where nothing is known."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._corners: Corners = ()
        self.setFixedSize(5 * GRID, 3 * GRID)
        self.setToolTip("Where this copy lies in the picture that it was made from")
        self.hide()

    def show_corners(self, corners: Corners) -> None:
        """Shows another copy; no corners hide the drawing."""
        self._corners = corners
        self.setVisible(bool(corners))
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        if not self._corners:
            return
        copy = QPolygonF([QPointF(x, y) for x, y in self._corners])
        frame = QRectF(0, 0, 1, 1)
        seen = copy.boundingRect().united(frame)
        painter, now = QPainter(self), tones()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(1, 1)
        painter.scale((self.width() - 2) / seen.width(), (self.height() - 2) / seen.height())
        painter.translate(-seen.topLeft())
        for shape, pen, alpha in ((QPolygonF(frame), now.dim, 0), (copy, now.accent, 90)):
            fill = QColor(pen)
            fill.setAlpha(alpha)
            line = QPen(QColor(pen), 1.5)
            line.setCosmetic(True)
            painter.setPen(line)
            painter.setBrush(fill)
            painter.drawPolygon(shape)
