"""The journal: on disk before the move, any bytes survive, damage shows and what is intact is used."""

import errno
import fcntl
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photodedup.core import journal
from photodedup.core.errors import JournalError
from photodedup.core.journal import Intent, State
from photodedup.core.journal.record import as_line, from_line, intent_as_json, intent_from_json

INTENT = Intent(
    number=0,
    photo=Path("/photos/a.jpg"),
    keeper=Path("/photos/b.jpg"),
    place=Path("/trash/files/a.jpg"),
    info=Path("/trash/info/a.jpg.trashinfo"),
    info_text="[Trash Info]\n",
    size=7,
    mtime_ns=123,
    mode=0o644,
    device=1,
    inode=2,
    content=b"\x01" * 32,
    folder_mtime_ns=456,
)
names = st.binary(min_size=1, max_size=40).filter(
    lambda name: not set(name) & set(b"/\0") and name not in {b".", b".."}
)


def numbered(number):
    return replace(INTENT, number=number)


def written(folder, *moved):
    """The file of a finished batch whose photos with the numbers `moved` were moved."""
    with journal.start(folder) as writer:
        for number in moved:
            writer.intend(numbered(number))
            writer.moved(numbered(number), 789)
        writer.finish()
    return writer.path


def states(folder):
    return [entry.state for entry in journal.batches(folder)[0].entries]


@given(names, names)
def test_any_bytes_survive_in_paths(photo, place):
    intent = replace(
        INTENT, photo=Path(os.fsdecode(b"/p/" + photo)), place=Path(os.fsdecode(b"/t/" + place)), info=None
    )
    back = intent_from_json(from_line(as_line(intent_as_json(intent))))
    assert back == intent
    assert os.fsencode(back.photo) == b"/p/" + photo


@given(st.integers(0, 10**4), st.integers(1, 255))
def test_any_changed_byte_shows(position, change):
    line = bytearray(as_line({"event": "moved", **intent_as_json(INTENT)}).rstrip(b"\n"))
    line[position % len(line)] ^= change
    body = from_line(bytes(line))
    # A changed letter case within an escape or number form may say the same again; else nothing is believed.
    assert body is None or intent_from_json(body) == INTENT


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b"1", b'{"sum": 1}', b'{"sum": "x", "line": []}', b"[" * 10**5]
)
def test_what_is_no_line_is_none(line):
    assert from_line(line) is None


def test_no_folder_means_no_batches(tmp_path):
    assert journal.batches(tmp_path / "missing") == []


def test_a_batch_tells_what_happened(tmp_path):
    with journal.start(tmp_path / "journal") as writer:
        for number in range(4):
            writer.intend(numbered(number))
        writer.moved(numbered(1), 789)
        writer.failed(2, "It stays.")
        writer.moved(numbered(3), None)
        writer.restored(3)
    batch = journal.batches(tmp_path / "journal")[0]
    assert [entry.state for entry in batch.entries] == [
        State.INTENDED,
        State.MOVED,
        State.FAILED,
        State.RESTORED,
    ]
    assert batch.entries[1].folder_after_ns == 789
    assert batch.entries[2].sentence == "It stays."
    assert batch.entries[0].intent == INTENT
    assert (batch.size, batch.damaged, batch.finished, batch.restorable) == (14, False, False, True)
    assert batch.id == writer.id


def test_batches_come_newest_first_with_their_time(tmp_path):
    ids = [written(tmp_path, 0).stem for _ in range(3)]
    found = journal.batches(tmp_path)
    assert [batch.id for batch in found] == ids[::-1]
    assert abs(datetime.now(UTC) - found[0].started) < timedelta(minutes=5)
    assert all(batch.finished for batch in found)


def test_other_files_in_the_folder_are_passed_over(tmp_path):
    written(tmp_path, 0)
    (tmp_path / "notes.txt").write_text("mine")
    assert len(journal.batches(tmp_path)) == 1


def test_a_file_with_another_name_has_the_time_of_the_file(tmp_path):
    path = written(tmp_path, 0).rename(tmp_path / "saved.jsonl")
    os.utime(path, (10**9, 10**9))
    assert journal.batches(tmp_path)[0].started == datetime.fromtimestamp(10**9, UTC)


def test_a_torn_last_line_is_no_damage(tmp_path):
    path = written(tmp_path, 0, 1)
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(whole[:-2]) + whole[-2][:20])
    batch = journal.batches(tmp_path)[0]
    assert [entry.state for entry in batch.entries] == [State.MOVED, State.INTENDED]
    assert not batch.damaged


def test_a_journal_is_resumed_after_a_torn_line(tmp_path):
    path = written(tmp_path, 0)
    torn = path.read_bytes()[:-5]
    path.write_bytes(torn)
    with journal.resume(journal.batches(tmp_path)[0]) as writer:
        writer.restored(0)
    assert path.read_bytes().startswith(torn)
    batch = journal.batches(tmp_path)[0]
    assert [entry.state for entry in batch.entries] == [State.RESTORED]
    assert not batch.damaged


