"""Forks processes that do one thing, and ties them to their parent, so that none is left behind by a kill.

What shall be done enters, or the process id of the parent; process ids leave. Linux only; elsewhere nothing
happens. It loads little, since the program itself begins with it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

ALONE = "PHOTODEDUP_ONE_PROCESS"
"""Environment variable for whoever looks for a fault: one process does all but what workers do."""

_PARENT_DEATH = 1  # PR_SET_PDEATHSIG
_OUTSIDE = 0  # the parent of the first process of a container, seen from inside


def alone() -> bool:
    """Whether no process shall be forked that could be done without."""
    return bool(os.environ.get(ALONE))


def may_fork() -> bool:
    """Whether this process can be forked: on Linux, with one thread, since a fork copies the locks of all."""
    return sys.platform.startswith("linux") and not alone() and len(os.listdir("/proc/self/task")) == 1


def fork(serve: Callable[[int], object]) -> int:
    """Forks a process that does one thing and ends.

    Args:
        serve: Called in it with the process id of this one.

    Returns:
        Its process id.

    Raises:
        OSError: No more processes are allowed.
    """
    parent, pid = os.getpid(), os.fork()
    if pid == 0:
        try:
            serve(parent)
        finally:
            os._exit(1)
    return pid


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
