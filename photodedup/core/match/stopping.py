"""Ends a comparison that the person stopped.

Enters: the event that is set to stop. Leaves: nothing, or `StoppedError`.
"""

from __future__ import annotations

from threading import Event

from photodedup.core.errors import StoppedError


def end_if_set(stop: Event | None) -> None:
    """Goes on unless `stop` was set.

    Raises:
        StoppedError: `stop` was set.
    """
    if stop is not None and stop.is_set():
        raise StoppedError("The comparison was stopped.")
