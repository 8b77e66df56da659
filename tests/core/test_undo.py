"""Undo is whole: name, place, times and mode, never over another file, also long after and in part."""

import errno
import fcntl
import os
import shutil
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodedup.core import journal
from photodedup.core.errors import JournalError, UndoError
from photodedup.core.journal import State
from photodedup.core.trash import move_to_trash, trash_can
from photodedup.core.undo import put_back
from photodedup.core.values import Stage
from tests.core.trash.library import contents, pair, pairs, put, removal, tree


@pytest.fixture
def moved(data_home, tmp_path):
    """A library of three pairs whose copies are in the trash; gives the removals and the tree before."""
    removals = pairs(tmp_path / "library", 3)
    before = tree(tmp_path / "library")
    report = move_to_trash(removals, tmp_path / "journal", trash_can())
    assert len(report.moved) == 3
    return removals, before


def undo(tmp_path, **more):
    return put_back(tmp_path / "journal", **more)


def sentences(report):
    return [failure.sentence for failure in report.failures]


def files(data_home):
    return sorted(os.listdir(data_home / "Trash" / "files")), sorted(os.listdir(data_home / "Trash" / "info"))


def test_a_batch_and_its_undo_leave_the_same_tree(moved, data_home, tmp_path):
    removals, before = moved
    report = undo(tmp_path)
    assert report.moved == tuple(each.photo.path for each in reversed(removals))
    assert (report.failures, report.size, report.stopped) == ((), sum(e.photo.size for e in removals), False)
    assert tree(tmp_path / "library") == before
    assert files(data_home) == ([], [])
    with pytest.raises(UndoError, match=r"There is nothing to put back\."):
        undo(tmp_path)


def test_odd_names_come_back(data_home, tmp_path):
    names = ["-rf", "new\nline.jpg", "📷.jpg", os.fsdecode(b"\xff\xfe.jpg"), "x" * 251 + ".jpg"]
    removals = [pair(tmp_path / "library", name) for name in names]
    before = tree(tmp_path / "library")
    assert len(move_to_trash(removals, tmp_path / "journal", trash_can()).moved) == len(names)
    undo(tmp_path)
    assert tree(tmp_path / "library") == before


def test_some_photos_of_a_batch_come_back(moved, tmp_path):
    removals, before = moved
    path = removals[1].photo.path
    assert undo(tmp_path, which=[path]).moved == (path,)
    assert sorted(os.listdir(path.parent)) == ["IMG_1.jpg"]
    assert len(undo(tmp_path).moved) == 2
    kept = {name: facts for name, facts in before.items() if facts[0] is not None}
    assert {name: facts for name, facts in tree(tmp_path / "library").items() if facts[0] is not None} == kept


def test_a_photo_that_is_not_in_the_batch_is_told(moved, tmp_path):
    report = undo(tmp_path, which=[tmp_path / "other.jpg"])
    assert report.moved == ()
    assert sentences(report)[0].startswith("other.jpg is not in batch ")


def test_the_latest_batch_is_meant_and_any_can_be_named(data_home, tmp_path):
    one, two = pairs(tmp_path / "library", 2)
    first = move_to_trash([one], tmp_path / "journal", trash_can()).batch
    second = move_to_trash([two], tmp_path / "journal", trash_can()).batch
    assert undo(tmp_path, batch_id=first).moved == (one.photo.path,)
    report = undo(tmp_path)
    assert (report.batch, report.moved) == (second, (two.photo.path,))
    with pytest.raises(UndoError, match="There is no batch nonsense in the history"):
        undo(tmp_path, batch_id="nonsense")


def test_put_back_never_overwrites(moved, tmp_path):
    removals, _ = moved
    taken = put(removals[0].photo.path, b"another photo")
    report = undo(tmp_path)
    assert len(report.moved) == 2
    assert "another file has taken its place" in sentences(report)[0]
    assert taken.read_bytes() == b"another photo"
    taken.unlink()
    assert undo(tmp_path).moved == (taken,)


