"""The process dies, or the disk fails, at every single change of a batch and of its undo: nothing is lost."""

import errno
import itertools
import os
import shutil

import pytest

from photodedup.core import disk
from photodedup.core.errors import PhotodedupError
from photodedup.core.trash import move_to_trash, trash_can
from photodedup.core.undo import put_back
from tests.core.trash.library import contents, pair
from tests.trust.breaking import Library, files

DIED = 42
NUMBERS = (errno.EIO, errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EXDEV, errno.ENAMETOOLONG, errno.EINVAL)


def at_change(number, action, after):
    """What stands at the one door: does `action` at the change of that number, before or after it is done."""
    real, count = disk._change, itertools.count()

    def change(call, *args, **kwargs):
        mine = next(count) == number
        if mine and not after:
            action()
        try:
            return real(call, *args, **kwargs)
        finally:
            if mine and after:
                action()

    return change


def in_a_child(task, number, after):
    """Runs a task in a process that dies at one change; False where it came to its end instead."""
    child = os.fork()
    if child == 0:
        disk._change = at_change(number, lambda: os._exit(DIED), after)
        try:
            task()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == DIED


@pytest.fixture
def libraries(tmp_path, home):
    """One fresh library after the other; each goes when the next comes."""

    def fresh():
        for number in itertools.count():
            folder = tmp_path / str(number)
            library = Library(folder)
            library.use()
            yield library
            shutil.rmtree(folder)

    return fresh()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("links", [False, True], ids=["rename", "link"])
def test_a_death_at_any_change_of_a_batch_loses_nothing(libraries, monkeypatch, after, links):
    if links:
        monkeypatch.setattr(disk, "_exclusive_rename", None)
    for number, library in enumerate(libraries):
        died = in_a_child(library.trash, number, after)
        library.check_nothing_lost()
        library.check_undo_is_whole()
        if not died:
            break
    assert number > 30


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("links", [False, True], ids=["rename", "link"])
def test_a_death_at_any_change_of_an_undo_loses_nothing(libraries, monkeypatch, after, links):
    if links:
        monkeypatch.setattr(disk, "_exclusive_rename", None)
    for number, library in enumerate(libraries):
        assert len(library.trash().moved) == 3
        died = in_a_child(library.undo, number, after)
        library.check_nothing_lost()
        library.check_undo_is_whole()
        if not died:
            break
    assert number > 15


def test_deaths_one_after_the_other_lose_nothing(libraries):
    for number, library in zip(range(3, 36, 4), libraries, strict=False):
        in_a_child(library.trash, number, True)
        for step in range(6):
            in_a_child(library.undo, step, step % 2 == 0)
            library.check_nothing_lost()
        library.check_undo_is_whole()


def broken(number):
    def fail():
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("after", [False, True])
def test_a_failure_at_any_change_of_a_batch_is_reported_as_it_is(libraries, monkeypatch, after):
    for number, library in enumerate(libraries):
        with monkeypatch.context() as patch:
            patch.setattr(disk, "_change", at_change(number, broken(NUMBERS[number % len(NUMBERS)]), after))
            try:
                moved = set(library.trash().moved)
            except PhotodedupError:
                moved = set()
        assert moved == {e.photo.path for e in library.removals if not e.photo.path.exists()}
        library.check_nothing_lost()
        library.check_undo_is_whole()
        if number > 45:
            break


@pytest.mark.parametrize("after", [False, True])
def test_a_failure_at_any_change_of_an_undo_is_reported_as_it_is(libraries, monkeypatch, after):
    for number, library in enumerate(libraries):
        library.trash()
        with monkeypatch.context() as patch:
            patch.setattr(disk, "_change", at_change(number, broken(NUMBERS[number % len(NUMBERS)]), after))
            back = set(library.undo().moved)
        assert back == {e.photo.path for e in library.removals if e.photo.path.exists()}
        library.check_nothing_lost()
        library.check_undo_is_whole()
        if number > 30:
            break


def test_two_processes_that_trash_equal_names_lose_none(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folders = [tmp_path / "library" / str(number) for number in range(80)]
    removals = [pair(folder, "IMG_1.jpg", folder.name.encode()) for folder in folders]
    before = files(tmp_path / "library")
    halves = (removals[::2], removals[1::2])
    children = []
    for number, half in enumerate(halves):
        child = os.fork()
        if child == 0:
            report = move_to_trash(half, tmp_path / "journal" / str(number), trash_can())
            os._exit(0 if len(report.moved) == len(half) else 1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    assert contents(tmp_path / "data") == sorted(folder.name.encode() for folder in folders)
    for number in range(2):
        assert put_back(tmp_path / "journal" / str(number)).failures == ()
    assert files(tmp_path / "library") == before
