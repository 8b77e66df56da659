"""A batch: each photo proven, noted, moved and looked for; what is reported is what is on the disk."""

import errno
import os
import re
import threading
from dataclasses import replace

import pytest

from photodedup.core import journal
from photodedup.core.errors import JournalError, TrashError
from photodedup.core.journal import State
from photodedup.core.trash import batch as room
from photodedup.core.trash import move_to_trash, refused, trash_can
from photodedup.core.trash.freedesktop import FreedesktopTrash
from photodedup.core.trash.proof import Proof
from photodedup.core.undo import put_back
from photodedup.core.values import Kind, Stage
from tests.core.trash.library import contents, pair, pairs, put, removal, tree


@pytest.fixture
def move(data_home, tmp_path):
    """Moves removals with the journal of this test."""
    return lambda removals, **more: move_to_trash(removals, tmp_path / "journal", trash_can(), **more)


def entries(tmp_path):
    return journal.batches(tmp_path / "journal")[0].entries


def states(tmp_path):
    return [entry.state for entry in entries(tmp_path)]


def sentences(report):
    return [failure.sentence for failure in report.failures]


def records(data_home):
    return os.listdir(data_home / "Trash" / "info")


def test_a_batch_moves_what_it_says(move, data_home, tmp_path):
    removals = pairs(tmp_path / "library", 3)
    report = move(removals)
    assert report.moved == tuple(each.photo.path for each in removals)
    assert report.size == sum(each.photo.size for each in removals)
    assert (report.failures, report.stopped) == ((), False)
    assert not any(each.photo.path.exists() for each in removals)
    assert sorted(os.listdir(data_home / "Trash" / "files")) == ["IMG_0.jpg", "IMG_1.jpg", "IMG_2.jpg"]
    found = journal.batches(tmp_path / "journal")[0]
    assert (found.id, found.finished, found.size) == (report.batch, True, report.size)
    assert [entry.state for entry in found.entries] == [State.MOVED] * 3
    assert [entry.intent.keeper for entry in found.entries] == [each.keeper.path for each in removals]


def test_no_removals_leave_no_trace(move, tmp_path):
    assert move([]).batch == ""
    assert os.listdir(tmp_path) == ["data home"]


def test_one_failure_costs_one_photo(move, tmp_path):
    removals = pairs(tmp_path / "library", 3)
    put(removals[1].photo.path, b"changed")
    report = move(removals)
    assert report.moved == (removals[0].photo.path, removals[2].photo.path)
    assert [failure.path for failure in report.failures] == [removals[1].photo.path]
    assert removals[1].photo.path.read_bytes() == b"changed"


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


def test_a_keeper_that_vanishes_brings_the_photo_back_and_ends_the_batch(move, data_home, tmp_path, breaker):
    removals = pairs(tmp_path / "library", 3)
    breaker.act("rename_exclusively", removals[0].keeper.path.unlink, done=True)
    report = move(removals)
    assert report.moved == ()
    assert sentences(report) == [
        "IMG_0.jpg was not kept in the trash, because its keeper IMG_0.jpg has vanished. It stays where it "
        "is. Nothing after it was moved (2 left)."
    ]
    assert all(each.photo.path.exists() for each in removals)
    assert records(data_home) == []
    assert states(tmp_path) == [State.FAILED]


def test_a_keeper_that_is_the_photo_through_another_door_is_seen_after_the_move(move, tmp_path, monkeypatch):
    made = pair(tmp_path / "library")
    monkeypatch.setattr(Proof, "keeper_stands", lambda proof: not proof.path.parent.joinpath("x").exists())
    monkeypatch.setattr(
        FreedesktopTrash,
        "move",
        lambda can, slot, real=FreedesktopTrash.move: _moved_and_marked(can, slot, real),
    )
    report = move([made])
    assert report.moved == ()
    assert made.photo.path.exists()


def _moved_and_marked(can, slot, real):
    place = real(can, slot)
    (slot.proof.path.parent / "x").touch()
    return place


def test_a_keeper_that_changes_before_the_move_stops_that_move(move, data_home, tmp_path, monkeypatch):
    made = pair(tmp_path / "library")
    real = FreedesktopTrash.reserve

    def reserve(can, proof):
        put(made.keeper.path, b"changed")
        return real(can, proof)

    monkeypatch.setattr(FreedesktopTrash, "reserve", reserve)
    report = move([made])
    assert "its keeper IMG_1.jpg has changed" in sentences(report)[0]
    assert made.photo.path.exists()
    assert records(data_home) == []
    assert states(tmp_path) == [State.FAILED]


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


def test_stop_is_honoured_between_photos(move, tmp_path):
    removals = pairs(tmp_path / "library", 3)
    stop = threading.Event()
    report = move(removals, tell=lambda _: stop.set(), stop=stop)
    assert report.moved == (removals[0].photo.path,)
    assert report.stopped
    assert journal.batches(tmp_path / "journal")[0].finished


