"""Two photodedups and another program use one trash at the same time for files of one name: none is lost."""

import os
import tempfile
from pathlib import Path

import pytest

from photodedup.core import journal
from photodedup.core.trash import move_to_trash, trash_can
from photodedup.core.undo import put_back
from tests.core.trash.library import contents, pair, put
from tests.trust.breaking import files

EACH = 5_000 if "PHOTODEDUP_SWEEP" in os.environ else 120
MEMORY = Path("/dev/shm")


@pytest.fixture
def place(monkeypatch):
    """A folder whose syncing costs nothing, where there is one."""
    with tempfile.TemporaryDirectory(
        prefix="photodedup-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None
    ) as name:
        monkeypatch.setenv("XDG_DATA_HOME", f"{name}/data")
        yield Path(name)


def in_children(*tasks):
    """Runs tasks at the same time, each in a process of its own; gives their exit codes."""
    children = []
    for task in tasks:
        child = os.fork()
        if child == 0:
            code = 99
            try:
                code = task()
            finally:
                os._exit(code)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def photodedup(removals, folder):
    return lambda: int(len(move_to_trash(removals, folder, trash_can()).moved) != len(removals))


def undo(folder, batch):
    return lambda: len(put_back(folder, batch).failures)


def another_program(photos, trash):
    """A desktop's trash, as the specification wants it: the record is made first, and by one program only."""

    def task():
        for folder in (trash / "files", trash / "info"):
            folder.mkdir(parents=True, exist_ok=True)
        for photo in photos:
            number = 0
            while True:
                name = f"IMG_1.{number}.jpg" if number else "IMG_1.jpg"
                try:
                    with (trash / "info" / f"{name}.trashinfo").open("x") as info:
                        info.write(f"[Trash Info]\nPath={photo}\nDeletionDate=2020-01-01T00:00:00\n")
                    break
                except FileExistsError:
                    number += 1 if number < 30 else int.from_bytes(os.urandom(4))
            photo.rename(trash / "files" / name)
        return 0

    return task


def test_nobody_loses_a_file_to_another_one_in_the_trash(place):
    removals = [pair(place / "library" / str(n), "IMG_1.jpg", b"photo %d" % n) for n in range(2 * EACH)]
    others = [put(place / "others" / str(n) / "IMG_1.jpg", b"other %d" % n) for n in range(EACH // 4)]
    before, everything = files(place / "library"), contents(place / "library", place / "others")
    trash = place / "data" / "Trash"
    ended = in_children(
        photodedup(removals[::2], place / "journal"),
        photodedup(removals[1::2], place / "journal"),
        another_program(others, trash),
    )
    assert ended == [0, 0, 0]
    assert contents(place) == everything
    assert len(os.listdir(trash / "files")) == len(os.listdir(trash / "info")) == 2 * EACH + len(others)
    undos = [undo(place / "journal", each) for each in journal.ids(place / "journal")]
    assert in_children(*undos) == [0, 0]
    assert files(place / "library") == before
    assert contents(trash) == sorted(b"other %d" % n for n in range(len(others)))
