"""Keeps worker processes warm; one that dies, hangs or eats too much costs one file and is replaced.

Tasks enter from any thread; answers and reasoned skips leave as a stream, in the order in which they finish.
One supervising thread owns the workers: it lives as long as the pool, because Linux ties a worker's life
to the thread that started it.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Pipe, wait
from queue import Empty

from photodedup.core.decode.confine import Limits, cores
from photodedup.core.decode.nursery import Nursery
from photodedup.core.decode.serving import BROKEN
from photodedup.core.decode.task import Plain, Task, open_once, open_patiently
from photodedup.core.decode.worker import CLOSER, Job, Order, Worker, out_of_time
from photodedup.core.errors import DecoderError, PhotodedupError, StoppedError
from photodedup.core.values import Skipped, SkipReason

_DEATHS = 2  # a worker may die for reasons of its own, so a file is blamed for the second death only
_STILLBORN = 3
_AHEAD, _POLL = 2, 0.05
_USUAL = ("photodedup.core.decode.picture", "photodedup.core.decode.pixels")
"""Modules of tasks that every worker is asked for sooner or later."""

Answer = tuple[Task, Plain | Skipped]


class Workers:
    """Worker processes for files that nobody vouches for.

    Usable from any thread, by several callers at once; started by the first task and kept until `close`.
    """

    def __init__(self, count: int | None = None, limits: Limits | None = None) -> None:
        """Start nothing yet.

        Args:
            count: How many processes at most; as many as cores by default.
            limits: What one file may cost.
        """
        self.count = max(1, count or cores())
        self._limits, self._lock = limits or Limits(), threading.Lock()
        self._queue: deque[Job] = deque()
        self._workers: list[Worker] = []
        self._modules, self._nursery = set(_USUAL), Nursery()
        self._stillborn, self._closed, self._hungry = 0, False, True
        self._thread: threading.Thread | None = None
        self._bell, self._rope = Pipe(duplex=False)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, tasks: Iterable[Task], stop: threading.Event | None = None) -> Iterator[Answer]:
        """Carry out tasks, never more than two a worker ahead of the answers.

        Args:
            tasks: Taken from the calling thread, lazily.
            stop: Ends the stream at once and kills the workers that work for it.

        Yields:
            Each task with its answer, or with why its file is not among the photos.

        Raises:
            StoppedError: The workers were closed meanwhile.
            DecoderError: No worker can be started.
        """
        stop = stop or threading.Event()
        order = Order()
        try:
            yield from self._answers(iter(tasks), order, stop)
        finally:
            order.cancel()
            self._ring()

    def run_one(self, task: Task, stop: threading.Event | None = None) -> Plain | Skipped:
        """Carry out one task before all others, for somebody who is waiting until `stop`.

        Raises:
            StoppedError: The workers were closed meanwhile, or `stop` was set.
            DecoderError: No worker can be started.
        """
        order = Order()
        try:
            opened = open_once(task) if stop is None else open_patiently(task, stop, order.patience)
            if isinstance(opened, Skipped):
                return opened
            if opened is not None:
                self._submit(Job(task, opened, order), first=True)
            return order.only_answer(stop)
        finally:
            order.cancel()
            self._ring()

    def pids(self) -> list[int]:
        """The process ids of the workers."""
        with self._lock:
            return [worker.pid for worker in self._workers]

    def close(self) -> None:
        """End every worker, and every stream that still waits. Harmless when repeated."""
        with self._lock:
            self._closed, thread = True, self._thread
        self._ring()
        if thread is not None and thread is not threading.current_thread():
            thread.join(1.0)  # longer only where a worker is started while a drive hangs
        CLOSER.settle()
        atexit.unregister(self.close)

    # The caller's thread.

    def _answers(self, supply: Iterator[Task], order: Order, stop: threading.Event) -> Iterator[Answer]:
        waiting, more = 0, True
        while (more or waiting) and not stop.is_set():
            while more and waiting < _AHEAD * self.count and not stop.is_set():
                task = next(supply, None)
                if task is None:
                    more = False
                elif isinstance(opened := open_patiently(task, stop, order.patience), Skipped):
                    yield task, opened
                elif opened is not None:
                    self._submit(Job(task, opened, order))
                    waiting += 1
            answer = None
            with suppress(Empty):
                answer = order.answers.get(timeout=_POLL) if waiting else None
            if isinstance(answer, PhotodedupError):
                raise answer
            if answer is not None:
                waiting -= 1
                yield answer

    def _submit(self, job: Job, first: bool = False) -> None:
        with self._lock:
            if self._closed:
                job.give_up(_closed())
                return
            (self._queue.appendleft if first else self._queue.append)(job)
            self._modules |= job.task.modules
            if self._thread is None:
                self._thread = threading.Thread(target=self._supervise, name="decode-workers", daemon=True)
                self._thread.start()
                atexit.register(self.close)
            ring, self._hungry = self._hungry, False
        if ring:
            self._ring()

    def _ring(self) -> None:
        """Wake the supervising thread."""
        if self._thread is None or not self._thread.is_alive():
            return
        with suppress(OSError, ValueError):
            self._rope.send_bytes(b".")

    # The supervising thread.

    def _supervise(self) -> None:
        try:
            while not self._closed:
                self._drop_cancelled()
                self._give_out()
                deadline = min((worker.deadline for worker in self._workers), default=float("inf"))
                timeout = None if deadline == float("inf") else max(0.0, deadline - time.monotonic())
                ends = {worker.pipe: worker for worker in self._workers}
                for end in wait([self._bell, *ends], timeout):
                    if end is self._bell:
                        self._bell.recv_bytes()
                    else:
                        self._hear(ends[end])  # type: ignore[index]
                self._end_overdue()
        finally:
            self._end_all()

    def _give_out(self) -> None:
        """Give queued jobs to idle workers, and start workers while there are too few."""
        for worker in list(self._workers):
            if worker.ready and worker.job is None:
                with self._lock:
                    self._hungry = not self._queue
                    if self._hungry:
                        return
                    job = self._queue.popleft()
                if job.task.modules <= worker.modules:
                    worker.give(job)
                else:  # it cannot load anything any more, so another one must
                    self._end(worker)
                    with self._lock:
                        self._queue.appendleft(job)
        coming = sum(not worker.ready for worker in self._workers)
        while len(self._workers) < self.count and coming < len(self._queue):
            coming += self._start()
        with self._lock:  # what waits behind others is given out when one of them is done
            self._hungry = not self._queue or len(self._workers) < self.count

    def _start(self) -> bool:
        try:
            worker = Worker(self._limits, frozenset(self._modules), self._nursery)
        except OSError as error:
            self._count_stillborn(error.strerror or str(error))
            return False
        with self._lock:
            self._workers.append(worker)
        return True

    def _hear(self, worker: Worker) -> None:
        answer, job = worker.take(), worker.job
        if answer is None or answer[0] == BROKEN:
            self._bury(worker, "it ended while it started" if answer is None else str(answer[1]))
            return
        self._stillborn = 0  # one that answers shows that the decoder can start
        if job is None:
            worker.ready = True
        else:
            worker.job = None
            job.deliver(answer)

    def _bury(self, worker: Worker, why: str) -> None:
        """A worker died: ask why, and decide what becomes of its file."""
        code = self._end(worker, patience=0.5)
        job = worker.job
        if not worker.ready:
            self._count_stillborn(why)
        if job is None:
            return
        job.deaths += 1
        if out_of_time(code):
            job.refuse(SkipReason.TOO_SLOW, "took too much processor time to read")
        elif job.deaths >= _DEATHS:
            job.refuse(SkipReason.DECODER_CRASHED, "crashed the decoder, so it is left out")
        else:
            with self._lock:
                self._queue.appendleft(job)

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for worker in [each for each in self._workers if each.deadline <= now]:
            self._end(worker)
            if worker.job is None:
                self._count_stillborn("it takes too long")
            else:  # what takes the processor's time ends by that, so this one waited: for its drive, mostly
                what = (
                    f"could not be read within {self._limits.wall:g} seconds; its drive may be slow or hung"
                )
                worker.job.refuse(SkipReason.UNREADABLE, what)

    def _drop_cancelled(self) -> None:
        with self._lock:
            dropped = [job for job in self._queue if job.order.cancelled]
            self._queue = deque(job for job in self._queue if not job.order.cancelled)
        for job in dropped:
            job.close()
        for worker in [each for each in self._workers if each.job and each.job.order.cancelled]:
            self._end(worker)
            if worker.job:
                worker.job.close()

    def _count_stillborn(self, why: str) -> None:
        """When nobody could start several times in a row, nobody ever will: end what waits for it."""
        self._stillborn += 1
        if self._stillborn < _STILLBORN:
            return
        self._stillborn = 0
        with self._lock:
            lost, self._queue = list(self._queue), deque()
        told = f"No photo can be read, because the decoder does not start ({why}): close other programs or"
        for job in lost:
            job.give_up(DecoderError(f"{told} install photodedup again, then try once more."))

    def _end(self, worker: Worker, patience: float = 0.0) -> int | None:
        with self._lock:
            self._workers.remove(worker)
        return worker.end(patience)

    def _end_all(self) -> None:
        with self._lock:
            self._closed, left, self._queue = True, list(self._queue), deque()
        for worker in list(self._workers):
            worker.kill()  # all at once, so that waiting for one that hangs is waiting for all
        for worker in list(self._workers):
            self._end(worker)
            if worker.job is not None:
                left.append(worker.job)
        self._nursery.close()
        for job in left:
            job.give_up(_closed())


def _closed() -> StoppedError:
    return StoppedError("The workers were closed.")
