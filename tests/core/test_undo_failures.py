"""Undo where the disk, the trash or the journal fails: told as it is, and to be tried again."""

import errno
import os
import shutil

import pytest

from photodedup.core.errors import UndoError
from photodedup.core.trash import move_to_trash, trash_can
from tests.core.trash.library import contents, pairs, put, sentences, tree, undo


def test_an_emptied_trash_is_told(moved, data_home, tmp_path):
    shutil.rmtree(data_home / "Trash")
    report = undo(tmp_path)
    assert report.moved == ()
    assert "is no longer in the trash: the trash was emptied" in sentences(report)[0]


def test_a_batch_whose_photos_are_gone_is_passed_over(data_home, tmp_path):
    one, two = pairs(tmp_path / "library", 2)
    move_to_trash([one], tmp_path / "journal", trash_can())
    second = move_to_trash([two], tmp_path / "journal", trash_can()).batch
    (data_home / "Trash" / "files" / "IMG_1.jpg").unlink()
    put(two.photo.path, b"another photo")
    report = undo(tmp_path)
    assert (report.moved, report.failures) == ((one.photo.path,), ())
    for batch_id in (second, None):
        report = undo(tmp_path, batch_id=batch_id)
        assert report.batch == second
        assert "is no longer in the trash: the trash was emptied" in sentences(report)[0]


def test_an_unreadable_journal_does_not_keep_others_from_being_put_back(moved, tmp_path):
    (tmp_path / "journal" / "20990101-000000-000000-abcd.jsonl").mkdir()
    assert len(undo(tmp_path).moved) == 3


def test_photos_that_are_asked_for_are_looked_at_once(moved, tmp_path):
    removals, _ = moved

    class Asked(list):
        def __contains__(self, path):
            raise AssertionError("a search through all that were asked for, for each photo of the batch")

    assert len(undo(tmp_path, which=Asked(each.photo.path for each in removals)).moved) == 3


def test_another_file_in_the_place_in_the_trash_is_left_there(moved, data_home, tmp_path):
    other = data_home / "Trash" / "files" / "IMG_0.jpg"
    other.rename(tmp_path / "keeps the number")
    put(other, b"other 0")
    report = undo(tmp_path)
    assert "is no longer the photo that was moved" in sentences(report)[0]
    assert other.read_bytes() == b"other 0"


def test_a_record_that_cannot_be_removed_is_no_failure(moved, tmp_path, breaker):
    breaker.fail(errno.EACCES, "unlink")
    assert undo(tmp_path).failures == ()


def test_a_file_in_the_place_of_the_folder_is_told(moved, tmp_path):
    removals, _ = moved
    folder = removals[0].photo.path.parent
    folder.rmdir()
    folder.touch()
    why = "a file stands where a folder should be. It is still in the trash."
    assert sentences(undo(tmp_path))[0] == f"IMG_2.jpg could not be put back: {why}"


def test_a_date_of_a_folder_that_cannot_be_set_is_no_failure(moved, tmp_path, breaker):
    breaker.fail(errno.EPERM, "utime")
    report = undo(tmp_path)
    assert (len(report.moved), report.failures) == (3, ())


def test_mode_and_date_that_cannot_be_set_are_told(moved, data_home, tmp_path, breaker):
    (data_home / "Trash" / "files" / "IMG_2.jpg").chmod(0o600)
    breaker.fail(errno.EPERM, "chmod")
    report = undo(tmp_path)
    assert len(report.moved) == 3
    assert sentences(report) == [
        "IMG_2.jpg is back, but not its date and permissions: the system does not allow it."
    ]


def test_a_move_back_that_fails_is_told_and_can_be_tried_again(moved, tmp_path, breaker):
    _, before = moved
    breaker.fail(errno.EACCES, "rename_exclusively")
    report = undo(tmp_path)
    why = "the folder is read-only. It is still in the trash."
    assert sentences(report) == [f"IMG_2.jpg could not be put back: {why}"]
    assert len(report.moved) == 2
    assert len(undo(tmp_path).moved) == 1
    assert contents(tmp_path / "library") == sorted(facts[0] for facts in before.values() if facts[0])


def test_a_move_back_that_the_disk_does_not_confirm_is_told_as_it_is(moved, tmp_path, breaker):
    breaker.act("rename_exclusively", lambda: breaker.fail(errno.EIO, "fsync"), done=True)
    report = undo(tmp_path)
    assert len(report.moved) == 3
    assert sentences(report) == [
        "IMG_2.jpg is back, but the disk did not confirm it: the disk reported an error."
    ]


def test_a_photo_that_is_exchanged_on_its_way_is_told(moved, tmp_path, breaker):
    removals, _ = moved
    path = removals[2].photo.path
    breaker.act(
        "rename_exclusively", lambda: (path.rename(tmp_path / "away"), put(path, b"other")), done=True
    )
    assert "was exchanged while it was put back" in sentences(undo(tmp_path))[0]
    assert (tmp_path / "away").read_bytes() == b"photo 2"


def test_a_journal_that_cannot_be_written_ends_the_undo(moved, tmp_path, breaker):
    removals, before = moved
    breaker.fail(errno.ENOSPC, "write")
    report = undo(tmp_path)
    assert report.moved == (removals[2].photo.path,)
    assert "the disk is full. Nothing after it was put back." in sentences(report)[0]
    assert len(undo(tmp_path).moved) == 2
    assert tree(tmp_path / "library")["copies/IMG_0.jpg"] == before["copies/IMG_0.jpg"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into read-only folders")
def test_a_read_only_folder_is_told(moved, tmp_path):
    removals, _ = moved
    folder = removals[0].photo.path.parent
    folder.chmod(0o555)
    try:
        expected = "IMG_2.jpg could not be put back: the folder is read-only. It is still in the trash."
        assert sentences(undo(tmp_path))[0] == expected
    finally:
        folder.chmod(0o755)


def test_a_record_of_which_lines_are_lost_is_told(moved, data_home, tmp_path):
    (path,) = (tmp_path / "journal").iterdir()
    lines = path.read_bytes().split(b"\n")
    lost = [b"rubbish" if b"IMG_1.jpg" in line else line for line in lines]
    path.write_bytes(b"\n".join(lost))
    report = undo(tmp_path)
    assert len(report.moved) == 2
    assert sentences(report) == [
        f"The record of batch {path.stem} is damaged, so photos of it may still be in the trash. Look there "
        "for what is missing."
    ]
    assert (data_home / "Trash" / "files" / "IMG_1.jpg").exists()


def test_where_only_damaged_records_are_left_that_is_told(moved, tmp_path):
    (path,) = (tmp_path / "journal").iterdir()
    path.write_bytes(b"rubbish\nrubbish\n")
    with pytest.raises(UndoError, match=f"The record of batch {path.stem} is damaged"):
        undo(tmp_path)
