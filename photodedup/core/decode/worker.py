"""The handle by which the parent holds one worker process, and what it is asked to do.

Jobs enter and go to the worker through a pipe, the open file beside them; its answers leave as plain data.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import reduction
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from queue import Empty, SimpleQueue
from threading import Event

from photodedup.core.decode.confine import THREADS, Limits
from photodedup.core.decode.nursery import Child, Nursery
from photodedup.core.decode.serving import BY_DESCRIPTOR, serve_alone
from photodedup.core.decode.task import Plain, Task, skipped, unpack
from photodedup.core.errors import PhotodedupError, StoppedError
from photodedup.core.patience import POLL, Closer, Patience
from photodedup.core.values import Skipped, SkipReason

_SPAWN = multiprocessing.get_context("spawn")
_DYING = 0.3
"""Seconds that a killed worker may take to go."""
_START = 60.0
"""Seconds that a worker may take to start, on a slow disk."""
CLOSER = Closer()
"""Closes what workers read: the thread that gives them their files must not wait for a drive that hangs."""


class Order:
    """One caller's wish: where its answers go, and whether it still wants them."""

    def __init__(self) -> None:
        self.answers: SimpleQueue[tuple[Task, Plain | Skipped] | PhotodedupError] = SimpleQueue()
        self.patience = Patience()
        self.cancelled = False

    def only_answer(self, stop: Event | None) -> Plain | Skipped:
        """Waits for the answer to the only task of this order.

        Raises:
            StoppedError: `stop` was set before.
            PhotodedupError: What was told instead of an answer.
        """
        while stop is None or not stop.is_set():
            with suppress(Empty):
                answer = self.answers.get(timeout=None if stop is None else POLL)
                if isinstance(answer, PhotodedupError):
                    raise answer
                return answer[1]
        raise StoppedError("Stopped while a photo was read.")

    def cancel(self) -> None:
        """Nobody waits for answers any more."""
        self.patience.close()
        self.cancelled = True


@dataclass(slots=True, eq=False)
class Job:
    """A task under way: the open file, whose it is, and how many workers died over it."""

    task: Task
    descriptor: int
    order: Order
    deaths: int = 0

    def close(self) -> None:
        """Close the file; harmless when repeated."""
        if self.descriptor >= 0:
            CLOSER.let_go(self.descriptor)
            self.descriptor = -1

    def answer(self, result: Plain | Skipped) -> None:
        """Tell the caller, and be done with the file."""
        self.close()
        self.order.answers.put((self.task, result))

    def give_up(self, error: PhotodedupError) -> None:
        """Tell the caller that nobody will ever read this file."""
        self.close()
        self.order.answers.put(error)

    def refuse(self, reason: SkipReason, what: str) -> None:
        """Tell the caller why this file is not among the photos."""
        self.answer(skipped(self.task.path, reason, what))

    def deliver(self, answer: tuple[str, Plain]) -> None:
        """Tell the caller what the worker answered."""
        kind, value = answer
        if kind == "done":
            self.answer(value)
            return
        try:
            reason, what = value
            self.refuse(SkipReason(reason), str(what))
        except (TypeError, ValueError):
            self.refuse(SkipReason.DECODER_CRASHED, "made the decoder answer nonsense, so it is left out")


class Worker:
    """The parent's end of one worker process. Used by one thread only: the one that made it."""

    def __init__(self, limits: Limits, modules: frozenset[str], nursery: Nursery) -> None:
        """Start the process.

        Args:
            limits: What one file may cost.
            modules: What it loads before its first file.
            nursery: Forks it, where it can.

        Raises:
            OSError: It cannot be started.
        """
        self.modules = modules
        self.pipe, other = _SPAWN.Pipe(duplex=True)
        self.job: Job | None = None
        self.ready = False
        self._wall = limits.wall
        self._deadline = time.monotonic() + _START
        if "cv2" in sys.modules:
            # Waits for a thread that loads it: until then sys.path, which a child inherits, is not ours.
            importlib.import_module("cv2")
        try:
            born = nursery.bear(other, limits, modules)
            self._process = born or _spawned(other, limits, modules)
        except OSError:
            self.pipe.close()
            raise
        finally:
            other.close()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid or 0

    @property
    def deadline(self) -> float:
        """When it has taken too long, by `time.monotonic`; infinite while idle."""
        return self._deadline if self.job is not None or not self.ready else float("inf")

    def give(self, job: Job) -> None:
        """Hand over a job; a worker that is dead by now shows it by its closed pipe."""
        task = job.task
        path = None if BY_DESCRIPTOR else os.fspath(task.path)
        self.job, self._deadline = job, time.monotonic() + self._wall
        with suppress(OSError, ValueError):
            self.pipe.send((task.function, task.arguments, path))
            if BY_DESCRIPTOR:
                reduction.send_handle(self.pipe, job.descriptor, self.pid)

    def take(self) -> tuple[str, Plain] | None:
        """The answer that is waiting, or None when the worker died or spoke nonsense."""
        try:
            return unpack(self.pipe.recv_bytes())
        except Exception:  # a worker that a file took over can send anything
            return None

    def end(self, patience: float = 0.0) -> int | None:
        """End the process.

        Args:
            patience: Seconds to wait for it to end by itself before it is killed.

        Returns:
            Its exit code, negative for a signal, or None when it had to be killed.
        """
        self._process.join(patience)
        code = self._process.exitcode
        if code is None:
            self.kill()
            self._process.join(_DYING)
            if self._process.exitcode is None:
                # It hangs in the disk, and dies when that lets it go; the end of Python must not wait for it.
                _forget(self._process)
        self.pipe.close()
        return code

    def kill(self) -> None:
        """Tell the system to end it, without waiting."""
        self._process.kill()


def _spawned(pipe: Connection, limits: Limits, modules: frozenset[str]) -> SpawnProcess:
    """A worker that begins with nothing, as on Windows and macOS."""
    arguments = (pipe, limits, os.getpid(), modules)
    process = _SPAWN.Process(target=serve_alone, args=arguments, name="photodedup-worker", daemon=True)
    with _single_threaded():
        process.start()
    return process


def _forget(process: Child | SpawnProcess) -> None:
    if isinstance(process, Child):
        process.forget()
    else:
        multiprocessing.process._children.discard(process)  # type: ignore[attr-defined]


def out_of_time(code: int | None) -> bool:
    """Whether an exit code says that the limit on processor time ended the worker."""
    return code is not None and hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU


@contextmanager
def _single_threaded() -> Iterator[None]:
    """Tell numpy in a new process to start no threads: they would cost time and escape confinement."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
