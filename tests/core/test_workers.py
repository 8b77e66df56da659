"""A worker that dies, hangs or misbehaves costs one file, and none outlives its parent."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import pytest

from photodedup.core.decode.confine import Limits
from photodedup.core.decode.pool import Workers
from photodedup.core.decode.serving import OPEN
from photodedup.core.decode.task import RefusedError, Task, identity
from photodedup.core.decode.worker import CLOSER
from photodedup.core.errors import StoppedError
from photodedup.core.values import Photo, Skipped, SkipReason


def content(stream):
    return stream.read()


def obey(stream):
    """Do what the file says, as a hostile file would."""
    word = stream.read().decode()
    if word == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if word.startswith("die once"):
        marker = Path(word.split(":", 1)[1])
        if not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGSEGV)
    deed = DEEDS.get(word)
    return deed() if deed else word


def spin():
    while True:
        pass


def refuse():
    raise RefusedError(SkipReason.TOO_LARGE, "is too large")


def fail():
    raise RuntimeError("odd\nfile")


DEEDS = {
    "hang": lambda: time.sleep(60),
    "spin": spin,
    "eat": lambda: len(bytearray(1 << 30)),
    "raise": fail,
    "refuse": refuse,
    "object": lambda: Path("not plain"),
}


def pid(stream):
    return os.getpid()


def put(folder: Path, words: list[str]) -> list[Task]:
    tasks = []
    for number, word in enumerate(words):
        path = folder / f"{number}.jpg"
        path.write_text(word)
        tasks.append(Task(path, obey, key=word))
    return tasks


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1][:3]
    except OSError:
        return False


def gone(pids, seconds=5.0) -> bool:
    end = time.monotonic() + seconds
    while any(alive(pid) for pid in pids) and time.monotonic() < end:
        time.sleep(0.02)
    return not any(alive(pid) for pid in pids)


@pytest.fixture(scope="module")
def workers():
    with Workers(2, Limits(wall=30.0, cpu=1.0, memory=256 << 20)) as pool:
        yield pool


def answers(workers, tasks, stop=None):
    return {task.key: answer for task, answer in workers.run(tasks, stop)}


def test_each_hostile_file_costs_only_itself(workers, tmp_path):
    words = ["a", "die", "b", "raise", "eat", "object", "refuse", "spin", "c"]
    found = answers(workers, put(tmp_path, words))
    assert {word: found.pop(word) for word in "abc"} == {word: word for word in "abc"}
    reasons = {word: skipped.reason for word, skipped in found.items()}
    assert reasons == {
        "die": SkipReason.DECODER_CRASHED,
        "raise": SkipReason.DAMAGED,
        "eat": SkipReason.TOO_LARGE,
        "object": SkipReason.DECODER_CRASHED,
        "refuse": SkipReason.TOO_LARGE,
        "spin": SkipReason.TOO_SLOW,
    }
    assert all("\n" not in skipped.detail and skipped.detail.endswith(".") for skipped in found.values())


def test_a_worker_that_dies_for_reasons_of_its_own_loses_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv(OPEN, "1")  # to leave a marker
    once = f"die once:{tmp_path / 'marker'}"
    with Workers(1) as pool:
        assert answers(pool, put(tmp_path, ["a", once, "b"])) == {"a": "a", once: once, "b": "b"}


def test_a_file_that_hangs_is_told_as_unreadable_now_and_not_as_too_slow_for_good(tmp_path):
    with Workers(1, Limits(wall=0.3)) as pool:
        found = answers(pool, put(tmp_path, ["hang", "a"]))
    assert found["hang"].reason is SkipReason.UNREADABLE
    assert "drive" in found["hang"].detail
    assert found["a"] == "a"


def test_a_worker_that_is_killed_loses_nothing(workers, tmp_path):
    words = [str(number) for number in range(30)]
    found = {}
    for task, answer in workers.run(put(tmp_path, words)):
        found[task.key] = answer
        if len(found) in (3, 17):
            os.kill(workers.pids()[0], signal.SIGKILL)
    assert found == {word: word for word in words}


def test_what_cannot_be_opened_is_a_value(workers, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    (tmp_path / "changed").write_text("now")
    old = identity(Photo(tmp_path / "changed", 3, 1, 1, 1))
    tasks = [Task(tmp_path / name, content) for name in ("pipe", "link", "missing", "folder")]
    (tmp_path / "folder").mkdir()
    tasks.append(Task(tmp_path / "changed", content, seen=old))
    found = {task.path.name: answer.reason for task, answer in workers.run(tasks)}
    assert found == {
        "pipe": SkipReason.SPECIAL_FILE,
        "link": SkipReason.LINK,
        "missing": SkipReason.VANISHED,
        "folder": SkipReason.SPECIAL_FILE,
        "changed": SkipReason.UNREADABLE,
    }


def test_stop_ends_a_run_at_once_and_kills_what_runs(tmp_path):
    stop = threading.Event()
    with Workers(2) as pool:
        pool.run_one(put(tmp_path, ["a"])[0])
        threading.Timer(0.2, stop.set).start()
        started = time.monotonic()
        assert answers(pool, put(tmp_path, ["hang"] * 4), stop) == {}
        assert time.monotonic() - started < 1.2
        assert pool.run_one(put(tmp_path, ["again"])[0]) == "again"


def test_workers_stay_warm_and_serve_two_threads_at_once(workers, tmp_path):
    tasks = put(tmp_path, [str(number) for number in range(20)])
    one = Task(tasks[0].path, pid)
    running = workers.run(tasks)
    next(running)
    assert workers.run_one(one) in workers.pids()
    assert len(list(running)) == 19
    assert workers.run_one(one) in workers.pids()


def test_close_leaves_no_process_and_no_open_file(tmp_path):
    before = set(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else set()
    pool = Workers(2)
    run = pool.run(put(tmp_path, ["a", "hang", "hang", "hang"]))
    next(run)
    pids = pool.pids()
    pool.close()
    pool.close()
    assert pids
    assert gone(pids)
    with pytest.raises(StoppedError):
        list(run)
    with pytest.raises(StoppedError):
        pool.run_one(put(tmp_path, ["a"])[0])
    CLOSER.settle()
    left = [os.path.realpath(f"/proc/self/fd/{each}") for each in set(os.listdir("/proc/self/fd")) - before]
    assert not any(str(tmp_path) in name for name in left)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_no_worker_survives_the_death_of_the_parent(tmp_path):
    script = tmp_path / "parent.py"
    (tmp_path / "hang.jpg").write_text("hang")
    script.write_text(
        textwrap.dedent(
            """
            import sys
            from pathlib import Path
            from photodedup.core.decode.pool import Workers
            from photodedup.core.decode.task import Task
            from tests.core.test_workers import obey
            if __name__ == "__main__":
                pool = Workers(2)
                jobs = [Task(Path(sys.argv[1]), obey)] * 2
                import threading, time
                threading.Thread(target=lambda: list(pool.run(jobs)), daemon=True).start()
                while len(pool.pids()) < 2:
                    time.sleep(0.02)
                time.sleep(0.5)
                print(*pool.pids(), flush=True)
                time.sleep(60)
            """
        )
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "hang.jpg")],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root)},
        text=True,
    ) as parent:
        pids = [int(word) for word in parent.stdout.readline().split()]
        parent.kill()
    assert len(pids) == 2
    assert gone(pids)


def test_a_worker_is_silent_and_polite(workers, tmp_path, capfd):
    path = tmp_path / "a"
    path.write_text("a")
    assert workers.run_one(Task(path, shout)) >= 10
    assert capfd.readouterr() == ("", "")


def shout(stream):
    os.write(2, b"noise from a codec\n")
    os.write(1, b"more of it\n")
    return os.nice(0)


def test_a_worker_never_imports_the_window(workers, tmp_path):
    path = tmp_path / "a"
    path.write_text("a")
    assert workers.run_one(Task(path, windows)) == []


def windows(stream):
    return [name for name in sys.modules if name.startswith(("PySide6", "photodedup.gui"))]


def test_a_task_gets_the_bytes_of_its_file_whatever_the_name(workers, tmp_path):
    path = tmp_path / os.fsdecode(b"-\xff\n.jpg")
    path.write_bytes(b"bytes")
    assert workers.run_one(Task(path, content)) == b"bytes"
    assert not isinstance(workers.run_one(Task(path, content)), Skipped)


def test_an_open_file_without_a_name_is_read_where_the_caller_holds_it(workers):
    with tempfile.TemporaryFile() as file:
        file.write(b"held")
        file.flush()
        task = Task(Path("as it was called.jpg"), content, opened=file.fileno())
        assert [workers.run_one(task) for _ in range(2)] == [b"held", b"held"]
    with tempfile.TemporaryFile() as file:
        file.write(b"raise")
        file.flush()
        refused = workers.run_one(Task(Path("as it was called.jpg"), obey, opened=file.fileno()))
    assert refused.detail == "as it was called.jpg is damaged (odd)."
