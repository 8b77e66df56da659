"""A process that forks workers, so that what they need is loaded once and not by each of them. Linux only.

Wishes for a worker enter through a socket, the worker's end of its pipe beside each; process ids and handles
of processes leave. The nursery itself is clean: one thread, no file of anybody, nothing of the program but
what workers load. It ends when the socket is closed, and its workers end with it.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import socket
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.util import _args_from_interpreter_flags  # type: ignore[attr-defined]

from photodedup.core.decode.confine import THREADS, Limits, settle
from photodedup.core.decode.serving import load, serve
from photodedup.core.parent import die_with, fork, may_fork

_CODE = """import sys
parent, *sys.path = sys.argv[1:]
from photodedup.core.decode.nursery import tend
tend(0, int(parent))
"""
_MOST = 1 << 16
_START = 60.0
"""Seconds that a nursery may take to load what workers need, on a slow disk."""
_END = 1.0
_early: list[tuple[socket.socket, int]] = []


class Child:
    """A worker of a nursery, with what `multiprocessing.Process` can do. Used by one thread."""

    def __init__(self, pid: int, handle: int, mother: socket.socket) -> None:
        self.pid = pid
        self.exitcode: int | None = None
        self._handle, self._mother = handle, mother

    def kill(self) -> None:
        """Tell the system to end it, without waiting; by its handle, so that nobody else is ever hit."""
        if self.exitcode is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def join(self, timeout: float) -> None:
        """Wait for its end, so many seconds at most; then `exitcode` is set."""
        if self.exitcode is None and _readable(self._handle, timeout):
            self.exitcode = -signal.SIGKILL  # as all its workers, where the nursery has gone
            with suppress(OSError, ValueError):
                self._mother.send(pickle.dumps(self.pid))
                self.exitcode = int(self._mother.recv(_MOST))
            os.close(self._handle)

    def forget(self) -> None:
        """Let it go, though it has not ended: it hangs in the disk, and dies when that lets go of it."""
        if self.exitcode is None:
            self.exitcode = -signal.SIGKILL
            os.close(self._handle)


class Nursery:
    """The parent's end of a nursery, which is started when the first worker is wanted. Used by one thread."""

    def __init__(self) -> None:
        self._end: socket.socket | None = None
        self._pid = 0

    def bear(self, pipe: Connection, limits: Limits, modules: frozenset[str]) -> Child | None:
        """Fork a worker.

        Args:
            pipe: The worker's end; still to be closed here.
            limits: What one file may cost.
            modules: What its tasks ask for.

        Returns:
            The worker, or None where the system has no handles of processes.

        Raises:
            OSError: It cannot be forked. After a `ConnectionError` the next one is born by a new nursery.
        """
        if self._end is None and not _possible():
            return None
        self._end, self._pid = (self._end, self._pid) if self._end else _early.pop() if _early else _started()
        try:
            socket.send_fds(self._end, [pickle.dumps((limits, modules))], [pipe.fileno()])
            answer, handles, _, _ = socket.recv_fds(self._end, _MOST, 1)
            if not answer:
                raise ConnectionResetError("it ended while it started")
        except (ConnectionError, TimeoutError):
            self.close()
            raise
        pid = int(answer)
        if not handles:
            raise OSError(-pid, os.strerror(-pid))
        return Child(pid, handles[0], self._end)

    def close(self) -> None:
        """End it, and all its workers. Harmless when repeated."""
        if self._end is None:
            return
        self._end.close()
        self._end = None
        with suppress(OSError):
            handle = os.pidfd_open(self._pid)
            try:
                if not _readable(handle, _END):
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
                    _readable(handle, _END)
            finally:
                os.close(handle)
            os.waitpid(self._pid, os.WNOHANG)


def fork_early(modules: frozenset[str]) -> None:
    """Fork a nursery while this process is as clean as a new one, which saves what both load.

    The first workers of this process are born by it. Nothing happens where there is more than one thread,
    whose locks a fork would copy.

    Args:
        modules: What the first tasks ask for, loaded at once beside what this process does.
    """
    if not may_fork() or not _possible():
        return
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def serve(parent: int) -> None:
        ours.close()
        tend(theirs.detach(), parent, modules)

    with theirs:
        try:
            pid = fork(serve)
        except OSError:
            ours.close()
            raise
    ours.settimeout(_START)
    _early.append((ours, pid))


def _started() -> tuple[socket.socket, int]:
    """The end and the process id of a nursery that begins with nothing."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(_START)
    command = [sys.executable, *_args_from_interpreter_flags(), "-c", _CODE]
    command += [str(os.getpid()), *sys.path]
    environment = {**os.environ, **dict.fromkeys(THREADS, "1")}
    inherited = [(os.POSIX_SPAWN_DUP2, theirs.fileno(), 0)]
    try:
        return ours, os.posix_spawn(sys.executable, command, environment, file_actions=inherited)
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()


def tend(descriptor: int, parent: int, modules: frozenset[str] = frozenset()) -> None:
    """Be a nursery, until the other end of the socket is closed.

    Args:
        descriptor: This end of the socket.
        parent: Process id of the parent, with which this process ends.
        modules: What is loaded before anything is asked for.
    """
    gc.disable()  # what is loaded stays, so that nothing in it needs to be looked for
    settle(parent)
    control = socket.socket(fileno=os.dup(descriptor))
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    for each in {nowhere, descriptor} - {0}:
        os.close(each)
    _load(modules)
    while True:
        data, ends, _, _ = socket.recv_fds(control, _MOST, 1)
        if not data:
            os._exit(0)
        wish = pickle.loads(data)  # from the parent only
        if ends:
            _bear(control, ends[0], *wish)
        else:
            _, status = os.waitpid(wish, 0)
            control.send(str(os.waitstatus_to_exitcode(status)).encode())


def _bear(control: socket.socket, end: int, limits: Limits, modules: frozenset[str]) -> None:
    _load(modules)
    gc.freeze()  # what is never looked at is never copied
    mother = os.getpid()
    try:
        pid = os.fork()
        if pid == 0:
            _work(control, end, limits, mother, modules)
        handle = os.pidfd_open(pid)
    except OSError as error:
        control.send(str(-(error.errno or 1)).encode())
        return
    finally:
        os.close(end)
    socket.send_fds(control, [str(pid).encode()], [handle])
    os.close(handle)


def _load(modules: frozenset[str]) -> None:
    with suppress(ImportError):  # the worker finds it too, and tells it
        if modules:
            load(modules)


def _work(control: socket.socket, end: int, limits: Limits, mother: int, modules: frozenset[str]) -> None:
    code = 1
    try:
        control.close()
        die_with(mother)
        serve(Connection(end), limits, modules)
        code = 0
    finally:
        os._exit(code)


def _possible() -> bool:
    """Whether this is Linux with handles of processes, which some sandboxes refuse."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True


def _readable(descriptor: int, seconds: float) -> bool:
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    return bool(waiting.poll(seconds * 1000))
