"""Jobs run one after the other in a thread of their own, and no failure ends the thread."""

import threading

import pytest
from PySide6.QtCore import QObject, QThread, Slot

from photodedup.core.errors import PhotodedupError, StoppedError
from photodedup.gui.background import Background, Job


class Listener(QObject):
    """Hears what a job says, in the window's thread."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[object] = []
        self.threads: set[object] = set()

    @Slot(object)
    def done(self, result: object) -> None:
        self.heard.append(result)
        self.threads.add(QThread.currentThread())

    @Slot(str)
    def failed(self, sentence: str) -> None:
        self.heard.append(sentence)


@pytest.fixture
def background(qt):
    thread = Background("test")
    yield thread
    thread.close()


def submit(background, work) -> Listener:
    listener, job = Listener(), Job(work)
    job.done.connect(listener.done)
    job.failed.connect(listener.failed)
    background.submit(job)
    return listener


def test_a_job_runs_elsewhere_and_is_heard_here(qt, background):
    listener = submit(background, lambda _: threading.current_thread().name)
    qt(lambda: listener.heard)
    assert listener.heard != [threading.current_thread().name]
    assert listener.threads == {QThread.currentThread()}


def test_an_error_for_a_person_is_told_as_it_is(qt, background):
    def fail(_: Job) -> None:
        raise PhotodedupError("The disk is full. Make room and try again.")

    listener = submit(background, fail)
    qt(lambda: listener.heard)
    assert listener.heard == ["The disk is full. Make room and try again."]


def test_a_stopped_job_says_nothing(qt, background):
    def stop(_: Job) -> None:
        raise StoppedError("stopped")

    listener = submit(background, stop)
    qt(lambda: listener.heard)
    assert listener.heard == [""]


def test_a_defect_is_told_and_the_next_job_runs(qt, background, monkeypatch):
    seen = []
    monkeypatch.setattr(threading, "excepthook", seen.append)

    def break_down(_: Job) -> None:
        raise ZeroDivisionError("by zero")

    first = submit(background, break_down)
    second = submit(background, lambda _: 42)
    qt(lambda: second.heard)
    assert first.heard[0].startswith("Something unforeseen happened: by zero.")
    assert second.heard == [42]
    assert seen[0].exc_type is ZeroDivisionError


def test_closing_stops_what_runs(qt):
    thread = Background("test")
    started, stopped = threading.Event(), []

    def wait(job: Job) -> None:
        started.set()
        stopped.append(job.stop.wait(20))

    submit(thread, wait)
    qt(started.is_set)
    thread.close()
    assert stopped == [True]
    assert not thread.isRunning()


def test_what_cannot_be_stopped_comes_to_its_end_before_the_thread(qt):
    thread = Background("test")
    done = []
    for number in range(3):
        submit(thread, lambda _, n=number: done.append(n))
    thread.close()
    assert done == [0, 1, 2]
