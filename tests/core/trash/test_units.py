"""A photo moves with its companions together or not at all, whatever fails, and comes back with them."""

import errno
import os
import threading
from dataclasses import replace

import pytest

from photodedup.core import journal
from photodedup.core.errors import JournalError
from photodedup.core.journal import State
from photodedup.core.trash import move_to_trash
from photodedup.core.trash.native import NativeTrash
from photodedup.core.values import Companion, Role
from tests.core.trash.library import (
    contents,
    entries,
    pair,
    put,
    records,
    removal,
    sentences,
    states,
    tree,
    undo,
    witness,
)
from tests.core.trash.units import away, files_of, sidecar, unit, units


def test_a_unit_goes_and_comes_back_whole(move, data_home, tmp_path):
    removals = [*units(tmp_path / "library", 2), pair(tmp_path / "library", "alone.jpg")]
    before = tree(tmp_path / "library")
    report = move(removals)
    assert report.moved == tuple(each.photo.path for each in removals)
    assert (report.companions, report.failures) == (4, ())
    assert report.size == sum(path.size for path in map(witness, map(place_of, entries(tmp_path))))
    assert [away(each) for each in removals] == [3, 3, 1]
    assert [entry.intent.unit for entry in entries(tmp_path)] == [0, 0, 0, 3, 3, 3, 6]
    assert [entry.intent.role for entry in entries(tmp_path)] == ["", "raw", "xmp", "", "raw", "xmp", ""]
    back = undo(tmp_path)
    assert (len(back.moved), back.companions, back.failures) == (3, 4, ())
    assert tree(tmp_path / "library") == before
    assert records(data_home) == []


def place_of(entry):
    return entry.intent.place


@pytest.mark.parametrize("asked", [0, 1, 2])
def test_a_photo_comes_back_with_its_companions_whichever_is_asked_for(move, tmp_path, asked):
    removals = units(tmp_path / "library", 2)
    move(removals)
    report = undo(tmp_path, which=[files_of(removals[1])[asked]])
    assert (report.moved, report.companions) == ((removals[1].photo.path,), 2)
    assert [away(each) for each in removals] == [3, 0]


def test_a_stop_waits_for_the_whole_unit(move, tmp_path):
    removals = units(tmp_path / "library", 2)
    stop = threading.Event()
    assert move(removals, tell=lambda _: stop.set(), stop=stop).companions == 2
    assert [away(each) for each in removals] == [3, 0]
    move(removals[1:])
    for _ in range(2):
        stop.clear()
        undo(tmp_path, tell=lambda _: stop.set(), stop=stop)
        assert all(away(each) in {0, 3} for each in removals)


@pytest.mark.parametrize("which", [1, 2])
def test_a_companion_that_changed_keeps_all_in_place(move, tmp_path, which):
    made = unit(tmp_path / "library")
    changed = files_of(made)[which]
    put(changed, b"x" * changed.stat().st_size)
    report = move([made])
    assert (report.moved, report.companions, away(made)) == ((), 0, 0)
    start = f"IMG_1.jpg stays, because a companion of it does. {changed.name} "
    assert sentences(report)[0].startswith(start)
    assert entries(tmp_path) == ()


def test_a_sidecar_that_vanished_or_cannot_be_read_keeps_all_in_place(move, tmp_path, monkeypatch):
    made = unit(tmp_path / "library")
    path = files_of(made)[2]
    path.rename(path.with_suffix(".away"))
    assert "IMG_1.xmp cannot be read: it is no longer there" in sentences(move([made]))[0]
    path.with_suffix(".away").rename(path)
    real = os.read

    def read(descriptor, size):
        if os.path.samestat(os.fstat(descriptor), path.stat()):
            raise OSError(errno.EIO, "broken")
        return real(descriptor, size)

    monkeypatch.setattr(os, "read", read)
    assert "IMG_1.xmp cannot be read: the disk reported an error" in sentences(move([made]))[0]
    assert away(made) == 0


def test_a_raw_photo_whose_copy_is_gone_keeps_all_in_place(move, tmp_path):
    made = unit(tmp_path / "library")
    made.companions[0].copy.path.unlink()
    assert "its keeper kept/IMG_1.CR2 cannot be read" in sentences(move([made]))[0]
    assert away(made) == 0


def test_a_companion_that_is_the_copy_of_another_one_stays(move, tmp_path):
    folder = tmp_path / "library"
    first, second = unit(folder, "IMG_1.jpg"), unit(folder, "IMG_2.jpg")
    os.link(second.companions[0].file.path, folder / "kept" / "also.CR2")
    link = witness(folder / "kept" / "also.CR2")
    bad = Companion(
        first.companions[0].file, Role.RAW, replace(link, content=first.companions[0].file.content)
    )
    report = move([second, replace(first, companions=(bad,))])
    assert report.moved == (second.photo.path,)
    assert len(report.failures) == 1


def test_a_unit_does_not_vouch_for_itself(move, tmp_path):
    folder = tmp_path / "library"
    made = unit(folder)
    photo = made.photo.path
    twin = put(photo.with_name("twin.CR2"), photo.with_suffix(".CR2").read_bytes())
    one = Companion(witness(photo.with_suffix(".CR2")), Role.RAW, witness(twin))
    other = Companion(witness(twin), Role.RAW, witness(photo.with_suffix(".CR2")))
    report = move([replace(made, companions=(one, other))])
    assert "its keeper copies/twin.CR2 would go with it" in sentences(report)[0]
    assert away(made) == 0


