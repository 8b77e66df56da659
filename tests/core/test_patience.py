"""Calls that never come back hold nobody who wants to stop."""

import os
import subprocess
import sys
import threading
import time

import pytest

from photodedup.core import patience
from photodedup.core.errors import StoppedError
from photodedup.core.patience import HUNG, Closer, Patience, as_long_as_it_works, let_go, patiently, spread


@pytest.fixture
def stuck():
    """A call that does not come back until the test is over."""
    gate = threading.Event()
    yield lambda: gate.wait(10)
    gate.set()


def stopped_soon():
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    return stop


def test_a_call_gives_its_result_or_its_error():
    assert patiently(lambda: 7, threading.Event()) == 7
    with pytest.raises(ZeroDivisionError):
        patiently(lambda: 1 // 0, threading.Event())


def test_a_call_that_hangs_is_left_behind_at_the_stop(stuck):
    patience = Patience()
    with pytest.raises(StoppedError):
        patience.call(stuck, stopped_soon())
    assert patience.call(lambda: 7, threading.Event()) == 7
    patience.close()
    patience.close()


def test_a_result_that_comes_too_late_is_given_back():
    gate, came = threading.Event(), threading.Event()
    late = []

    def slow():
        gate.wait(60)
        return "descriptor"

    with pytest.raises(StoppedError):
        Patience().call(slow, stopped_soon(), late=lambda result: (late.append(result), came.set()))
    gate.set()
    assert came.wait(10)
    assert late == ["descriptor"]


def test_a_call_that_is_nearly_done_comes_to_its_end_after_the_stop():
    stop = threading.Event()
    stop.set()
    assert patiently(lambda: time.sleep(0.02) or 7, stop) == 7


def test_the_caller_gets_a_turn_while_it_waits():
    turns = []
    assert patiently(lambda: time.sleep(0.2) or 7, threading.Event(), lambda: turns.append(1)) == 7
    assert turns


@pytest.mark.skipif(
    not hasattr(time, "pthread_getcpuclockid"), reason="this system knows no clocks of threads"
)
def test_work_that_goes_on_after_the_stop_is_waited_for_and_what_hangs_is_left(stuck):
    stop = stopped_soon()

    def finish():
        stop.wait()
        until = time.monotonic() + 2 * HUNG
        while time.monotonic() < until:
            time.sleep(0.01)
        return 7

    assert as_long_as_it_works(finish, stop) == 7
    with pytest.raises(StoppedError):
        as_long_as_it_works(stuck, stop)
    with pytest.raises(ZeroDivisionError):
        as_long_as_it_works(lambda: 1 // 0, stop)


def test_calls_are_spread_over_threads_and_an_error_is_the_callers():
    assert sorted(spread(lambda n: n * n, range(50), 3)) == [n * n for n in range(50)]
    assert spread(str, [], 3) == []
    with pytest.raises(ZeroDivisionError):
        spread(lambda n: 1 // n, [1, 0, 2], 2)


def test_a_thread_that_was_left_behind_does_not_keep_python_from_ending(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    program = f"""
import threading
from photodedup.core.patience import patiently, spread
from photodedup.core import patience
from photodedup.core.errors import StoppedError
def hang(*_):
    return open({str(tmp_path / "pipe")!r})
stop = threading.Event()
threading.Timer(0.1, stop.set).start()
for call in (hang, lambda: spread(hang, [1, 2], 2)):
    try:
        patiently(call, stop)
    except StoppedError:
        print("stopped")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "stopped\nstopped\n"


def test_a_file_whose_closing_fails_is_let_go_all_the_same(tmp_path):
    descriptor = os.open(tmp_path, os.O_RDONLY)
    let_go(descriptor)
    let_go(descriptor)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_files_are_closed_though_one_of_them_hangs(tmp_path, monkeypatch):
    gate, real = threading.Event(), patience.let_go
    paths = [tmp_path / name for name in ("a", "hangs", "b", "c")]
    files = [os.open(path, os.O_RDONLY | os.O_CREAT) for path in paths]
    monkeypatch.setattr(patience, "let_go", lambda each: (each == files[1] and gate.wait(60), real(each)))
    closer = Closer()
    closer.let_go(files[0])
    closer.settle()
    for each in files[1:3]:
        closer.let_go(each)
    closer.settle()
    closer.settle()
    closer.let_go(files[3])
    closer.settle()
    for each in (files[0], files[2], files[3]):
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(each)
    os.fstat(files[1])
    gate.set()
    closer.settle()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(files[1])
