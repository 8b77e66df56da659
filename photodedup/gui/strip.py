"""The strip at the bottom while something takes its time.

In: `Progress`, shown as stage, count, rate, time left, folder and skipped. Out: the wish to stop, or to see
what was skipped.
"""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from photodedup.core.values import Progress
from photodedup.gui import words
from photodedup.gui.theme import GRID, icon


class Strip(QWidget):
    """Shows how far a long task is.

    Signals:
        stop: The person wants it to stop.
        show_skipped: The person wants to see what was skipped.
    """

    stop = Signal()
    show_skipped = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._stage, self._folder = QLabel(self), QLabel(self)
        self._folder.setProperty("role", "dim")
        self._folder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._most_skipped = 0
        self._skipped = QPushButton(self)
        self._skipped.setProperty("role", "link")
        self._stop = QPushButton(icon("stop"), "Stop", self)
        self._skipped.clicked.connect(self.show_skipped)
        self._stop.clicked.connect(self._stopping)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        # Stop stands at the left, so that no click on it lands on what comes to its place at the end.
        for widget, stretch in ((self._stop, 0), (self._stage, 0), (self._folder, 1), (self._skipped, 0)):
            row.addWidget(widget, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        column.setSpacing(GRID // 2)
        column.addWidget(self._bar)
        column.addLayout(row)
        self.hide()

    @property
    def text(self) -> str:
        """What the strip says."""
        return self._stage.text()

    def begin(self, text: str) -> None:
        """Comes up for a new task."""
        self._stage.setText(text)
        self._folder.clear()
        self._skipped.hide()
        self._most_skipped = 0
        self._bar.setRange(0, 0)
        self._stop.setEnabled(True)
        self.show()

    @Slot(object)
    def show_progress(self, progress: Progress) -> None:
        """Shows how far it is."""
        self._stage.setText(words.progress(progress))
        self._bar.setRange(0, progress.total or 0)
        self._bar.setValue(progress.done)
        self._folder.setText(words.shown(progress.folder) if progress.folder else "")
        # Later stages skip nothing more; what was skipped before them still is.
        self._most_skipped = max(self._most_skipped, progress.skipped)
        self._skipped.setVisible(self._most_skipped > 0)
        self._skipped.setText(f"{self._most_skipped:,} skipped")

    @Slot()
    def _stopping(self) -> None:
        self._stop.setEnabled(False)
        self._stage.setText("Stopping, what was found stays")
        self.stop.emit()
