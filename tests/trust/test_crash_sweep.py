"""The system kills the process, or fails it, at every call that changes files: nothing is lost.

Fifty photos are moved and put back. strace breaks one call after the other; where it is not there, the hooks
of `tests/core/test_crash.py` break every change at the one door. A sample runs always, all calls with
PHOTODEDUP_SWEEP.
"""

import itertools
import os
import random
import shutil
import tempfile
from pathlib import Path

import pytest

from photodedup.core.errors import PhotodedupError
from tests.trust.breaking import Library
from tests.trust.tracing import Point, failed_at, killed_at, points, why_not

COUNT = 50
NUMBERS = ("EIO", "ENOSPC", "EACCES", "EROFS", "EXDEV", "ENAMETOOLONG")
SWEEP = "PHOTODEDUP_SWEEP" in os.environ
MEMORY = Path("/dev/shm")

pytestmark = pytest.mark.skipif(bool(why_not()), reason=str(why_not()))


@pytest.fixture(scope="module")
def place():
    """Where syncing costs nothing: a death of the process loses nothing that the system was given."""
    usable = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 1 << 28
    with tempfile.TemporaryDirectory(prefix="photodedup-", dir=MEMORY if usable else None) as folder:
        yield Path(folder)


@pytest.fixture
def libraries(place, home):
    """One fresh library after the other."""
    numbers = itertools.count()

    def fresh() -> Library:
        shutil.rmtree(place / "now", ignore_errors=True)
        next(numbers)
        library = Library(place / "now", COUNT)
        library.use()
        return library

    return fresh


def told(task):
    """What a child answers: the photos that its report says were moved, and whether it failed none."""
    try:
        report = task()
    except PhotodedupError:
        return set(), False
    return (set(), True) if report is None else (set(report.moved), not report.failures)


def trashed(fresh):
    library = fresh()
    assert len(library.trash().moved) == COUNT
    return library


def trashing(fresh):
    library = fresh()
    return library, lambda: told(library.trash)


def undoing(fresh):
    library = trashed(fresh)
    return library, lambda: told(library.undo)


TASKS = {"batch": trashing, "undo": undoing}


def chosen(found: list[Point], many: int) -> list[Point]:
    """All calls in a sweep; else the first or the last of each name, and others at random."""
    if SWEEP:
        return found
    by_name = {each.name: [one for one in found if one.name == each.name] for each in found}
    dice = random.Random(len(found))
    some = {dice.choice((each[0], each[-1])) for each in by_name.values()}
    some |= {
        dice.choice(by_name[name]) for name, _ in zip(itertools.cycle(by_name), range(many), strict=False)
    }
    return sorted(some, key=found.index)


@pytest.mark.parametrize("name", TASKS)
def test_a_kill_at_any_system_call_loses_nothing(libraries, place, name):
    found = points(TASKS[name](libraries)[1], place / "log")
    assert len(found) > 6 * COUNT
    for point in chosen(found, 3):
        library, task = TASKS[name](libraries)
        ended = killed_at(point, task)
        assert ended.killed, point
        library.check_nothing_lost()
        library.check_undo_is_whole()


@pytest.mark.parametrize("name", TASKS)
def test_a_failure_of_any_system_call_is_reported_as_it_is(libraries, place, name):
    found = points(TASKS[name](libraries)[1], place / "log")
    some = chosen(found, 3)
    numbers = itertools.cycle(NUMBERS)
    for point, number in itertools.product(some, NUMBERS) if SWEEP else zip(some, numbers, strict=False):
        library, task = TASKS[name](libraries)
        before = library.away()
        ended = failed_at(point, number, task)
        assert not ended.killed
        assert ended.answer is not None, (point, number)
        assert before ^ library.away() == ended.answer[0], (point, number)
        library.check_nothing_lost()
        library.check_undo_is_whole()
