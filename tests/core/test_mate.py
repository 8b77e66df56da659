"""A second process does its share of small calls; who asks gets the same with it and without it."""

import os
import pickle
import signal
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from photodedup.core import mate
from photodedup.core.fingerprint import contents
from photodedup.core.scan import Walk, look
from photodedup.core.scan.walking import Run, steps_in
from tests.core.test_nursery import run

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has mates")


@pytest.fixture
def other(monkeypatch):
    """A mate of this process, which has one thread as far as it is asked."""
    real = os.listdir
    monkeypatch.setattr(mate.os, "listdir", lambda path: ["1"] if "task" in path else real(path))
    monkeypatch.setattr(mate.os, "sched_getaffinity", lambda _: {0, 1})
    mate.start()
    with mate.lent() as lent:
        yield lent
    while mate._idle:
        mate._idle.pop().close()


def process(_):
    return os.getpid()


def double(number):
    return number * 2


def end_there(number):
    if os.getpid() != HERE:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * 2


def fail_there(number):
    if os.getpid() != HERE:
        raise ArithmeticError
    return number * 2


HERE = os.getpid()


@pytest.mark.parametrize("call", [double, end_there, fail_there])
def test_what_is_shared_comes_out_the_same_also_where_the_mate_fails(other, call):
    shared = mate.Shared(call, other, double)
    shared.expect(range(100))
    found = [shared.take(0), shared.take(1)]
    shared.expect(range(200, 230))
    found += [shared.take(number) for number in (*range(200, 230), *range(2, 100))]
    assert found == [2 * number for number in (0, 1, *range(200, 230), *range(2, 100))]


def test_things_that_turn_out_not_to_be_needed_are_left_out(other):
    shared = mate.Shared(double, other, double)
    shared.expect(range(10))
    assert [shared.take(number) for number in (0, 3, 9)] == [0, 6, 18]


def test_what_follows_from_a_result_is_shared_as_well(other):
    shared = mate.Shared(below, other, below, then=lambda result: result[1])
    waiting, makers, met = [1], set(), []
    while waiting:
        met.append(waiting.pop())
        maker, more = shared.take(met[-1])
        makers.add(maker)
        waiting += reversed(more)
    assert sorted(met) == list(range(1, 256))
    assert len(makers) == 2


def below(number):
    """Who says it, and the two numbers below this one in a tree of 255."""
    return os.getpid(), [2 * number, 2 * number + 1] if number < 128 else []


def test_both_processes_work(other):
    shared = mate.Shared(process, other, process)
    shared.expect(range(100))
    assert len({shared.take(number) for number in range(100)}) == 2


def test_a_mate_that_owes_an_answer_is_not_lent_again(other):
    mate._idle.append(other)
    with mate.lent() as lent:
        lent.ask(double, 1)
    with mate.lent() as lent:
        assert lent is None


def test_a_walk_with_a_mate_is_the_walk_without(other, tmp_path):
    for number in range(60):
        folder = tmp_path / f"{number % 5}" / f"{number % 7}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.jpg").write_bytes(b"x")
        (folder / f"{number}.txt").write_bytes(b"x")
    (tmp_path / "1" / ".trash").mkdir()
    alone = told(Walk(threading.Event()).run([tmp_path]))
    mate._idle.append(other)
    assert told(Walk(threading.Event()).run([tmp_path])) == alone
    assert mate._idle == [other]


def told(found):
    return [(each.folder, each.names, each.inodes) if isinstance(each, Run) else each for each in found]


def test_the_ends_of_files_are_read_by_both_with_one_result(other, tmp_path, monkeypatch):
    monkeypatch.setattr(contents, "_OFTEN", 3)
    for number in range(40):
        (tmp_path / f"{number:02}.jpg").write_bytes(b"%02d" % (number // 2))
    photos = look([tmp_path]).photos
    (tmp_path / "39.jpg").unlink()
    (tmp_path / "01.jpg").unlink()
    alone = read(photos)
    mate._idle.append(other)
    both = read(photos)
    assert both == alone
    assert [len(each) for each in both] == [38, 2]
    assert mate._idle == [other]


def read(photos):
    reading = contents.Contents(photos, 1, threading.Event(), lambda _: None)
    numbers, found = reading.find(np.zeros(0, np.int64), 32)
    return [dict(zip(numbers.tolist(), found, strict=True)), reading.skipped]


def test_a_mate_ends_with_its_program_and_holds_nothing_of_it(tmp_path):
    children = run(
        """
        import os, sys
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        from photodedup.core import mate
        from tests.core.test_mate import held
        os.sched_getaffinity = lambda _: {0, 1}
        held_open = open(sys.argv[1], "w")
        mate.start()
        with mate.lent() as lent:
            lent.ask(held, 0)
            print(*lent.answer())
        """,
        tmp_path / "held",
    )
    pid, *files = children
    assert not [each for each in files if "held" in each]
    assert not Path(f"/proc/{pid}").exists() or Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"


def held(_):
    """The number of this process and the files that it holds."""
    return [os.getpid(), *(each.readlink() for each in Path("/proc/self/fd").iterdir() if each.is_symlink())]


def test_a_process_with_several_threads_is_never_forked():
    printed = run(
        """
        import threading
        from photodedup.core import mate
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        mate.start()
        print(len(mate._idle))
        """
    )
    assert printed == ["0"]


def test_what_a_folder_holds_can_be_sent(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"x")
    (tmp_path / "b").mkdir()
    steps = steps_in(os.fsencode(tmp_path))
    assert pickle.loads(pickle.dumps(steps)) == steps
