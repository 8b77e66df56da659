"""The one door: every change that photodedup makes to the file system goes through this room.

It exists so that the dangerous verbs stand on one page: there is no call that deletes or overwrites a photo.
The few files that may be replaced or removed are our own, and are looked at before. Each change passes
`_change`, where the tests let it fail or end the process. In: paths and bytes. Out: changes that are on the
disk when the call returns, or an `OSError`, which `reason` puts into plain words.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import secrets
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_RENAME_EXCL = 4
_NOT_KNOWN_HERE = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
if sys.platform == "win32":  # pragma: no cover - not run: there is no Windows here
    _OWN_FILE = os.O_BINARY | os.O_NOINHERIT
else:
    _OWN_FILE = os.O_CLOEXEC | os.O_NOFOLLOW

_AWAY = "its drive no longer answers"
_REASONS = {
    errno.EACCES: "the folder is read-only",
    errno.EROFS: "the volume is read-only",
    errno.EPERM: "the system does not allow it",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is full",
    errno.EIO: "the disk reported an error",
    errno.EXDEV: "its trash is on another volume, and files are only moved within one",
    errno.ENAMETOOLONG: "its name or path is too long",
    errno.ENOENT: "it is no longer there",
    errno.ENOTDIR: "a file stands where a folder should be",
    errno.EEXIST: "another file has that name",
    errno.EBUSY: "another program is using it",
    errno.ELOOP: "it is a link now",
    errno.ENOTCONN: _AWAY,
    errno.ENODEV: _AWAY,
    errno.ENXIO: _AWAY,
    errno.ETIMEDOUT: _AWAY,
    errno.EHOSTDOWN: _AWAY,
    errno.ESTALE: "it changed while it was moved",
    errno.ENOTSUP: "this volume cannot move a file without the danger of replacing another one",
}


def reason(error: OSError, reading: bool = False) -> str:
    """Why a change failed, in words that stand after "could not be moved: ", or after "cannot be read: "."""
    if reading and error.errno in {errno.EACCES, errno.EPERM}:
        return "you are not allowed to read it"
    if error.errno in _REASONS:
        return _REASONS[error.errno]
    return f"the system says: {error.strerror or error}"


def rename_no_replace(source: Path, target: Path) -> None:
    """Moves a file within its volume to a name that nothing has.

    Raises:
        FileExistsError: Something has that name already; nothing was changed.
        OSError: It could not be moved; `EXDEV` for another volume, `ENOTSUP` where it cannot be done safely.
    """
    try:
        _change(_rename_exclusively, source, target)
    except OSError as error:
        if error.errno not in _NOT_KNOWN_HERE:
            raise
        _link_and_drop(source, target)


def drop_second_name(path: Path, kept: Path) -> None:
    """Takes one of two names from a file, which stays under the other one.

    Raises:
        OSError: The two do not lead to one file of at least two names.
    """
    second, first = os.lstat(path), os.lstat(kept)
    if not os.path.samestat(second, first) or second.st_nlink < 2:
        raise OSError(errno.ESTALE, "not a second name of the file", str(path))
    _change(os.unlink, path)


def create_exclusive(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Writes a new file; it is on the disk, and its name in its folder, when this returns.

    Raises:
        FileExistsError: There is something at that place; nothing was changed.
        OSError: It could not be written; no part of it stays.
    """
    descriptor = _change(os.open, path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OWN_FILE, mode)
    try:
        try:
            append_synced(descriptor, data)
        finally:
            os.close(descriptor)
        sync_folder(path.parent)
    except OSError:
        # The name was made by us a moment ago, so that nobody else's bytes are in it.
        with contextlib.suppress(OSError):
            _change(os.unlink, path)
        raise


def open_to_append(path: Path) -> int:
    """A descriptor at the end of one of our own files, which is never cut short or written over."""
    return os.open(path, os.O_RDWR | os.O_APPEND | _OWN_FILE)


def append_synced(descriptor: int, data: bytes) -> None:
    """Adds bytes at the end of an open file; they are on the disk when this returns."""
    left = memoryview(data)
    while left:
        left = left[_change(os.write, descriptor, left) :]
    _change(os.fsync, descriptor)