def test_a_shared_sidecar_goes_with_the_last_of_its_photos_only(move, tmp_path):
    folder = tmp_path / "library"
    jpeg = removal(put(folder / "copies/1.jpg", b"1"), put(folder / "kept/1.jpg", b"1"))
    png = removal(put(folder / "copies/1.png", b"2"), put(folder / "kept/1.png", b"2"))
    notes = sidecar(png.photo.path, shared=(jpeg.photo.path,))
    report = move([replace(png, companions=(notes,))])
    assert (report.companions, report.failures) == (0, ())
    assert notes.file.path.exists()
    undo(tmp_path)
    assert move([jpeg, replace(png, companions=(notes,))]).companions == 1
    assert not notes.file.path.exists()


def test_a_companion_that_cannot_move_brings_its_photo_back(move, data_home, tmp_path, breaker):
    made = unit(tmp_path / "library")
    before = contents(tmp_path / "library")
    breaker.fail(errno.EIO, "rename_exclusively", 3)
    report = move([made])
    assert (report.moved, report.companions, away(made)) == ((), 0, 0)
    assert sentences(report) == [
        "IMG_1.jpg stays, because a companion of it does. IMG_1.xmp could not be moved: the disk reported an "
        "error. It stays where it is."
    ]
    assert states(tmp_path) == [State.FAILED] * 3
    assert records(data_home) == []
    assert contents(tmp_path / "library") == before


def test_what_cannot_be_brought_back_is_told_and_undone(move, tmp_path, breaker):
    made = unit(tmp_path / "library")
    before = tree(tmp_path / "library")
    for nth in (3, 4):
        breaker.fail(errno.EIO, "rename_exclusively", nth)
    report = move([made])
    assert report.companions == 1
    assert sentences(report)[0].endswith("IMG_1.CR2 could not be put back and is in the trash.")
    assert sorted(states(tmp_path)) == [State.FAILED, State.FAILED, State.MOVED]
    assert undo(tmp_path).failures == ()
    assert tree(tmp_path / "library").keys() == before.keys()


def test_a_photo_that_cannot_be_brought_back_is_not_said_to_stay(move, tmp_path, breaker):
    made = unit(tmp_path / "library")
    breaker.fail(errno.EIO, "rename_exclusively", 2)
    breaker.fail(errno.EIO, "rename_exclusively", 3)
    report = move([made])
    assert report.moved == (made.photo.path,)
    assert "IMG_1.jpg stays" not in sentences(report)[0]
    assert "IMG_1.jpg could not be put back and is in the trash." in sentences(report)[0]


def test_no_place_for_a_companion_moves_nothing(move, data_home, tmp_path, breaker):
    made = unit(tmp_path / "library")
    breaker.fail(errno.ENOSPC, "open", 4)
    assert move([made]).moved == ()
    assert away(made) == 0
    assert records(data_home) == []


def test_a_system_trash_that_does_not_say_where_is_told_when_it_splits_a_unit(data_home, tmp_path):
    made = unit(tmp_path / "library")
    gone = tmp_path / "system trash"
    gone.mkdir()

    def mover(path):
        if path.suffix == ".CR2":
            raise OSError(errno.EIO, "broken")
        path.rename(gone / path.name)

    report = move_to_trash([made], tmp_path / "journal", NativeTrash(mover))
    assert report.moved == (made.photo.path,)
    assert "IMG_1.jpg could not be put back and is in the trash." in sentences(report)[0]


def test_a_journal_that_fails_while_a_unit_is_put_back_ends_the_batch(move, tmp_path, breaker, monkeypatch):
    def fail(*_):
        raise JournalError("The journal cannot be written.")

    removals = units(tmp_path / "library", 2)
    breaker.fail(errno.EIO, "rename_exclusively", 3)
    monkeypatch.setattr(journal.Writer, "failed", fail)
    report = move(removals)
    assert [away(each) for each in removals] == [0, 0]
    assert sentences(report)[0].endswith("Nothing after it was moved (1 left).")
    monkeypatch.undo()
    assert undo(tmp_path).failures == ()


def test_what_the_person_put_back_by_hand_is_noted(data_home, tmp_path):
    made = pair(tmp_path / "library")
    away_to = tmp_path / "system trash.jpg"
    move_to_trash([made], tmp_path / "journal", NativeTrash(lambda path: path.rename(away_to) and None))
    away_to.rename(made.photo.path)
    assert undo(tmp_path).failures == ()
    assert states(tmp_path) == [State.RESTORED]


def test_companions_wait_in_the_trash_while_another_file_has_their_photos_place(move, tmp_path):
    made = unit(tmp_path / "library")
    move([made])
    other = put(made.photo.path, b"another picture")
    report = undo(tmp_path)
    assert (report.moved, report.companions, len(report.failures)) == ((), 0, 3)
    assert "another file has taken the place of its photo" in sentences(report)[0]
    assert other.read_bytes() == b"another picture"
    assert away(made) == 2
    other.unlink()
    assert (len(undo(tmp_path).moved), away(made)) == (1, 0)


def test_what_is_no_sidecar_cannot_go_without_a_copy(tmp_path):
    made = unit(tmp_path / "library")
    photo = made.photo
    for role, copy in ((Role.XMP, None), (Role.RAW, None), (Role.FILM, made.companions[1].file)):
        with pytest.raises(ValueError, match="is no sidecar and has no copy"):
            Companion(photo, role, copy)
    with pytest.raises(ValueError, match="is in another folder"):
        replace(made, photo=replace(photo, path=tmp_path / "elsewhere" / "IMG_1.jpg"))
