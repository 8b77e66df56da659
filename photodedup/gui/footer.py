"""The line below the photos: what is marked, what it frees, and the way to the trash.

In: the session. Out: the wish to move the marked photos, or to see what was left out.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from photodedup.gui import words
from photodedup.gui.elided import ElidedLabel
from photodedup.gui.session import Session
from photodedup.gui.theme import GRID
from photodedup.gui.totals import Totals


class Footer(QWidget):
    """What is marked, what it frees, and the way to the trash.

    Signals:
        move: The person wants to move the marked photos.
        show_skipped: The person wants to see what the scan left out.
    """

    move = Signal()
    show_skipped = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._allowed, self._hinting = True, False
        self.setObjectName("footer")
        self._text, self._warning = ElidedLabel(self), ElidedLabel(self)
        self._warning.setProperty("role", "warning")
        self.button = QPushButton("Move to trash…", self)
        self.button.setProperty("role", "primary")
        self.button.clicked.connect(self.move)
        self.skipped = QPushButton(self)
        self.skipped.setProperty("role", "link")
        self.skipped.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.skipped.clicked.connect(self.show_skipped)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        row.setSpacing(2 * GRID)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addStretch(1)
        for line in (self._text, self._warning):
            line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            lines.addWidget(line)
        lines.addStretch(1)
        row.addLayout(lines, 1)
        row.addWidget(self.skipped)
        row.addWidget(self.button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._clear)
        session.marks_changed.connect(self._refresh)
        session.groups_changed.connect(self._refresh)
        session.current_changed.connect(self._forget_hint)
        self._refresh()

    @property
    def text(self) -> str:
        """What the footer says."""
        return f"{self._text.text()} {self._warning.text()}".strip()

    @Slot(str)
    def warn(self, sentence: str) -> None:
        """Shows a sentence for a while."""
        self._hinting = False
        self._warn(words.shown(sentence))
        self._timer.start(8000)

    @Slot(str)
    def hint(self, sentence: str) -> None:
        """Shows a sentence about the photo that is looked at, for a while or until another one is."""
        self.warn(sentence)
        self._hinting = True

    @Slot()
    def _forget_hint(self) -> None:
        if self._hinting:
            self._timer.stop()
            self._clear()

    def _warn(self, sentence: str) -> None:
        self._warning.setText(sentence)
        self._warning.setToolTip(sentence)
        self._warning.setVisible(bool(sentence))

    def allow(self, allowed: bool) -> None:
        """Whether photos may be moved now."""
        if allowed != self._allowed:
            self._allowed = allowed
            self._refresh()

    @Slot()
    def _clear(self) -> None:
        self._hinting = False
        self._warn("")
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        skipped = len(self._session.found.skipped)
        self.skipped.setText(f"{skipped:,} skipped")
        self.skipped.setVisible(skipped > 0 and self._session.found.complete)
        totals = self._session.totals()
        self.button.setEnabled(totals.photos + totals.bereft > 0 and self._allowed)
        if not self._timer.isActive():  # what was just said stays for its while
            self._warn(staying_words(totals))
        self._text.setText(marked_words(totals) if totals.marked else self._proposal_words())
        self._text.setToolTip(self._text.text())

    def _proposal_words(self) -> str:
        free = self._session.shown.space()
        proposal = f" Taking every proposal would free {words.size(free)}." if free else ""
        return f"Nothing is marked yet.{proposal}" if len(self._session.shown) else ""


def marked_words(totals: Totals) -> str:
    """What will move: `128 photos marked for trash, 1.4 GB to free`; companions are named and not counted."""
    if not totals.photos:
        return "Nothing can move yet."
    photos = words.count(totals.photos, "photo")
    beside = ", plus companion files" if totals.beside else ""
    promise = "" if totals.lonely else " Every group keeps at least one."
    return f"{photos} marked for trash, {words.size(totals.size)} to free{beside}.{promise}"


def staying_words(totals: Totals) -> str:
    """Which of the marked photos will not move, and why."""
    parts = []
    if totals.lonely:
        what, match = ("photo", "it") if totals.lonely == 1 else ("photos", "them")
        parts.append(f"{totals.lonely:,} marked {what} will stay: no photo that matches {match} is kept.")
    if totals.bereft:
        what, their = (
            ("photo", "its raw photo or film")
            if totals.bereft == 1
            else ("photos", "their raw photos or films")
        )
        parts.append(f"{totals.bereft:,} marked {what} will stay: no copy of {their} is kept.")
    return " ".join(parts)
