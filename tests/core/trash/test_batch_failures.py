"""A batch on a disk that fails: each failure is told as it is, and no photo is lost by it."""

import errno
import os
import re

import pytest

from photodedup.core import journal
from photodedup.core.errors import JournalError
from photodedup.core.journal import State
from photodedup.core.undo import put_back
from tests.core.trash.library import (
    contents,
    entries,
    pair,
    pairs,
    put,
    records,
    sentences,
    states,
)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "the folder is read-only"),
        (errno.EROFS, "the volume is read-only"),
        (errno.EXDEV, "its trash is on another volume, and files are only moved within one"),
        (errno.EIO, "the disk reported an error"),
    ],
)
def test_a_move_that_fails_is_told_and_leaves_no_record(move, data_home, tmp_path, breaker, number, words):
    removals = pairs(tmp_path / "library", 2)
    breaker.fail(number, "rename_exclusively")
    report = move(removals)
    expected = f"IMG_0.jpg could not be moved: {words}. It stays where it is."
    assert sentences(report) == [expected]
    assert report.moved == (removals[1].photo.path,)
    assert records(data_home) == ["IMG_1.jpg.trashinfo"]
    assert states(tmp_path) == [State.FAILED, State.MOVED]
    assert entries(tmp_path)[0].sentence == expected


def test_a_move_that_the_disk_does_not_confirm_is_taken_back(move, data_home, tmp_path, breaker):
    made = pair(tmp_path / "library")
    breaker.act("rename_exclusively", lambda: breaker.fail(errno.EIO, "fsync"), done=True)
    report = move([made])
    assert report.moved == ()
    assert made.photo.path.read_bytes() == b"a photo"
    assert records(data_home) == []
    assert states(tmp_path) == [State.FAILED]


def test_a_move_that_can_be_neither_confirmed_nor_taken_back_is_in_the_trash(
    move, data_home, tmp_path, breaker
):
    made = pair(tmp_path / "library")

    def break_all():
        breaker.fail(errno.EIO, "fsync")
        breaker.fail(errno.EIO, "rename_exclusively")

    breaker.act("rename_exclusively", break_all, done=True)
    report = move([made])
    assert report.moved == (made.photo.path,)
    assert sentences(report) == [
        "IMG_1.jpg could not be moved: the disk reported an error. It is in the trash, as IMG_1.jpg."
    ]
    assert states(tmp_path) == [State.MOVED]
    assert put_back(tmp_path / "journal").moved == (made.photo.path,)


def test_another_file_that_was_moved_instead_is_put_back(move, data_home, tmp_path, breaker):
    made = pair(tmp_path / "library")
    path = made.photo.path

    def exchange():
        path.rename(path.with_name("away.jpg"))
        put(path, b"new one")

    breaker.act("rename_exclusively", exchange)
    report = move([made])
    assert report.moved == ()
    assert "was exchanged while it was moved. It is not in its place" in sentences(report)[0]
    assert path.read_bytes() == b"new one"
    assert path.with_name("away.jpg").read_bytes() == b"a photo"
    assert os.listdir(data_home / "Trash" / "files") == []


def test_a_photo_that_stays_under_both_names_loses_the_one_in_the_trash(move, data_home, tmp_path, breaker):
    made = pair(tmp_path / "library")
    breaker.fail(errno.EINVAL, "rename_exclusively")
    breaker.fail(errno.EACCES, "unlink")
    report = move([made])
    assert "It stays where it is." in sentences(report)[0]
    assert made.photo.path.stat().st_nlink == 1
    assert os.listdir(data_home / "Trash" / "files") == []
    assert records(data_home) == []


def test_a_photo_under_both_names_that_cannot_be_mended_still_stays(
    move, data_home, tmp_path, monkeypatch, breaker
):
    made = pair(tmp_path / "library")
    breaker.fail(errno.EINVAL, "rename_exclusively")
    breaker.fail(errno.EACCES, "unlink")
    breaker.fail(errno.EACCES, "unlink", 2)
    report = move([made])
    assert report.moved == ()
    assert made.photo.path.read_bytes() == b"a photo"
    assert states(tmp_path) == [State.FAILED]


def test_an_intent_that_cannot_be_written_moves_nothing_and_ends_the_batch(
    move, data_home, tmp_path, breaker
):
    removals = pairs(tmp_path / "library", 3)
    breaker.fail(errno.ENOSPC, "write", 3)
    report = move(removals)
    assert report.moved == ()
    assert len(report.failures) == 1
    sentence = r"IMG_0\.jpg stays where it is\. The journal .* the disk is full\. Nothing .* \(2 left\)\."
    assert re.fullmatch(sentence, sentences(report)[0])
    assert all(each.photo.path.exists() for each in removals)
    assert records(data_home) == []


def test_an_outcome_that_cannot_be_written_ends_the_batch_and_can_be_undone(move, tmp_path, breaker):
    removals = pairs(tmp_path / "library", 2)
    breaker.fail(errno.EIO, "write", 4)
    report = move(removals)
    assert report.moved == (removals[0].photo.path,)
    assert sentences(report)[0].startswith("IMG_0.jpg was moved to the trash. The journal ")
    assert put_back(tmp_path / "journal").moved == (removals[0].photo.path,)
    assert contents(tmp_path / "library") == [b"photo 0"] * 2 + [b"photo 1"] * 2


def test_a_failure_that_cannot_be_written_ends_the_batch(move, tmp_path, breaker):
    removals = pairs(tmp_path / "library", 2)
    breaker.fail(errno.EACCES, "rename_exclusively")
    breaker.fail(errno.EIO, "write", 4)
    report = move(removals)
    assert report.moved == ()
    assert "the folder is read-only. It stays where it is. The journal " in sentences(report)[0]


def test_an_end_that_cannot_be_written_is_no_failure(move, tmp_path, breaker):
    made = pair(tmp_path / "library")
    breaker.fail(errno.EIO, "write", 5)
    assert move([made]).failures == ()
    assert not journal.batches(tmp_path / "journal")[0].finished


def test_a_record_that_cannot_be_taken_back_is_no_second_failure(move, tmp_path, breaker):
    made = pair(tmp_path / "library")
    breaker.fail(errno.EACCES, "rename_exclusively")
    breaker.fail(errno.EIO, "unlink")
    assert len(move([made]).failures) == 1


def test_a_journal_that_cannot_be_started_moves_nothing(move, data_home, tmp_path):
    made = pair(tmp_path / "library")
    (tmp_path / "journal").touch()
    with pytest.raises(JournalError, match=r"Nothing was moved\."):
        move([made])
    assert made.photo.path.exists()
