"""Ties a process to the one that started it, so that none is left behind by a parent that is killed.

The process id of the parent enters; nothing leaves. Linux only; elsewhere nothing happens. It loads little,
since the program itself begins with it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress

ALONE = "PHOTODEDUP_ONE_PROCESS"
"""Environment variable for whoever looks for a fault: one process does all but what workers do."""

_PARENT_DEATH = 1  # PR_SET_PDEATHSIG
_OUTSIDE = 0  # the parent of the first process of a container, seen from inside


def alone() -> bool:
    """Whether no process shall be forked that could be done without."""
    return bool(os.environ.get(ALONE))


def die_with(parent: int) -> None:
    """Lets the system kill this process when the thread that started it is gone.

    Args:
        parent: Process id of the parent, to notice that it died before this call.
    """
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)
    if os.getppid() not in {parent, _OUTSIDE}:
        os._exit(1)