def test_an_emptied_trash_is_told(moved, data_home, tmp_path):
    shutil.rmtree(data_home / "Trash")
    report = undo(tmp_path)
    assert report.moved == ()
    assert "is no longer in the trash: the trash was emptied" in sentences(report)[0]


def test_another_file_in_the_place_in_the_trash_is_left_there(moved, data_home, tmp_path):
    other = data_home / "Trash" / "files" / "IMG_0.jpg"
    other.rename(tmp_path / "keeps the number")
    put(other, b"other 0")
    report = undo(tmp_path)
    assert "is no longer the photo that was moved" in sentences(report)[0]
    assert other.read_bytes() == b"other 0"


def test_undo_works_without_the_record_of_the_desktop(moved, data_home, tmp_path):
    shutil.rmtree(data_home / "Trash" / "info")
    assert len(undo(tmp_path).moved) == 3


def test_a_record_that_is_not_ours_any_more_stays(moved, data_home, tmp_path):
    info = data_home / "Trash" / "info" / "IMG_0.jpg.trashinfo"
    info.write_bytes(b"theirs")
    undo(tmp_path)
    assert files(data_home) == ([], ["IMG_0.jpg.trashinfo"])


def test_a_record_that_cannot_be_removed_is_no_failure(moved, tmp_path, breaker):
    breaker.fail(errno.EACCES, "unlink")
    assert undo(tmp_path).failures == ()


def test_what_the_person_put_back_is_noted(moved, data_home, tmp_path):
    removals, _ = moved
    (data_home / "Trash" / "files" / "IMG_2.jpg").rename(removals[2].photo.path)
    report = undo(tmp_path)
    assert report.moved == (removals[1].photo.path, removals[0].photo.path)
    assert report.failures == ()
    assert {e.state for e in journal.batches(tmp_path / "journal")[0].entries} == {State.RESTORED}


def test_missing_folders_are_made_again(moved, tmp_path):
    removals, _ = moved
    removals[0].photo.path.parent.rmdir()
    assert len(undo(tmp_path).moved) == 3
    assert all(each.photo.path.exists() for each in removals)


def test_a_file_in_the_place_of_the_folder_is_told(moved, tmp_path):
    removals, _ = moved
    folder = removals[0].photo.path.parent
    folder.rmdir()
    folder.touch()
    assert sentences(undo(tmp_path))[0] == "IMG_2.jpg could not be put back: another file has that name."


def test_the_date_of_a_folder_that_others_changed_stays(moved, tmp_path):
    removals, before = moved
    put(removals[0].photo.path.with_name("new.jpg"), b"new")
    undo(tmp_path)
    assert tree(tmp_path / "library")["copies"][2] != before["copies"][2]


def test_a_date_of_a_folder_that_cannot_be_set_is_no_failure(moved, tmp_path, breaker):
    breaker.fail(errno.EPERM, "utime")
    report = undo(tmp_path)
    assert (len(report.moved), report.failures) == (3, ())


def test_a_photo_with_a_new_number_is_known_by_its_bytes(moved, data_home, tmp_path):
    _, before = moved
    place = data_home / "Trash" / "files" / "IMG_2.jpg"
    data = place.read_bytes()
    place.rename(tmp_path / "keeps the number")
    put(place, data)
    place.chmod(0o600)
    os.utime(place, ns=(1, 1))
    assert len(undo(tmp_path).moved) == 3
    assert tree(tmp_path / "library") == before


def test_mode_and_date_that_cannot_be_set_are_told(moved, data_home, tmp_path, breaker):
    (data_home / "Trash" / "files" / "IMG_2.jpg").chmod(0o600)
    breaker.fail(errno.EPERM, "chmod")
    report = undo(tmp_path)
    assert len(report.moved) == 3
    assert sentences(report) == [
        "IMG_2.jpg is back, but not its date and permissions: the system does not allow it."
    ]


