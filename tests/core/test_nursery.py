"""Workers are forked by one clean process: it has one thread and nobody's files, and they end with it."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path

import pytest

from photodedup.core.decode import nursery
from photodedup.core.decode.nursery import Nursery
from photodedup.core.decode.pool import Workers
from photodedup.core.decode.task import Task
from tests.core.test_workers import answers, gone, put

pytestmark = pytest.mark.skipif(not nursery._possible(), reason="this system has no handles of processes")
HEAVY = ("photodedup.core.fingerprint.features", "imagehash", "scipy.fftpack", "pywt")


def parent_of(worker):
    return int(Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1].split()[1])


def around(stream):
    """What a worker inherited: its open files and the number of threads of the process that forked it."""
    files = []
    for each in list(Path("/proc/self/fd").iterdir()):
        with suppress(FileNotFoundError):  # the listing itself
            files.append(os.fspath(each.readlink()))
    return files, len(os.listdir(f"/proc/{os.getppid()}/task"))


def test_both_workers_are_forked_by_one_nursery_which_ends_with_the_pool(tmp_path):
    with Workers(2) as pool:
        answers(pool, put(tmp_path, [str(number) for number in range(8)]))
        born = pool.pids()
        (mother,) = {parent_of(each) for each in born}
        assert mother != os.getpid()
    assert gone([*born, mother])


def test_a_worker_inherits_no_file_of_others_and_a_nursery_has_one_thread(tmp_path, monkeypatch):
    monkeypatch.setenv("PHOTODEDUP_WORKER_OPEN", "1")  # to look around
    (tmp_path / "secret").touch()
    (tmp_path / "a").touch()
    with (tmp_path / "secret").open() as held, Workers(2) as pool:
        os.set_inheritable(held.fileno(), False)
        found = [pool.run_one(Task(tmp_path / "a", around, needs=HEAVY)) for _ in range(2)]
    for files, threads in found:
        assert threads == 1
        assert not any("secret" in name for name in files)
        assert sum(name.startswith("socket:") for name in files) == 1


def test_a_nursery_that_is_killed_costs_no_file(tmp_path):
    with Workers(2) as pool:
        tasks = put(tmp_path, [str(number) for number in range(30)])
        found = {}
        for task, answer in pool.run(tasks):
            found[task.key] = answer
            if len(found) == 5:
                os.kill(parent_of(pool.pids()[0]), signal.SIGKILL)
        assert found == {task.key: task.key for task in tasks}


def test_what_cannot_be_forked_is_an_error_of_the_system():
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    mother = Nursery()
    mother._end = ends[0]
    with ends[0], ends[1]:
        ends[1].send(b"-12")
        with pytest.raises(OSError, match="Cannot allocate memory"):
            mother.bear(ends[1], None, frozenset())


def run(script, *arguments):
    """What a program prints that starts with nothing loaded."""
    command = [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)]
    root = Path(__file__).parents[2]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return ran.stdout.split()


def test_an_early_nursery_forks_the_first_workers_and_knows_nothing_of_the_program(tmp_path):
    (tmp_path / "a").write_text("a")
    printed = run(
        """
        import os, sys
        from pathlib import Path
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        from photodedup.core.decode.nursery import fork_early
        from photodedup.core.decode import Task, Workers
        fork_early(frozenset())
        import photodedup.core.line
        from tests.core.test_nursery import lines
        with Workers(1) as pool:
            print(pool.run_one(Task(Path(sys.argv[1]), lines)))
            print(Path("/proc/self/task/%d/children" % os.getpid()).read_text())
        print("end" + Path("/proc/self/task/%d/children" % os.getpid()).read_text())
        """,
        tmp_path / "a",
    )
    assert printed[0] == "False"
    assert len(printed) == 3
    assert printed[2] == "end"


def lines(stream):
    return "photodedup.core.line" in sys.modules


def test_a_process_with_several_threads_is_never_forked():
    printed = run(
        """
        import os, threading
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        from photodedup.core.decode import nursery
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        nursery.fork_early(frozenset())
        print(len(nursery._early))
        """
    )
    assert printed == ["0"]
