"""A batch: each photo proven, noted, moved and looked for; what is reported is what is on the disk."""

import os
import threading
from dataclasses import replace

import pytest

from photodedup.core import journal
from photodedup.core.errors import TrashError
from photodedup.core.journal import State
from photodedup.core.trash import refused
from photodedup.core.trash import unit as room
from photodedup.core.trash.freedesktop import FreedesktopTrash
from photodedup.core.trash.proof import Proof
from photodedup.core.undo import put_back
from photodedup.core.values import Kind, Stage
from tests.core.trash.library import pair, pairs, put, records, removal, sentences, states, tree


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


def test_a_keeper_that_vanishes_brings_the_photo_back_and_ends_the_batch(move, data_home, tmp_path, breaker):
    removals = pairs(tmp_path / "library", 3)
    breaker.act("rename_exclusively", removals[0].keeper.path.unlink, done=True)
    report = move(removals)
    assert report.moved == ()
    assert sentences(report) == [
        "IMG_0.jpg was not kept in the trash, because its keeper kept/IMG_0.jpg has vanished. "
        "It stays where it is. Nothing after it was moved (2 left)."
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
    assert "its keeper kept/IMG_1.jpg has changed" in sentences(report)[0]
    assert made.photo.path.exists()
    assert records(data_home) == []
    assert states(tmp_path) == [State.FAILED]


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
    expected = "3.jpg stays where it is: its keeper library/also 1.jpg was itself moved before. Scan again."
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
    assert "its keeper library/2.jpg cannot be read: it is no longer there" in sentences(report)[0]
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
