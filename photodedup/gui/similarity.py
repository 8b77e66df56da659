"""The similarity slider with its histogram: how many groups each distance would give.

In: the number of groups at each distance. Out: `valueChanged` while it moves, as any QSlider.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSlider, QWidget

from photodedup.gui.theme import tones

HANDLE = 7
MARGIN = HANDLE + 1


class SimilaritySlider(QSlider):
    """A slider whose track carries a bar for each distance; click or drag anywhere, or use the arrow keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._given: Sequence[int] = ()
        self._counts: list[int] = []
        self.setAccessibleName("Similarity")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not take the keys from the photos
        self.setToolTip("Left: only pictures that look the same. Right: less alike ones too.")
        self.setRange(0, 64)
        self.setPageStep(8)
        self.setMinimumWidth(112)

    def show_counts(self, counts: Sequence[int]) -> None:
        """Takes the number of groups at each distance from 0 to the slider's end."""
        if counts is self._given:
            return
        self._given, self._counts = counts, [int(number) for number in counts]
        if len(counts) > 1:
            self.setMaximum(len(counts) - 1)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, 40)

    def paintEvent(self, _: QPaintEvent) -> None:
        now = tones()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        base = self.height() - HANDLE - 2.0
        self._paint_bars(painter, base)
        painter.setPen(QPen(QColor(now.line), 2))
        painter.drawLine(QPointF(MARGIN, base), QPointF(self.width() - MARGIN, base))
        at = QPointF(self._place(self.value()), base)
        painter.setPen(QPen(QColor(now.accent), 2))
        painter.drawLine(QPointF(MARGIN, base), at)
        painter.setPen(QPen(QColor(now.text if self.hasFocus() else now.raised), 2))
        painter.setBrush(QColor(now.accent if self.isEnabled() else now.line))
        painter.drawEllipse(at, HANDLE, HANDLE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._follow(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def _follow(self, event: QMouseEvent) -> None:
        track = max(1.0, self.width() - 2.0 * MARGIN)
        share = (event.position().x() - MARGIN) / track
        self.setValue(round(share * self.maximum()))
        event.accept()

    def _place(self, value: int) -> float:
        return MARGIN + value / max(1, self.maximum()) * (self.width() - 2.0 * MARGIN)

    def _paint_bars(self, painter: QPainter, base: float) -> None:
        highest = max(self._counts, default=0)
        if not highest:
            return
        now, value = tones(), self.value()
        wide = (self.width() - 2.0 * MARGIN) / max(1, self.maximum())
        talls = [number / highest * (base - 4) for number in self._counts]
        bars = [
            QRectF(MARGIN + (at - 0.4) * wide, base - tall, wide * 0.8, tall) for at, tall in enumerate(talls)
        ]
        painter.setPen(Qt.PenStyle.NoPen)
        for some, tone, alpha in ((bars[: value + 1], now.accent, 150), (bars[value + 1 :], now.dim, 90)):
            colour = QColor(tone)
            colour.setAlpha(alpha)
            painter.setBrush(colour)
            painter.drawRects(some)
