"""How fast a long task runs and how long it will take, told at most ten times a second.

In: a call for each thing done. Out: `Progress` values for the window and the command line.
"""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path

from photodedup.core.values import Progress, Stage, Tell

INTERVAL = 0.1
WINDOW = 8.0
"""Seconds over which the rate is measured: long enough to be steady, short enough to follow a slow drive."""


class Pace:
    """Counts what one stage has done and tells it.

    Attributes:
        total: How many there are, or None while that is unknown.
    """

    def __init__(self, stage: Stage, tell: Tell | None, total: int | None = None) -> None:
        self.total = total
        self._stage, self._tell = stage, tell
        self._done = self._skipped = 0
        self._samples = deque([(time.monotonic(), 0)])
        self._told = 0.0

    def step(self, folder: Path | None = None, skipped: int = 0, count: int = 1) -> None:
        """Counts `count` more things done, the last one in `folder`, `skipped` of them left out."""
        self._done += count
        self._skipped += skipped
        now = time.monotonic()
        if self._tell is not None and now - self._told >= INTERVAL:
            self._told = now
            self._tell(self._progress(now, folder))

    def finish(self) -> None:
        """Tells the last state, so that the end is never missed."""
        if self._tell is not None:
            self._tell(self._progress(time.monotonic(), None))

    def _progress(self, now: float, folder: Path | None) -> Progress:
        self._samples.append((now, self._done))
        while len(self._samples) > 2 and now - self._samples[0][0] > WINDOW:
            self._samples.popleft()
        since, before = self._samples[0]
        rate = (self._done - before) / (now - since) if now > since else 0.0
        left = (self.total - self._done) / rate if self.total is not None and rate > 0 else None
        return Progress(self._stage, self._done, self.total, folder, self._skipped, rate, left)
