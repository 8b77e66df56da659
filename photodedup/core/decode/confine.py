"""What a worker process gives up before it touches a stranger's file: time, memory, noise, a life of its own.

Limits enter; the process that calls is bound by them. POSIX only where `resource` is; elsewhere the parent's
clock is the only limit.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
from dataclasses import dataclass
from functools import cache

from photodedup.core.parent import die_with

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment, unused-ignore]
_LIMITED = "resource" in sys.modules

NOISE = "PHOTODEDUP_WORKER_NOISE"
"""Environment variable that lets the codecs' own messages through, for whoever looks for a fault."""

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Environment variables that tell numpy in a new process to start no threads: they would cost time and escape
confinement."""

_LINUX = sys.platform.startswith("linux")
_KEPT = ((-1, 1 << 26), (-3, 1 << 25))
"""For the `mallopt` of glibc: M_TRIM_THRESHOLD, and M_MMAP_THRESHOLD as large as it may be."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost.

    Attributes:
        wall: Seconds by the clock, kept by the parent.
        cpu: Seconds of processor time, kept by the system.
        memory: Bytes above what the worker held before the file.
    """

    wall: float = 60.0
    cpu: float = 10.0
    memory: int = 1 << 30


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def settle(parent: int) -> None:
    """Bind the calling worker for good: silent, polite, deaf to Ctrl+C, gone when its parent is gone.

    Args:
        parent: Process id of the parent, to notice that it died before this call.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not os.environ.get(NOISE):
        _silence()
    if _LIMITED:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(10)
    if _LINUX:
        _keep_memory()
    die_with(parent)


def _keep_memory() -> None:
    """Let the memory of one file serve the next; to get it anew from the system takes as long as a hash."""
    with contextlib.suppress(OSError, AttributeError):  # only glibc has it
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in _KEPT:
            mallopt(option, value)


def prepare(limits: Limits) -> None:
    """Move the limits forward for the next file."""
    if not _LIMITED:
        return
    times = os.times()
    used = times.user + times.system
    _limit(resource.RLIMIT_CPU, max(int(used + limits.cpu), int(used) + 2))  # whole seconds only
    held = _held()
    if held is not None:
        _limit(resource.RLIMIT_AS, held + limits.memory)


def watch_parent(pid: int) -> None:
    """Where the system cannot tie a worker to its parent, ask every second whether it is still there."""
    if _LINUX or os.name == "nt":
        return

    def look() -> None:
        while os.getppid() == pid:
            threading.Event().wait(1.0)
        os._exit(0)

    threading.Thread(target=look, name="parent", daemon=True).start()


def _limit(kind: int, soft: int) -> None:
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(kind, (soft, hard))


def _held() -> int | None:
    """Bytes of address space in use, or None where the system does not say."""
    try:
        pages = os.pread(_statm(), 64, 0).split()[0]
    except OSError:
        return None
    return int(pages) * os.sysconf("SC_PAGESIZE")


@cache
def _statm() -> int:
    """Opened once, while the worker may still open files."""
    return os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