def test_both_names_of_a_photo_become_one(moved, data_home, tmp_path):
    removals, _ = moved
    os.link(data_home / "Trash" / "files" / "IMG_0.jpg", removals[0].photo.path)
    assert len(undo(tmp_path).moved) == 3
    assert removals[0].photo.path.stat().st_nlink == 1
    assert files(data_home) == ([], [])


def test_a_move_back_that_fails_is_told_and_can_be_tried_again(moved, tmp_path, breaker):
    _, before = moved
    breaker.fail(errno.EACCES, "rename_exclusively")
    report = undo(tmp_path)
    assert sentences(report) == ["IMG_2.jpg could not be put back: the folder is read-only."]
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


def test_stop_is_honoured_between_photos(moved, tmp_path):
    stop, told = threading.Event(), []
    report = undo(tmp_path, tell=lambda progress: (told.append(progress), stop.set()), stop=stop)
    assert (len(report.moved), report.stopped) == (1, True)
    assert {progress.stage for progress in told} == {Stage.RESTORING}
    stop.clear()
    assert not undo(tmp_path, stop=stop).stopped


def test_two_undos_never_work_on_one_batch(moved, tmp_path):
    path = journal.batches(tmp_path / "journal")[0].path
    with path.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(JournalError, match="Another photodedup is working on batch"):
            undo(tmp_path)
    assert len(undo(tmp_path).moved) == 3


def test_an_undo_sees_what_another_one_did_a_moment_before(moved, tmp_path, monkeypatch):
    real = journal.resume

    def late(batch):
        monkeypatch.setattr(journal, "resume", real)
        assert len(undo(tmp_path).moved) == 3
        return real(batch)

    monkeypatch.setattr(journal, "resume", late)
    report = undo(tmp_path)
    assert (report.moved, report.failures) == ((), ())
    lines = journal.batches(tmp_path / "journal")[0].path.read_bytes()
    assert lines.count(b'"restored"') == 3


def test_a_damaged_journal_still_puts_back_what_it_can(moved, tmp_path):
    path = journal.batches(tmp_path / "journal")[0].path
    lines = path.read_bytes().splitlines(keepends=True)
    lines[3] = b"\x00" * 50 + b"\n"
    lines[4] = b"garbage\n"
    data = b"".join(lines)
    path.write_bytes(data)
    assert journal.batches(tmp_path / "journal")[0].damaged
    assert len(undo(tmp_path).moved) == 2
    assert path.read_bytes().startswith(data)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into read-only folders")
def test_a_read_only_folder_is_told(moved, tmp_path):
    removals, _ = moved
    folder = removals[0].photo.path.parent
    folder.chmod(0o555)
    try:
        expected = "IMG_2.jpg could not be put back: the folder is read-only."
        assert sentences(undo(tmp_path))[0] == expected
    finally:
        folder.chmod(0o755)


steps = st.lists(
    st.tuples(st.sampled_from(["trash", "undo", "edit", "add", "empty journal"]), st.integers(0, 5)),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(steps)
def test_whatever_is_done_no_content_is_lost(steps):
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        root = Path(name)
        patch.setenv("XDG_DATA_HOME", str(root / "data"))
        removals = pairs(root / "library", 6)
        expected = [b"photo %d" % number for number in range(6)] * 2
        for step, number in steps:
            each = removals[number]
            if step == "trash":
                move_to_trash(removals[number:] + removals[:number], root / "journal", trash_can())
            elif step == "undo":
                _undo_if_there_is(root)
            elif step == "add" and not each.photo.path.exists():
                put(each.photo.path, b"added")
                expected.append(b"added")
            elif step == "edit" and each.photo.path.exists():
                expected.remove(each.photo.path.read_bytes())
                put(each.photo.path, b"edited")
                expected.append(b"edited")
                removals[number] = removal(each.keeper.path, each.photo.path)
            assert contents(root / "library", root / "data") == sorted(expected)


def _undo_if_there_is(root):
    try:
        put_back(root / "journal")
    except UndoError as error:
        assert "nothing to put back" in str(error)