def test_a_stop_that_is_not_set_changes_nothing(move, tmp_path):
    report = move(pairs(tmp_path / "library", 2), stop=threading.Event())
    assert len(report.moved) == 2
    assert not report.stopped


def test_progress_is_told_to_the_end(move, tmp_path):
    told = []
    move(pairs(tmp_path / "library", 3), tell=told.append)
    assert {progress.stage for progress in told} == {Stage.MOVING}
    assert (told[-1].done, told[-1].total) == (3, 3)


def test_a_keeper_that_was_moved_under_another_name_keeps_nothing(move, tmp_path):
    folder = tmp_path / "library"
    first, second, third = (put(folder / name, b"a photo") for name in ("1.jpg", "2.jpg", "3.jpg"))
    os.link(first, folder / "also 1.jpg")
    report = move([removal(first, second), removal(third, folder / "also 1.jpg")])
    assert report.moved == (first,)
    expected = "3.jpg stays where it is: its keeper also 1.jpg was itself moved before. Scan again."
    assert sentences(report) == [expected]


def test_a_keeper_is_not_moved_later_under_another_name(move, tmp_path):
    folder = tmp_path / "library"
    first, second, third = (put(folder / name, b"a photo") for name in ("1.jpg", "2.jpg", "3.jpg"))
    (tmp_path / "door").symlink_to(folder)
    report = move([removal(first, second), removal(tmp_path / "door" / "2.jpg", third)])
    assert report.moved == (first,)
    assert "it is the keeper of a photo that was moved before" in sentences(report)[0]
    assert second.exists()


def test_a_keeper_that_went_through_another_door_is_gone(move, tmp_path):
    folder = tmp_path / "library"
    first, second, third = (put(folder / name, b"a photo") for name in ("1.jpg", "2.jpg", "3.jpg"))
    (tmp_path / "door").symlink_to(folder)
    report = move([removal(tmp_path / "door" / "2.jpg", third), removal(first, second)])
    assert len(report.moved) == 1
    assert "its keeper 2.jpg cannot be read: it is no longer there" in sentences(report)[0]
    assert first.exists()


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_match_moves(move, tmp_path, kind):
    made = replace(pair(tmp_path / "library"), kind=kind)
    assert move([made]).moved == (made.photo.path,)


def test_read_only_photos_move_and_keep_their_mode(move, data_home, tmp_path):
    made = pair(tmp_path / "library")
    made.photo.path.chmod(0o444)
    before = tree(tmp_path / "library")
    assert move([made]).moved == (made.photo.path,)
    assert (data_home / "Trash" / "files" / "IMG_1.jpg").stat().st_mode & 0o777 == 0o444
    put_back(tmp_path / "journal")
    assert tree(tmp_path / "library") == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into read-only folders")
def test_a_photo_in_a_read_only_folder_stays(move, tmp_path):
    made = pair(tmp_path / "library")
    made.photo.path.parent.chmod(0o555)
    try:
        expected = "IMG_1.jpg could not be moved: the folder is read-only. It stays where it is."
        assert sentences(move([made])) == [expected]
    finally:
        made.photo.path.parent.chmod(0o755)


def test_what_has_no_trash_is_told_before(data_home, tmp_path, monkeypatch):
    removals = [*pairs(tmp_path / "good", 2), *pairs(tmp_path / "card", 2)]
    looked = []

    class Can(FreedesktopTrash):
        def check(self, photo):
            looked.append(photo)
            if photo.is_relative_to(tmp_path / "card"):
                raise TrashError(f"{photo.name} has no trash.")

    failures = refused(removals, Can())
    assert [failure.path for failure in failures] == [each.photo.path for each in removals[2:]]
    assert [failure.sentence for failure in failures] == [
        "IMG_0.jpg has no trash.",
        "IMG_1.jpg has no trash.",
    ]
    assert len(looked) == 3


def test_a_folder_that_cannot_be_looked_at_has_no_known_time(tmp_path, monkeypatch):
    class Gone:
        path = tmp_path / "gone" / "a.jpg"

    assert room._folder_time(Gone()) == 0


def test_every_step_is_on_the_disk_before_the_next(move, tmp_path, breaker):
    removals = pairs(tmp_path / "library", 2)
    move(removals)
    second = breaker.calls[breaker.calls.index("rename_exclusively") + 5 :]
    assert second == [
        *("open", "write", "fsync", "fsync"),  # the record and its name
        *("write", "fsync"),  # the intent
        *("rename_exclusively", "fsync", "fsync"),  # the photo, its new and its old folder
        *("write", "fsync"),  # the outcome
        *("write", "fsync"),  # the end of the batch
    ]