def test_an_empty_journal_is_resumed(tmp_path):
    (tmp_path / "empty.jsonl").touch()
    with journal.resume(journal.batches(tmp_path)[0]) as writer:
        writer.finish()
    assert journal.batches(tmp_path)[0].finished


@pytest.mark.parametrize("damaged", range(6))
def test_one_damaged_line_costs_nothing_that_is_written_twice(tmp_path, damaged):
    path = written(tmp_path, 0, 1)
    lines = path.read_bytes().splitlines()
    lines[damaged] = lines[damaged].replace(b"e", b"\xff", 1)
    data = b"\n".join(lines) + b"\n"
    path.write_bytes(data)
    batch = journal.batches(tmp_path)[0]
    expected = [State.MOVED, State.MOVED]
    if damaged in {2, 4}:
        expected[damaged // 2 - 1] = State.INTENDED
    assert [entry.state for entry in batch.entries] == expected
    assert [entry.intent for entry in batch.entries] == [numbered(0), numbered(1)]
    assert batch.damaged == (damaged < 5)
    assert path.read_bytes() == data


def test_whole_lines_that_make_no_sense_are_damage(tmp_path):
    path = written(tmp_path, 0)
    odd = [{}, {"event": "intent"}, {"event": "moved", **intent_as_json(INTENT), "folder_after_ns": "x"}]
    path.write_bytes(path.read_bytes() + b"".join(as_line(line) for line in odd))
    assert journal.batches(tmp_path)[0].damaged
    assert states(tmp_path) == [State.MOVED]


def test_events_of_lost_or_unknown_entries_are_passed_over(tmp_path):
    path = written(tmp_path, 0)
    later = as_line({"event": "restored", "number": 9}) + as_line({"event": "later"})
    path.write_bytes(path.read_bytes() + later)
    assert states(tmp_path) == [State.MOVED]


def test_a_newer_journal_is_read_and_not_written(tmp_path):
    path = written(tmp_path, 0)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(as_line({"event": "batch", "schema": 99}) + b"".join(lines[1:]))
    batch = journal.batches(tmp_path)[0]
    assert batch.newer
    with pytest.raises(JournalError, match="newer photodedup"), journal.resume(batch):
        pass


def test_a_second_process_is_kept_out(tmp_path):
    with journal.start(tmp_path):
        batch = journal.batches(tmp_path)[0]
        with pytest.raises(JournalError, match="Another photodedup is working"), journal.resume(batch):
            pass
    with journal.resume(batch) as writer:
        assert writer.id == batch.id


def test_a_disk_that_cannot_lock_is_told(tmp_path, monkeypatch):
    def flock(*args):
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(JournalError, match="cannot be locked"), journal.start(tmp_path):
        pass


@pytest.mark.parametrize("call", ["mkdir", "open", "write", "fsync"])
def test_a_journal_that_cannot_be_started_says_so(tmp_path, breaker, call):
    breaker.fail(errno.ENOSPC, call)
    with (
        pytest.raises(JournalError, match=r"the disk is full\. Nothing was moved\."),
        journal.start(tmp_path / "j"),
    ):
        pass


def test_a_journal_that_vanished_cannot_be_resumed(tmp_path):
    path = written(tmp_path, 0)
    batch = journal.batches(tmp_path)[0]
    path.unlink()
    with pytest.raises(JournalError, match="no longer there"), journal.resume(batch):
        pass


def test_a_line_that_cannot_be_written_is_an_error(tmp_path, breaker):
    with journal.start(tmp_path) as writer:
        breaker.fail(errno.EIO, "fsync")
        with pytest.raises(JournalError, match="the disk reported an error"):
            writer.intend(INTENT)


def test_a_folder_that_cannot_be_read_is_told(tmp_path):
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(JournalError, match="cannot be read"):
        journal.batches(path)


def test_a_journal_that_cannot_be_read_hides_no_other_one(tmp_path):
    whole = written(tmp_path, 0)
    (tmp_path / "20990101-000000-000000-abcd.jsonl").mkdir()
    (tmp_path / "zz.jsonl").symlink_to(tmp_path / "nowhere")
    found = journal.batches(tmp_path)
    assert [batch.id for batch in found] == ["zz", "20990101-000000-000000-abcd", whole.stem]
    assert [(batch.entries, batch.damaged, batch.restorable) for batch in found[:2]] == [
        ((), True, False)
    ] * 2
    assert found[1].started == datetime(2099, 1, 1, tzinfo=UTC)
    assert [entry.state for entry in found[2].entries] == [State.MOVED]


def test_a_journal_that_cannot_be_read_is_told_when_it_is_asked_for(tmp_path):
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(JournalError, match="The journal of batch folder cannot be read"):
        journal.read_batch(tmp_path, "folder")
