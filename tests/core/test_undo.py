"""Undo is whole: name, place, times and mode, never over another file, also long after and in part."""

import fcntl
import os
import shutil
import tempfile
import threading
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodedup.core import journal
from photodedup.core.errors import JournalError, UndoError, WrongUseError
from photodedup.core.journal import State
from photodedup.core.journal.record import as_line, from_line
from photodedup.core.trash import move_to_trash, trash_can
from photodedup.core.undo import put_back
from photodedup.core.values import Stage
from tests.core.trash.library import contents, pair, pairs, put, removal, sentences, tree, undo


def files(data_home):
    return sorted(os.listdir(data_home / "Trash" / "files")), sorted(os.listdir(data_home / "Trash" / "info"))


def tell_contents_as_schema_1_did(folder, photos, trash):
    (path,) = folder.glob("*.jsonl")
    lines = [from_line(line) for line in path.read_bytes().splitlines()]
    digests = {
        each.content.hex(): blake2b((trash / each.path.name).read_bytes(), digest_size=32).hexdigest()
        for each in photos
    }
    for line in lines:
        if "content" in line:
            line["content"] = digests[line["content"]]
    path.write_bytes(b"".join(as_line(line | ({"schema": 1} if "schema" in line else {})) for line in lines))


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
    with pytest.raises(WrongUseError, match="There is no batch nonsense in the history"):
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


def test_undo_works_without_the_record_of_the_desktop(moved, data_home, tmp_path):
    shutil.rmtree(data_home / "Trash" / "info")
    assert len(undo(tmp_path).moved) == 3


def test_a_record_that_is_not_ours_any_more_stays(moved, data_home, tmp_path):
    info = data_home / "Trash" / "info" / "IMG_0.jpg.trashinfo"
    info.write_bytes(b"theirs")
    undo(tmp_path)
    assert files(data_home) == ([], ["IMG_0.jpg.trashinfo"])


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


def test_the_date_of_a_folder_that_others_changed_stays(moved, tmp_path):
    removals, before = moved
    put(removals[0].photo.path.with_name("new.jpg"), b"new")
    undo(tmp_path)
    assert tree(tmp_path / "library")["copies"][2] != before["copies"][2]


@pytest.mark.parametrize("earlier", [False, True])
def test_a_photo_with_a_new_number_is_known_by_its_bytes(moved, data_home, tmp_path, earlier):
    removals, before = moved
    place = data_home / "Trash" / "files" / "IMG_2.jpg"
    if earlier:
        tell_contents_as_schema_1_did(tmp_path / "journal", [each.photo for each in removals], place.parent)
    data = place.read_bytes()
    place.rename(tmp_path / "keeps the number")
    put(place, data)
    place.chmod(0o600)
    os.utime(place, ns=(1, 1))
    assert len(undo(tmp_path).moved) == 3
    assert tree(tmp_path / "library") == before


def test_both_names_of_a_photo_become_one(moved, data_home, tmp_path):
    removals, _ = moved
    os.link(data_home / "Trash" / "files" / "IMG_0.jpg", removals[0].photo.path)
    assert len(undo(tmp_path).moved) == 3
    assert removals[0].photo.path.stat().st_nlink == 1
    assert files(data_home) == ([], [])


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
