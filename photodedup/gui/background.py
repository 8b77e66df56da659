"""Work that must not hold the window: each `Background` is a thread that does one job after the other.

In: a job, which is a function of core and what it needs. Out: signals, delivered in the window's thread
because the job lives there and only bound slots of QObjects are connected to it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

from PySide6.QtCore import QObject, QThread, Signal

from photodedup.core.errors import PhotodedupError, StoppedError


class Job(QObject):
    """One piece of work and its news.

    Signals:
        progress: A `Progress`, at most ten a second.
        partial: What is there so far, for work that shows its results early.
        done: The result.
        failed: One sentence for a person.
    """

    progress = Signal(object)
    partial = Signal(object)
    done = Signal(object)
    failed = Signal(str)

    def __init__(self, work: Callable[[Job], object]) -> None:
        super().__init__()
        self.work = work
        self.stop = threading.Event()

    def run(self) -> None:
        """Does the work; called in the thread of a `Background`."""
        try:
            self.done.emit(self.work(self))
        except StoppedError:
            self.failed.emit("")
        except PhotodedupError as error:
            self.failed.emit(str(error))
        except Exception as error:  # the last net: a defect of ours must not end the program
            self.failed.emit(f"Something unforeseen happened: {error}. Nothing was lost; please try again.")
            raise


class Background(QThread):
    """A thread that runs jobs in the order they come."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._current: Job | None = None
        self._ended: list[Job] = []

    def submit(self, job: Job) -> Job:
        """Queues a job; connect its signals first."""
        self._ended.clear()  # a QObject is to be deleted in its own thread, which is this one
        self._current = job
        self._jobs.put(job)
        if not self.isRunning():
            self.start()
        return job

    def finish(self) -> None:
        """Lets everything that was submitted come to its end, then ends the thread."""
        self._jobs.put(None)
        if self.isRunning():
            self.wait()

    def close(self) -> None:
        """Stops what runs and ends the thread; returns when it has ended."""
        if self._current is not None:
            self._current.stop.set()
        self.finish()

    def run(self) -> None:
        """The thread's own loop; a defect in one job is reported and the next one runs."""
        while (job := self._jobs.get()) is not None:
            try:
                job.run()
            except Exception as error:
                threading.excepthook(
                    threading.ExceptHookArgs((type(error), error, error.__traceback__, None))
                )
            self._ended.append(job)
