"""Progress on standard error.

In: `Progress`. Out: one line that changes on a terminal; elsewhere a line now and then; nothing where nobody
can take it.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress

from photodedup.core.values import Progress
from photodedup.gui import words


class Meter:
    """Progress on standard error: one line that changes on a terminal, now and then a line elsewhere."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._next = time.monotonic() + 2

    def __call__(self, progress: Progress) -> None:
        """Shows how far it is."""
        ended = progress.done == progress.total
        if not self._terminal and not ended and time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 10
        end = "\n" if ended or not self._terminal else ""
        start = "\r\x1b[K" if self._terminal else ""
        with suppress(OSError, ValueError):  # a terminal that is gone must not end what is told of
            print(f"{start}{words.progress(progress)}", end=end, file=sys.stderr, flush=True)
