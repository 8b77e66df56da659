"""A picture, as large as fits, on the neutral ground.

In: what gives the pixmap, or None while it is being decoded. Out: the painted widget.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from photodedup.gui.theme import GRID, tones

Show = Callable[[], QPixmap | None]


class Picture(QWidget):
    """Shows one picture."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._show: Show = lambda: None
        self.opacity = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(12 * GRID)

    def show_picture(self, show: Show) -> None:
        """Shows another picture."""
        self._show = show
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tones().canvas))
        picture = self._show()
        if picture is not None and picture.isNull():
            self._write(painter, "This picture cannot be shown.")
        elif picture is not None:
            self._paint_picture(painter, picture)
        self.paint_over(painter)

    def paint_over(self, painter: QPainter) -> None:
        """Paints what stands on the picture: here nothing."""

    def _paint_picture(self, painter: QPainter, picture: QPixmap) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(self.opacity)
        size = picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        painter.drawPixmap(QRectF(left, top, size.width(), size.height()), picture, QRectF(picture.rect()))
        painter.setOpacity(1.0)

    def _write(self, painter: QPainter, text: str) -> None:
        painter.setPen(QColor(tones().dim))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
