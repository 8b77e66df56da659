"""One worker process: the loop inside it, and the handle by which the parent holds it.

Tasks enter through a pipe, the open file beside them; answers leave as plain data.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import reduction
from multiprocessing.connection import Connection
from queue import SimpleQueue

from photodedup.core.decode.confine import Limits, prepare, settle, watch_parent
from photodedup.core.decode.task import Plain, Task, carry_out, pack, skipped, unpack
from photodedup.core.values import Skipped, SkipReason

_SPAWN = multiprocessing.get_context("spawn")
_BY_DESCRIPTOR = os.name != "nt"
_START = 60.0
"""Seconds that a worker may take to start, on a slow disk."""


class Order:
    """One caller's wish: where its answers go, and whether it still wants them."""

    def __init__(self) -> None:
        self.answers: SimpleQueue[tuple[Task, Plain | Skipped] | None] = SimpleQueue()
        self.cancelled = False


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
            os.close(self.descriptor)
            self.descriptor = -1

    def answer(self, result: Plain | Skipped) -> None:
        """Tell the caller, and be done with the file."""
        self.close()
        self.order.answers.put((self.task, result))

    def refuse(self, reason: SkipReason, what: str) -> None:
        """Tell the caller why this file is not among the photos."""
        self.answer(skipped(self.task.path, reason, what))


class Worker:
    """The parent's end of one worker process. Used by one thread only: the one that made it."""

    def __init__(self, limits: Limits) -> None:
        self.pipe, other = _SPAWN.Pipe(duplex=True)
        self.job: Job | None = None
        self.ready = False
        self._wall = limits.wall
        self._deadline = time.monotonic() + _START
        self._process = _SPAWN.Process(
            target=_serve, args=(other, limits, os.getpid()), name="photodedup-worker", daemon=True
        )
        try:
            self._process.start()
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
        path = None if _BY_DESCRIPTOR else os.fspath(task.path)
        self.job, self._deadline = job, time.monotonic() + self._wall
        with suppress(OSError, ValueError):
            self.pipe.send((task.function, task.arguments, path))
            if _BY_DESCRIPTOR:
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
            self._process.kill()
            self._process.join(1.0)
        self.pipe.close()
        return code


def out_of_time(code: int | None) -> bool:
    """Whether an exit code says that the limit on processor time ended the worker."""
    return code is not None and hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU


def _serve(pipe: Connection, limits: Limits, parent: int) -> None:
    """The worker: one file after the other, until the parent hangs up."""
    settle(parent)
    watch_parent(parent)
    with suppress(EOFError, OSError):
        pipe.send_bytes(pack(("ready", None)))
        while True:
            function, arguments, path = pipe.recv()
            source = reduction.recv_handle(pipe) if _BY_DESCRIPTOR else path
            with open(source, "rb", buffering=0) as stream:  # noqa: PTH123 - a descriptor, not a path
                stream.seek(0)
                prepare(limits)
                answer = carry_out(function, stream, arguments)
            pipe.send_bytes(pack(answer))
