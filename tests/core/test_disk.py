"""The one door: nothing is replaced, nothing of others is removed, and what returned is on the disk."""

import errno
import os

import pytest

from photodedup.core import disk
from tests.core.trash.library import put


def test_a_rename_moves_and_keeps_the_inode(tmp_path):
    source = put(tmp_path / "a", b"1")
    inode = source.stat().st_ino
    disk.rename_no_replace(source, tmp_path / "b")
    assert not source.exists()
    assert (tmp_path / "b").stat().st_ino == inode


@pytest.mark.parametrize("known", [True, False])
def test_a_rename_never_replaces(tmp_path, monkeypatch, known):
    if not known:
        monkeypatch.setattr(disk, "_exclusive_rename", None)
    source, target = put(tmp_path / "a", b"1"), put(tmp_path / "b", b"2")
    with pytest.raises(FileExistsError):
        disk.rename_no_replace(source, target)
    assert (source.read_bytes(), target.read_bytes()) == (b"1", b"2")


def test_a_rename_does_not_replace_a_link_that_leads_nowhere(tmp_path):
    source = put(tmp_path / "a", b"1")
    (tmp_path / "b").symlink_to("nowhere")
    with pytest.raises(FileExistsError):
        disk.rename_no_replace(source, tmp_path / "b")
    assert source.exists()


def test_without_an_exclusive_rename_a_link_moves_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "_exclusive_rename", None)
    source = put(tmp_path / "a", b"1")
    inode = source.stat().st_ino
    disk.rename_no_replace(source, tmp_path / "b")
    assert not source.exists()
    assert (tmp_path / "b").stat().st_ino == inode
    assert (tmp_path / "b").stat().st_nlink == 1


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_without_exclusive_rename_and_links_nothing_moves(tmp_path, breaker, number):
    source = put(tmp_path / "a", b"1")
    breaker.fail(errno.EINVAL, "rename_exclusively")
    breaker.fail(number, "link")
    with pytest.raises(OSError) as caught:
        disk.rename_no_replace(source, tmp_path / "b")
    assert caught.value.errno == errno.ENOTSUP
    assert os.listdir(tmp_path) == ["a"]


def test_a_failing_link_says_why(tmp_path, breaker):
    source = put(tmp_path / "a", b"1")
    breaker.fail(errno.ENOSYS, "rename_exclusively")
    breaker.fail(errno.ENOSPC, "link")
    with pytest.raises(OSError, match="space") as caught:
        disk.rename_no_replace(source, tmp_path / "b")
    assert caught.value.errno == errno.ENOSPC
    assert source.exists()


def test_a_c_library_without_the_call_is_no_error(monkeypatch):
    class Old:
        def __getattr__(self, name):
            raise AttributeError(name)

    monkeypatch.setattr(disk.ctypes, "CDLL", lambda *_, **__: Old())
    assert disk._system_call() is None


def test_only_a_second_name_can_be_dropped(tmp_path):
    one, other = put(tmp_path / "a", b"1"), put(tmp_path / "b", b"1")
    with pytest.raises(OSError, match="second name"):
        disk.drop_second_name(one, other)
    with pytest.raises(OSError, match="second name"):
        disk.drop_second_name(one, one)
    for path in (one, other):
        os.link(path, path.with_suffix(".also"))
    with pytest.raises(OSError, match="second name"):
        disk.drop_second_name(one, other)
    assert one.exists()
    assert other.exists()


def test_a_new_file_is_private_and_whole(tmp_path):
    disk.create_exclusive(tmp_path / "a", b"123")
    assert (tmp_path / "a").read_bytes() == b"123"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_a_new_file_never_replaces(tmp_path):
    path = put(tmp_path / "a", b"1")
    with pytest.raises(FileExistsError):
        disk.create_exclusive(path, b"2")
    assert path.read_bytes() == b"1"


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_no_part_of_a_new_file_stays_when_the_disk_is_full(tmp_path, breaker, call):
    breaker.fail(errno.ENOSPC, call)
    with pytest.raises(OSError, match="space"):
        disk.create_exclusive(tmp_path / "a", b"123")
    assert os.listdir(tmp_path) == []


def test_short_writes_are_completed(tmp_path, monkeypatch):
    real = os.write

    def write(descriptor, data):
        return real(descriptor, bytes(data[:2]))

    monkeypatch.setattr(os, "write", write)
    disk.create_exclusive(tmp_path / "a", b"1234567")
    assert (tmp_path / "a").read_bytes() == b"1234567"


def test_appending_keeps_what_is_there(tmp_path):
    path = put(tmp_path / "a", b"1")
    descriptor = disk.open_to_append(path)
    disk.append_synced(descriptor, b"2")
    os.close(descriptor)
    assert path.read_bytes() == b"12"


