"""Threads that the window never waits long for: what hangs in a dead drive is left behind.

In: what a thread does, until it is asked to end. Out: signals, as long as somebody waits for them. Such a
thread does not keep the program from ending, as one of Qt's own would.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from PySide6.QtCore import QObject

PATIENCE = 0.9
"""Seconds that all threads together have to come to their end when the window closes."""

_LEFT: list[QObject] = []
"""What threads that hang still hold: a QObject is to be deleted in its own thread, which is the window's."""


class Apart(QObject):
    """A thread of the window; what inherits it says what is done there, and how that is asked to end."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._thread: threading.Thread | None = None

    def isRunning(self) -> bool:
        """Whether the thread is at work or waits for some."""
        return self._thread is not None and self._thread.is_alive()

    def close(self) -> None:
        """Asks the thread to end and waits for it as long as there is patience."""
        close_all([self])

    def ask_to_end(self) -> None:
        """Stops what can be stopped, and tells the thread to end after it."""
        raise NotImplementedError

    def wait(self, until: float) -> None:
        """Waits for the end of the thread, and leaves it behind where that does not come.

        Args:
            until: By `time.monotonic`.
        """
        if self._thread is not None:
            self._thread.join(max(0.0, until - time.monotonic()))
            if self._thread.is_alive():
                for each in self.speakers():
                    each.blockSignals(True)
                    _LEFT.append(each)

    def speakers(self) -> Sequence[QObject]:
        """What the thread speaks through."""
        return [self]

    def run(self) -> None:
        """What the thread does."""
        raise NotImplementedError

    def _start(self) -> None:
        """Starts the thread unless it runs."""
        if not self.isRunning():
            self._thread = threading.Thread(target=self.run, name=self.objectName(), daemon=True)
            self._thread.start()


def close_all(threads: Sequence[Apart], until: float | None = None) -> None:
    """Asks all threads to end, and then waits for them together.

    Args:
        threads: The threads.
        until: By `time.monotonic`; `PATIENCE` from now by default.
    """
    until = time.monotonic() + PATIENCE if until is None else until
    for thread in threads:
        thread.ask_to_end()
    for thread in threads:
        thread.wait(until)
