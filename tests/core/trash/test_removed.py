"""The folder for photos that no trash can take: the same care, the same undo, never scanned."""

import errno
import itertools
import os

import pytest

from photodedup.core import disk
from photodedup.core.errors import TrashError
from photodedup.core.scan import look
from photodedup.core.scan.exclusions import REMOVED
from photodedup.core.trash import RemovedFolder, TrashOrFolder, move_to_trash, refused, removed
from photodedup.core.trash.freedesktop import FreedesktopTrash
from photodedup.core.undo import put_back
from tests.core.test_crash import at_change, broken
from tests.core.trash.library import contents, pairs, put, removal, sentences, tree, undo
from tests.core.trash.units import away, units


@pytest.fixture
def card(data_home, tmp_path, monkeypatch):
    """A folder that is the top of its volume, as far as the folder for photos is concerned."""
    folder = tmp_path / "card"
    folder.mkdir()
    monkeypatch.setattr(removed, "top_of", lambda _: folder)
    return folder


@pytest.fixture
def move(card, tmp_path):
    return lambda removals, can=None: move_to_trash(removals, tmp_path / "journal", can or RemovedFolder())


class NoTrash(FreedesktopTrash):
    """The trash of a computer with a card in it, for which there is none."""

    def check(self, photo):
        if "card" in photo.parts:
            raise TrashError(f"{photo.name} has no trash.")
        super().check(photo)


def test_a_unit_goes_to_the_folder_and_comes_back_whole(card, move, tmp_path):
    removals = units(card / "DCIM", 2)
    before = tree(card)
    report = move(removals)
    assert (len(report.moved), report.companions, report.failures) == (2, 4, ())
    (batch,) = (card / REMOVED).iterdir()
    found = sorted(str(path.relative_to(batch)) for path in batch.rglob("*.*"))
    assert found == sorted(f"DCIM/copies/IMG_{n}.{end}" for n in range(2) for end in ("jpg", "CR2", "xmp"))
    assert undo(tmp_path).failures == ()
    assert {name: facts[:2] for name, facts in tree(card).items()} == {
        name: facts[:2] for name, facts in before.items()
    }
    assert {name: facts for name, facts in tree(card).items() if facts[0]} == {
        name: facts for name, facts in before.items() if facts[0]
    }


def test_what_was_moved_there_is_never_scanned(card, move):
    removals = pairs(card / "DCIM", 2)
    move(removals)
    looked = look([card])
    assert [photo.path for photo in looked.photos] == [each.keeper.path for each in removals]
    assert look([card / REMOVED]).photos[:].rows.size == 0


def test_two_batches_do_not_meet(card, move, tmp_path):
    made = pairs(card / "DCIM", 1)[0]
    move([made])
    again = removal(put(made.photo.path, b"another"), put(card / "DCIM/kept/other.jpg", b"another"))
    assert len(move([again]).moved) == 1
    assert undo(tmp_path).failures == ()
    assert "another file has taken its place" in sentences(undo(tmp_path))[0]


def test_only_what_has_no_trash_goes_to_the_folder(card, move, data_home, tmp_path):
    removals = [*pairs(tmp_path / "home", 2), *pairs(card / "DCIM", 2)]
    assert [each.path for each in refused(removals, NoTrash())] == [each.photo.path for each in removals[2:]]
    can = TrashOrFolder(NoTrash())
    assert refused(removals, can) == ()
    assert len(move(removals, can).moved) == 4
    assert len(os.listdir(data_home / "Trash/files")) == 2
    assert len(contents(card / REMOVED)) == 2
    assert len(undo(tmp_path).moved) == 4


def test_what_is_proven_wrong_leaves_no_folder_behind(card, move, breaker):
    removals = units(card / "DCIM", 1)
    breaker.fail(errno.EIO, "rename_exclusively", 2)
    assert move(removals, TrashOrFolder(NoTrash())).moved == ()
    assert away(removals[0]) == 0
    assert not (card / REMOVED).exists()