def test_a_folder_that_cannot_be_synced_by_its_file_system_is_no_error(tmp_path, breaker):
    breaker.fail(errno.EINVAL, "fsync")
    disk.sync_folder(tmp_path)
    assert breaker.calls == ["fsync"]


def test_a_folder_that_the_disk_fails_to_sync_is_an_error(tmp_path, breaker):
    breaker.fail(errno.EIO, "fsync")
    with pytest.raises(OSError, match="put/output"):
        disk.sync_folder(tmp_path)


def test_missing_folders_are_made_and_present_ones_left(tmp_path):
    disk.make_folder(tmp_path / "a" / "b", 0o700)
    disk.make_folder(tmp_path / "a" / "b", 0o700)
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_another_process_makes_at_the_same_time_is_fine(tmp_path, breaker):
    breaker.act("mkdir", (tmp_path / "a").mkdir)
    disk.make_folder(tmp_path / "a")
    assert (tmp_path / "a").is_dir()


def test_a_file_in_the_place_of_a_folder_is_an_error(tmp_path):
    put(tmp_path / "a", b"1")
    with pytest.raises(NotADirectoryError):
        disk.make_folder(tmp_path / "a")


def test_only_our_own_bytes_can_be_removed(tmp_path):
    ours, theirs = put(tmp_path / "a", b"1"), put(tmp_path / "b", b"2")
    (tmp_path / "link").symlink_to("a")
    assert disk.remove_own(ours, b"1")
    assert not disk.remove_own(theirs, b"1")
    assert not disk.remove_own(tmp_path / "link", b"1")
    assert not disk.remove_own(tmp_path / "missing", b"1")
    assert sorted(os.listdir(tmp_path)) == ["b", "link"]


def test_a_file_of_ours_is_replaced_whole_with_its_mode(tmp_path):
    path = tmp_path / "plan"
    disk.replace_own(path, b"1")
    path.chmod(0o640)
    disk.replace_own(path, b"22")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"22", 0o640)
    assert os.listdir(tmp_path) == ["plan"]


def test_a_folder_or_link_is_not_replaced(tmp_path):
    (tmp_path / "link").symlink_to("elsewhere")
    for path in (tmp_path, tmp_path / "link"):
        with pytest.raises(OSError, match="not a regular file"):
            disk.replace_own(path, b"1")


def test_the_old_bytes_stay_when_replacing_fails(tmp_path, breaker):
    path = put(tmp_path / "plan", b"1")
    breaker.fail(errno.EACCES, "replace")
    with pytest.raises(PermissionError):
        disk.replace_own(path, b"2")
    assert os.listdir(tmp_path) == ["plan"]
    assert path.read_bytes() == b"1"


def test_damaged_files_are_set_aside_one_beside_the_other(tmp_path):
    first = disk.set_aside(put(tmp_path / "catalogue", b"1"))
    second = disk.set_aside(put(tmp_path / "catalogue", b"2"))
    assert (first.name, second.name) == ("catalogue.damaged-1", "catalogue.damaged-2")
    assert (first.read_bytes(), second.read_bytes()) == (b"1", b"2")


def test_times_and_mode_are_set(tmp_path):
    path = put(tmp_path / "a", b"1")
    disk.set_times(path, 5)
    disk.set_mode(path, 0o444)
    found = path.stat()
    assert (found.st_mtime_ns, found.st_mode & 0o777, found.st_atime_ns) == (5, 0o444, 10**18)


def test_names_of_any_bytes_pass(tmp_path):
    names = [b"-rf", b"\xff\xfe.jpg", b"new\nline", "📷.jpg".encode(), b"x" * 255]
    for name in names:
        path = tmp_path / os.fsdecode(name)
        disk.create_exclusive(path, b"1")
        disk.rename_no_replace(path, tmp_path / "there")
        disk.rename_no_replace(tmp_path / "there", path)
    assert sorted(os.listdir(os.fsencode(tmp_path))) == sorted(names)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "the folder is read-only"),
        (errno.EROFS, "the volume is read-only"),
        (errno.ENOSPC, "the disk is full"),
        (errno.EXDEV, "its trash is on another volume, and files are only moved within one"),
        (errno.ENOTCONN, "its drive no longer answers"),
        (errno.EMFILE, "the system says: Too many open files"),
    ],
)
def test_reasons_are_plain_words(number, words):
    assert disk.reason(OSError(number, os.strerror(number))) == words


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_reasons_of_reading_do_not_speak_of_writing(number):
    assert disk.reason(OSError(number, "x"), reading=True) == "you are not allowed to read it"
    assert disk.reason(OSError(errno.EIO, "x"), reading=True) == "the disk reported an error"


def test_an_error_without_a_number_still_has_words():
    assert disk.reason(OSError("odd")) == "the system says: odd"
