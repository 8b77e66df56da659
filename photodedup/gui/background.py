"""Work that must not hold the window: each `Background` is a thread that does one job after the other.

In: a job, which is a function of core and what it needs. Out: signals, delivered in the window's thread
because the job lives there and only bound slots of QObjects are connected to it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from PySide6.QtCore import QObject, Signal

from photodedup.core.errors import PhotodedupError, StoppedError
from photodedup.gui.apart import Apart


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
        self.stop, self.over = threading.Event(), threading.Event()

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


class Background(Apart):
    """A thread that runs jobs in the order they come."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(name, parent)
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._submitted: list[Job] = []

    def submit(self, job: Job) -> Job:
        """Queues a job; connect its signals first."""
        # A job is held until it is over, since a QObject is to be deleted in its own thread: this one.
        self._submitted = [each for each in self._submitted if not each.over.is_set()]
        self._submitted.append(job)
        self._jobs.put(job)
        self._start()
        return job

    def ask_to_end(self) -> None:
        """Stops all jobs; those that cannot be stopped come to their end before the thread does."""
        for job in self._submitted:
            job.stop.set()
        self._jobs.put(None)

    def speakers(self) -> Sequence[QObject]:
        """The jobs that were not over."""
        return [self, *self._submitted]

    def run(self) -> None:
        """The thread's own loop; a defect in one job is reported and the next one runs."""
        while (job := self._jobs.get()) is not None:
            try:
                job.run()
            except Exception as error:
                threading.excepthook(
                    threading.ExceptHookArgs((type(error), error, error.__traceback__, None))
                )
            over = job.over
            del job
            over.set()