@pytest.mark.parametrize("what", ["file", "link", "read-only", "other volume"])
def test_a_folder_that_is_not_safe_is_refused(card, move, tmp_path, monkeypatch, what):
    made = pairs(card / "DCIM", 1)[0]
    if what == "file":
        put(card / REMOVED, b"x")
    elif what == "link":
        (card / REMOVED).symlink_to(tmp_path)
    else:
        (card / REMOVED).mkdir()
    if what == "read-only":
        real = os.access
        monkeypatch.setattr(os, "access", lambda path, mode: path != card / REMOVED and real(path, mode))
    if what == "other volume":
        monkeypatch.setattr(removed, "volume_of", lambda path: path.name)
    report = move([made])
    assert report.moved == ()
    assert f"cannot be moved to a folder of its drive: {card / REMOVED} is" in sentences(report)[0]


def test_a_folder_that_was_exchanged_meanwhile_is_refused(card, move, tmp_path, monkeypatch):
    made = pairs(card / "DCIM", 1)[0]

    real = disk.make_folder

    def make_folder(folder, mode):
        if REMOVED in folder.parts:
            folder.parent.mkdir(parents=True)
            folder.symlink_to(tmp_path)
        else:
            real(folder, mode)

    monkeypatch.setattr(disk, "make_folder", make_folder)
    assert "is not safe to use" in sentences(move([made]))[0]
    assert made.photo.path.exists()


def test_the_topmost_folder_that_can_be_written_is_taken(card, monkeypatch):
    made = pairs(card / "share/family/DCIM", 1)[0]
    closed = {card, card / "share"}
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path not in closed and real(path, mode))
    assert RemovedFolder()._base(made.photo.path) == card / "share/family"
    closed.add(made.photo.path.parent)
    with pytest.raises(TrashError, match="its folder is read-only"):
        RemovedFolder().check(made.photo.path)


def test_nothing_is_put_into_the_folders_of_the_system(card, monkeypatch):
    made = pairs(card / "DCIM", 1)[0]
    monkeypatch.setattr(removed, "_may_hold", lambda _: False)
    with pytest.raises(TrashError, match="no folder above it can hold it"):
        RemovedFolder().check(made.photo.path)
    monkeypatch.undo()
    assert not removed._may_hold(card.parents[-1])


@pytest.mark.parametrize("where", ["check", "reserve"])
def test_a_disk_that_fails_is_told(card, move, monkeypatch, breaker, where):
    made = pairs(card / "DCIM", 1)[0]
    if where == "check":

        def gone(_):
            raise OSError(errno.EIO, "broken")

        monkeypatch.setattr(removed, "top_of", gone)
    else:
        breaker.fail(errno.EIO, "mkdir", 2)
    assert "the disk reported an error. It stays where it is." in sentences(move([made]))[0]
    assert not (card / REMOVED).exists()


def test_other_folders_are_never_tidied(tmp_path):
    (tmp_path / "empty").mkdir()
    removed.tidy(tmp_path / "empty" / "photo.jpg")
    assert (tmp_path / "empty").exists()


def test_a_failure_at_any_change_splits_nothing_and_loses_nothing(card, tmp_path, monkeypatch):
    for number in itertools.count():
        removals = units(card / str(number), 1)
        journal = tmp_path / "journals" / str(number)
        before = contents(card)
        with monkeypatch.context() as patch:
            patch.setattr(disk, "_change", at_change(number, broken(errno.EIO), number % 2 == 0))
            try:
                moved = len(move_to_trash(removals, journal, RemovedFolder()).moved)
            except Exception:
                moved = 0
        assert away(removals[0]) == 3 * moved
        assert contents(card) == before
        if moved:
            assert put_back(journal).failures == ()
        assert away(removals[0]) == 0
        if moved and number > 45:
            break
