"""The process that was started ends as its child does, and does not wait for one that cannot end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from photodedup import launch
from photodedup.core.parent import ALONE
from photodedup.core.patience import TWICE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has two processes")

PROGRAM = """
import os, signal, sys, time
from photodedup.launch import launch
def run():
    print(os.getpid(), flush=True)
    {body}
    return 0
sys.exit(launch(run))
"""


@pytest.fixture
def started():
    """Starts a program whose child does something; gives the process and the number of the child."""
    processes = []

    def start(body, **more):
        command = [sys.executable, "-c", PROGRAM.format(body=body)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
        processes.append(process)
        return process, int(process.stdout.readline())

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def ends_soon(pid):
    """Whether a process that is not ours is gone in a while, or dead and not looked after yet."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("return 0", 0),
        ("return 3", 3),
        ("sys.exit(5)", 5),
        ("sys.exit()", 0),
        ("sys.exit('a complaint')", 1),
        ("raise ValueError", 1),
        ("os._exit(7)", 7),
        ("os.abort()", -signal.SIGABRT),
        ("os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
    ],
)
def test_the_started_process_ends_as_its_child(started, body, code):
    process, child = started(body)
    assert child != process.pid
    assert process.wait(30) == code


def test_a_child_that_said_that_it_is_done_is_not_waited_for(started):
    process, child = started("os._exit = lambda code: time.sleep(60); return 4")
    assert process.wait(10) == 4
    assert ends_soon(child)


def test_a_child_dies_with_the_process_that_was_started(started):
    process, child = started("time.sleep(60)")
    process.kill()
    assert process.wait(10) == -signal.SIGKILL
    assert ends_soon(child)


@pytest.mark.parametrize("group", [False, True], ids=["process", "group"])
def test_a_second_ctrl_c_ends_what_does_not_listen(started, group):
    deaf = "signal.signal(signal.SIGINT, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    process, child = started(deaf, start_new_session=True)
    assert process.stdout.readline() == "\n"
    for _ in range(2):
        assert process.poll() is None
        (os.killpg if group else os.kill)(process.pid, signal.SIGINT)
        time.sleep(2 * TWICE)
    assert process.wait(10) == launch.INTERRUPTED
    assert ends_soon(child)


def test_ctrl_c_reaches_the_child(started):
    hears = "signal.signal(signal.SIGINT, lambda *_: os._exit(6)); print(flush=True); time.sleep(60)"
    process, _ = started(hears)
    assert process.stdout.readline() == "\n"
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 6


def test_one_process_is_enough_for_whoever_looks_for_a_fault(started, monkeypatch):
    monkeypatch.setenv(ALONE, "1")
    process, child = started("return 3")
    assert child == process.pid
    assert process.wait(10) == 3


def test_one_process_has_no_mate_and_no_nursery_for_what_it_may_not_need(tmp_path):
    program = """
import os, sys
os.sched_getaffinity = lambda _: {0, 1}
from photodedup.cli import run_command
run_command(["scan", sys.argv[1], "--no-catalogue"])
try:
    print("has children", os.waitpid(-1, os.WNOHANG))
except ChildProcessError:
    print("was alone")
"""
    told = {}
    for value in ("", "1"):
        environment = {**os.environ, ALONE: value}
        command = [sys.executable, "-c", program, str(tmp_path)]
        ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        told[value] = ran.stdout.splitlines()[-1]
    assert told == {"": "has children (0, 0)", "1": "was alone"}


@pytest.mark.parametrize("refused", ["fork", "fork_early", "start"])
def test_where_no_more_processes_are_allowed_one_does(tmp_path, refused):
    program = f"""
import errno, os, sys
os.sched_getaffinity = lambda _: {{0, 1}}
fork, count = os.fork, 0
def some():
    global count
    count += 1
    if count == {["fork", "fork_early", "start"].index(refused) + 1}:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
    return fork()
os.fork = some
from photodedup.__main__ import main
sys.exit(main())
"""
    path = tmp_path / "program.py"
    path.write_text(program)
    command = [sys.executable, str(path), "scan", str(tmp_path), "--no-catalogue"]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    result = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (result.returncode, result.stderr.count("Traceback")) == (0, 0), result.stderr
    assert "0 photos" in result.stdout
