"""Runs photodedup in a process that can be left behind, so that what was started ends whatever hangs.

In: what shall be run. Out: its exit code, in the process that was started. On Linux a drive served by another
program (sshfs, rclone) that takes a question and never answers holds the thread that asked, and with it all
of its process, where not even `kill -9` reaches it. So the process that was started only waits: everything
that may touch a drive, the walk and every window too, happens in a child. It says when it is done; where it
is not gone soon after that, it is killed and not waited for. So is one that a second Ctrl+C does not end.

Windows and macOS have one process, as they can end a thread that waits for a drive; this was not run there.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from photodedup.core.parent import alone, die_with
from photodedup.core.patience import TWICE

INTERRUPTED = 130
"""What shells call a program that Ctrl+C ended."""
GRACE = 0.2
"""Seconds that a child which is done has to go."""
AT_ONCE = 0.5
"""Seconds that a second Ctrl+C leaves it to come to its end by itself."""

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
_FAILED = 1


def complete_streams() -> None:
    """Gives the program streams that lead nowhere for those that whoever started it closed.

    Else the next file that is opened would get the number of one, and what a library complains of would be
    written into a journal.
    """
    for number, (name, mode) in enumerate(_STREAMS):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # gets the lowest number that is free
        if getattr(sys, name) is None:
            stream = os.fdopen(number, mode, encoding="utf-8", errors="replace", closefd=False)
            setattr(sys, name, stream)


def launch(run: Callable[[], int]) -> int:
    """Runs something in a child that can be left behind; comes back in that child only.

    Args:
        run: Called once, in the main thread of its process, before which nothing was started.

    Returns:
        Its exit code, with which the child is to end; the process that was started ends with the same.
    """
    if not sys.platform.startswith("linux") or alone():
        return run()
    heard = {signal.SIGCHLD, signal.SIGINT, signal.SIGUSR1}
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, heard)
    ear, mouth = os.pipe()
    try:
        launcher, child = os.getpid(), os.fork()
    except OSError:  # no more processes are allowed, and one does as well where no drive hangs
        os.close(ear)
        os.close(mouth)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return run()
    if child:
        os.close(mouth)
        _Watch(child, ear, heard).until_the_end()
    die_with(launcher)
    os.close(ear)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    ending = _Ending(launcher, mouth)
    try:
        ending.code = run()
    except SystemExit as end:  # as argparse says that all is told
        ending.code = end.code if isinstance(end.code, int) else int(end.code is not None)
        raise
    return ending.code


class _Watch:
    """What the process that was started does: it waits for its child."""

    def __init__(self, child: int, ear: int, heard: set[signal.Signals]) -> None:
        self._child, self._ear, self._heard = child, ear, heard
        self._code = _FAILED
        self._until: float | None = None
        self._asked: float | None = None

    def until_the_end(self) -> NoReturn:
        """Waits until the child is gone, or has had its time to go, and ends as it did."""
        while self._until is None or time.monotonic() < self._until:
            ended, status = os.waitpid(self._child, os.WNOHANG)
            if ended:
                _end_like(self._code << 8 if self._until and os.WIFSIGNALED(status) else status)
            self._hear()
        os.kill(self._child, signal.SIGKILL)
        os._exit(self._code)

    def _hear(self) -> None:
        """Waits for one signal."""
        if self._until is None:
            told = signal.sigwaitinfo(self._heard)
        else:
            found = signal.sigtimedwait(self._heard, max(0.0, self._until - time.monotonic()))
            if found is None:
                return
            told = found
        if told.si_signo == signal.SIGINT:
            self._interrupt(told.si_code <= 0)
        elif told.si_signo == signal.SIGUSR1 and told.si_pid == self._child:
            self._leave_after(GRACE, os.read(self._ear, 1)[0])

    def _interrupt(self, by_a_process: bool) -> None:
        """Passes on what a process sent; a terminal has asked the child by itself."""
        if by_a_process:
            os.kill(self._child, signal.SIGINT)
        now = time.monotonic()
        if self._asked is None:
            self._asked = now
        elif now - self._asked > TWICE and self._until is None:
            self._leave_after(AT_ONCE, INTERRUPTED)

    def _leave_after(self, seconds: float, code: int) -> None:
        self._code, self._until = code, time.monotonic() + seconds


class _Ending:
    """What the child does last: it lets go of what others wait for, and says that it is done."""

    def __init__(self, launcher: int, mouth: int) -> None:
        self.code = _FAILED
        self._launcher, self._mouth = launcher, mouth
        atexit.register(self._say)  # the first that is registered, so it comes after all others

    def _say(self) -> None:
        _close_streams()
        _end_tracker()
        with suppress(OSError):
            os.write(self._mouth, bytes([self.code & 0xFF]))
            os.kill(self._launcher, signal.SIGUSR1)
        os._exit(self.code & 0xFF)  # all is told; to take modules apart takes as long as ten hashes


def _end_like(status: int) -> NoReturn:
    """Ends with the exit code of the child, or by the signal that ended it."""
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        import resource  # noqa: PLC0415 - only here

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the child has written one, where it is wished for
        with suppress(OSError, ValueError):
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.kill(os.getpid(), -code)
    os._exit(code & 0xFF)


def _close_streams() -> None:
    """Lets go of the terminal, or of the pipes in which others wait for the end."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nowhere, descriptor)


def _end_tracker() -> None:
    """Ends a process of Python's own, which would wait for a thread that hangs."""
    tracker = sys.modules.get("multiprocessing.resource_tracker")
    pid = getattr(getattr(tracker, "_resource_tracker", None), "_pid", None)
    if pid:
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
