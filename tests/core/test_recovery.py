"""A move that ended in the middle is recognised, told by where its photos are, and brought to rest."""

import os
import threading

import pytest

from photodedup.core import journal
from photodedup.core.errors import JournalError
from photodedup.core.journal import State
from photodedup.core.recovery import Interrupted, interrupted, settle
from photodedup.core.trash import move_to_trash, trash_can
from photodedup.core.trash.native import NativeTrash
from photodedup.core.undo import put_back
from tests.core.test_crash import in_a_child
from tests.core.trash.library import contents, pairs, put, states
from tests.core.trash.units import units


@pytest.fixture
def killed(data_home, tmp_path):
    """Moves five units with companions in a process that dies at one change."""
    removals = units(tmp_path / "library", 5)

    def kill(number, can=None):
        task = lambda: move_to_trash(removals, tmp_path / "journal", can or trash_can())  # noqa: E731
        assert in_a_child(task, number, True)
        return removals

    return kill


def there(removals):
    return sum(not each.photo.path.exists() for each in removals)


@pytest.mark.parametrize("number", [25, 35, 50, 90])
def test_a_killed_move_is_recognised_by_where_its_photos_are(killed, tmp_path, number):
    removals = killed(number)
    found = interrupted(tmp_path / "journal")
    assert found == Interrupted(journal.ids(tmp_path / "journal")[0], there(removals), 5)


@pytest.mark.parametrize("number", [25, 35, 50, 90])
def test_what_is_left_in_the_trash_is_noted_and_can_still_come_back(killed, tmp_path, number):
    removals = killed(number)
    folder, before = tmp_path / "journal", there(removals)
    all_of_it = contents(tmp_path / "library", tmp_path / "data home")
    settle(folder, interrupted(folder).batch)
    assert interrupted(folder) is None
    assert State.INTENDED not in states(tmp_path)
    assert journal.batches(folder)[0].finished
    assert there(removals) == before
    settle(folder, journal.ids(folder)[0])
    if before:
        assert put_back(folder).failures == ()
    assert contents(tmp_path / "library") == all_of_it


def test_a_killed_move_that_was_put_back_is_no_longer_interrupted(killed, tmp_path):
    killed(50)
    put_back(tmp_path / "journal")
    assert interrupted(tmp_path / "journal") is None


def empty_trash(data_home, tmp_path):
    for path in (data_home / "Trash" / "files").iterdir():
        path.rename(tmp_path / f"emptied {path.name}")


@pytest.mark.parametrize("number", [31, 33])
def test_what_is_nowhere_stays_open(killed, tmp_path, data_home, number):
    killed(number)
    empty_trash(data_home, tmp_path)
    found = interrupted(tmp_path / "journal")
    assert found.away == 0
    settle(tmp_path / "journal", found.batch)
    assert interrupted(tmp_path / "journal") is None
    assert journal.batches(tmp_path / "journal")[0].restorable


def test_a_move_that_ended_or_runs_is_not_interrupted(data_home, tmp_path):
    assert interrupted(tmp_path / "journal") is None
    move_to_trash(pairs(tmp_path / "library", 2), tmp_path / "journal", trash_can())
    assert interrupted(tmp_path / "journal") is None
    seen = []
    move_to_trash(
        pairs(tmp_path / "library", 2),
        tmp_path / "journal",
        trash_can(),
        lambda _: seen.append(interrupted(tmp_path / "journal")),
    )
    assert seen
    assert set(seen) == {None}


def test_where_the_system_does_not_say_where_what_is_not_in_place_is_away(killed, tmp_path):
    bin_of_the_system = tmp_path / "bin"
    bin_of_the_system.mkdir()

    def mover(path):
        os.rename(path, bin_of_the_system / path.name)  # noqa: PTH104 - as another program does it

    removals = killed(30, NativeTrash(mover))
    found = interrupted(tmp_path / "journal")
    assert found.away == there(removals) > 0


def test_an_earlier_batch_is_found_behind_later_ones(killed, tmp_path):
    killed(50)
    first = interrupted(tmp_path / "journal")
    for number in range(2):
        move_to_trash(pairs(tmp_path / str(number), 1), tmp_path / "journal", trash_can())
    assert interrupted(tmp_path / "journal") == first


def test_a_journal_of_an_earlier_photodedup_is_understood(killed, tmp_path):
    killed(50)
    path = next((tmp_path / "journal").iterdir())
    bodies = [journal.record.from_line(line) for line in path.read_bytes().splitlines()]
    for body in bodies:
        for word in ("planned", "unit", "role"):
            body.pop(word, None)
    put(path, b"".join(map(journal.record.as_line, bodies)))
    batch = journal.batches(tmp_path / "journal")[0]
    assert [entry.intent.unit for entry in batch.entries] == [entry.intent.number for entry in batch.entries]
    assert (batch.companions, batch.planned) == ((), 0)
    assert interrupted(tmp_path / "journal").planned == 0
    assert put_back(tmp_path / "journal").failures == ()


def occupied(removals):
    """One of the photos that are away has another file in its place."""
    lost = next(each.photo.path for each in removals if not each.photo.path.exists())
    return put(lost, b"another photo")


def test_what_an_undo_could_not_put_back_is_told_once_and_not_asked_about_again(killed, tmp_path):
    other = occupied(killed(50))
    folder = tmp_path / "journal"
    report = put_back(folder)
    # Its companions stay with it, each with the reason.
    assert all("another file has taken" in each.sentence for each in report.failures)
    assert other in {each.path for each in report.failures}
    assert interrupted(folder) is None
    batch = journal.batches(folder)[0]
    assert batch.finished
    assert batch.restorable
    other.unlink()
    assert put_back(folder).failures == ()
    assert not journal.batches(folder)[0].restorable


@pytest.mark.parametrize("number", [31, 33])
def test_what_is_nowhere_at_an_undo_is_told_and_not_asked_about_again(killed, tmp_path, data_home, number):
    killed(number)
    empty_trash(data_home, tmp_path)
    report = put_back(tmp_path / "journal")
    assert report.failures
    assert all("is no longer in the trash" in each.sentence for each in report.failures)
    assert interrupted(tmp_path / "journal") is None


def test_an_undo_of_a_part_or_one_that_is_stopped_asks_again(killed, tmp_path):
    removals = killed(50)
    occupied(removals)
    away = [each.photo.path for each in removals if not each.photo.path.exists()]
    put_back(tmp_path / "journal", which=away[:1])
    assert interrupted(tmp_path / "journal") is not None
    stop = threading.Event()
    stop.set()
    assert put_back(tmp_path / "journal", stop=stop).stopped
    assert interrupted(tmp_path / "journal") is not None


def test_an_end_that_cannot_be_noted_changes_nothing_of_what_was_put_back(killed, tmp_path, monkeypatch):
    killed(50)
    monkeypatch.setattr(
        journal.Writer, "finish", lambda _: (_ for _ in ()).throw(JournalError("It is full."))
    )
    report = put_back(tmp_path / "journal")
    assert report.moved
    assert report.failures == ()