def sync_folder(folder: Path) -> None:
    """Brings the names in a folder to the disk."""
    if sys.platform == "win32":  # pragma: no cover - Windows has no such call and journals its names itself
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _change(os.fsync, descriptor)
    except OSError as error:
        # Some network and user-space file systems cannot sync a folder; they have no promise to break.
        if error.errno not in _NOT_KNOWN_HERE:
            raise
    finally:
        os.close(descriptor)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Makes a folder and those above it that are missing, as far as the umask allows `mode`.

    Raises:
        OSError: It could not be made; `ENOTDIR` where something else has the name.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent, mode)
    try:
        _change(os.mkdir, folder, mode)
    except FileExistsError as error:
        # Another process may make the same folder at the same time.
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "not a folder", str(folder)) from error
    sync_folder(folder.parent)


def remove_own(path: Path, expected: bytes) -> bool:
    """Removes a file of ours, and only if it holds exactly the bytes that we wrote.

    Returns:
        True where it was removed, False where it is not there or is not ours.
    """
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode) or path.read_bytes() != expected:
            return False
    except FileNotFoundError:
        return False
    _change(os.unlink, path)
    return True


def remove_empty_folder(folder: Path) -> bool:
    """Removes a folder that holds nothing; any other one stays as it is.

    Returns:
        True where it was removed.
    """
    try:
        _change(os.rmdir, folder)
    except OSError:
        return False
    return True


def replace_own(path: Path, data: bytes) -> None:
    """Writes one of our own files anew: after a crash either the old or the new bytes are there, whole.

    Raises:
        OSError: It could not be written, and the old bytes stay; or something else than a file is there.
    """
    mode = 0o600
    with contextlib.suppress(FileNotFoundError):
        found = os.lstat(path).st_mode
        if not stat.S_ISREG(found):
            raise OSError(errno.EEXIST, "not a regular file", str(path))
        mode = stat.S_IMODE(found)
    beside = path.with_name(f".photodedup-{secrets.token_hex(8)}.new")
    create_exclusive(beside, data, mode)
    try:
        _change(os.replace, beside, path)
    except OSError:
        with contextlib.suppress(OSError):
            remove_own(beside, data)
        raise
    sync_folder(path.parent)


def set_aside(path: Path) -> Path:
    """Gives a damaged file of ours the name `NAME.damaged-N`, so that it can be looked at later.

    Returns:
        Where it is now.
    """
    number = 1
    while True:
        aside = path.with_name(f"{path.name}.damaged-{number}")
        try:
            rename_no_replace(path, aside)
        except FileExistsError:
            number += 1
            continue
        sync_folder(path.parent)
        return aside


def set_times(path: Path, mtime_ns: int) -> None:
    """Sets the modification time, in nanoseconds; the time of the last access stays."""
    _change(os.utime, path, ns=(path.stat().st_atime_ns, mtime_ns))


def set_mode(path: Path, mode: int) -> None:
    """Sets the permissions."""
    _change(os.chmod, path, mode)


def _change(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Every change passes here; the tests replace it to break the disk at will."""
    return call(*args, **kwargs)


def _link_and_drop(source: Path, target: Path) -> None:
    """Moves where the file system knows no exclusive rename: a link never replaces anything either."""
    try:
        _change(os.link, source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno in _NOT_KNOWN_HERE | {errno.EPERM}:
            raise OSError(errno.ENOTSUP, "no exclusive rename and no links", str(source)) from error
        raise
    drop_second_name(source, target)


def _system_call() -> Callable[[bytes, bytes], int] | None:
    """The system's rename that refuses to replace, or None where the C library has none."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if (
            sys.platform == "darwin"
        ):  # pragma: no cover - written with care, but not run: there is no Mac here
            return lambda source, target: int(library.renamex_np(source, target, _RENAME_EXCL))
        call = library.renameat2
    except (OSError, AttributeError, TypeError):
        return None
    return lambda source, target: int(call(_AT_FDCWD, source, _AT_FDCWD, target, _RENAME_NOREPLACE))


_exclusive_rename = _system_call()


def _rename_exclusively(source: Path, target: Path) -> None:
    if sys.platform == "win32":  # pragma: no cover - os.rename replaces nothing on Windows; not run here
        os.rename(source, target)  # noqa: PTH104
        return
    if _exclusive_rename is None:
        raise OSError(errno.ENOSYS, "no exclusive rename", str(source))
    if _exclusive_rename(os.fsencode(source), os.fsencode(target)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(source), None, str(target))
