"""Closes the window within a second, whatever hangs.

In: the wish to close. Out: the window closed, at once or when the move that runs has finished the photo at
hand. Where that photo hangs in a drive that does not answer, the window closes all the same: what was to
happen is in the journal, and the next start asks what shall become of it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from photodedup.gui.apart import PATIENCE, Apart, close_all
from photodedup.gui.moves import Moves

MOVING = 0.7
"""Seconds that a move has to finish the photo at hand."""
LEAST = 0.2
"""Seconds that threads have to end, however long the move took."""


class Closing(QObject):
    """The way from the wish to close to the end of all threads."""

    def __init__(self, moves: Moves, window: QWidget) -> None:
        super().__init__(window)
        self._moves, self._window = moves, window
        self._wished: float | None = None
        self._waited = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(1000 * MOVING))
        self._timer.timeout.connect(self._close_anyway)
        moves.ended.connect(self._move_ended)

    def may_close(self) -> bool:
        """Whether nothing is being moved, or that hangs; what is being moved is stopped."""
        if not self._moves.moving:
            return True
        if self._wished is None:
            self._wished = time.monotonic()
            self._moves.stop_quietly()
            self._timer.start()
        return self._waited

    def end(self, threads: Sequence[Apart]) -> None:
        """Ends all threads, and leaves behind what hangs."""
        self._timer.stop()
        now = time.monotonic()
        wished = now if self._wished is None else self._wished
        close_all(threads, max(wished + PATIENCE, now + LEAST))

    @Slot()
    def _close_anyway(self) -> None:
        self._waited = True
        self._window.close()

    @Slot()
    def _close(self) -> None:
        self._window.close()

    @Slot(bool)
    def _move_ended(self, to_be_read: bool) -> None:
        """Closes the window that waits for this, unless there is something that the person must know."""
        if self._wished is None:
            return
        self._timer.stop()
        self._wished = None
        if not to_be_read:
            QTimer.singleShot(0, self, self._close)
