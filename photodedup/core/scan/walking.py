"""Walks folders without ever raising: each file and each left-out folder becomes one value of the stream.

Folders enter; `Photo` for what may be a photo and `Skipped` for everything else leave, in the order of the
names' bytes, so that two walks of the same tree are equal. No file is opened here.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

from photodedup.core.errors import WrongUseError
from photodedup.core.scan import exclusions
from photodedup.core.values import Photo, Skipped, SkipReason

Found = Photo | Skipped
_Identity = tuple[int, int]


def check_folders(folders: Sequence[Path]) -> list[Path]:
    """Resolve the folders of a scan, or say which one is not there.

    Args:
        folders: As the person gave them; links among them are followed.

    Returns:
        Absolute paths without links, in the same order.

    Raises:
        WrongUseError: There is no folder, one is missing, or one is not a folder.
    """
    if not folders:
        raise WrongUseError("No folder was given: name at least one folder to scan.")
    return [_checked(folder) for folder in folders]


def _checked(folder: Path) -> Path:
    try:
        resolved = folder.resolve(strict=True)
        found = resolved.is_dir()
    except (OSError, RuntimeError, ValueError):
        raise WrongUseError(f"There is no folder {folder}: check the name, or connect its drive.") from None
    if not found:
        raise WrongUseError(f"{folder} is a file: name the folder that holds it.")
    return resolved


def walk(folders: Sequence[Path], stop: Event | None = None) -> Iterator[Found]:
    """Walk the folders and everything below them.

    Links below the roots are not followed. A file that was already met under another name (a hard link, a
    bind mount, overlapping roots, a case-insensitive disk) is `SAME_FILE`;
    so is a folder, once, for all that it holds.

    Args:
        folders: Roots; one that is a link is resolved. A hidden root is scanned, since it was asked for.
        stop: Ends the stream soon after it is set.

    Yields:
        One value a file, and one for each folder that is left out.
    """
    return _Walk(stop or Event()).run(folders)


class _Walk:
    """One walk: what was met so far, by device and inode."""

    def __init__(self, stop: Event) -> None:
        self._stop = stop
        self._files: dict[_Identity, Path] = {}
        self._folders: dict[_Identity, str] = {}

    def run(self, folders: Sequence[Path]) -> Iterator[Found]:
        for folder in folders:
            try:
                root = folder.resolve(strict=True)
                status = root.stat()
            except (OSError, RuntimeError, ValueError) as error:
                yield _failed(os.fspath(folder), error)
                continue
            if (why := exclusions.forbidden_root(root)) is not None:
                yield _left_out(os.fspath(root), why)
            elif (known := self._met_folder(os.fspath(root), status)) is not None:
                yield known
            else:
                yield from self._below(os.fspath(root))

    def _below(self, root: str) -> Iterator[Found]:
        """The tree below one root, depth first; a stack, since trees can be deeper than Python's."""
        stack = [self._listing(root)]
        while stack and not self._stop.is_set():
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
            elif isinstance(step, str):
                stack.append(self._listing(step))
            else:
                yield step

    def _listing(self, folder: str) -> Iterator[Found | str]:
        """What one folder holds, sorted; a string is a folder to go down into."""
        entries: list[os.DirEntry[str]] = []
        failure: Skipped | None = None
        try:
            with os.scandir(folder) as listing:
                entries.extend(listing)
        except OSError as error:
            failure = _failed(folder, error)
        entries.sort(key=_name_bytes)
        for entry in entries:
            if self._stop.is_set():
                return
            yield self._entry(entry)
        if failure is not None:
            yield failure

    def _entry(self, entry: os.DirEntry[str]) -> Found | str:
        try:
            # Windows leaves device and inode out of what a listing knows.
            status = os.lstat(entry.path) if os.name == "nt" else entry.stat(follow_symlinks=False)
        except (OSError, ValueError) as error:
            return _failed(entry.path, error)
        if exclusions.is_link(status):
            return _skip(
                entry.path, SkipReason.LINK, "is a link; what it points to is scanned where it really is"
            )
        if stat.S_ISDIR(status.st_mode):
            if (why := exclusions.left_out_folder(entry.path, entry.name, status)) is not None:
                return _left_out(entry.path, why)
            return self._met_folder(entry.path, status) or entry.path
        return self._file(entry.path, entry.name, status)

    def _file(self, path: str, name: str, status: os.stat_result) -> Found:
        if not stat.S_ISREG(status.st_mode):
            return _skip(path, SkipReason.SPECIAL_FILE, "is not a file but a device, pipe or socket")
        if exclusions.hidden(name, status):
            return _skip(path, SkipReason.HIDDEN, "is hidden")
        extension = os.path.splitext(name)[1].lower()  # noqa: PTH122 - once for every file
        if extension in exclusions.PICTURES:
            return self._picture(path, status)
        if extension in exclusions.UNREAD:
            return _skip(path, SkipReason.UNSUPPORTED_FORMAT, f"is {extension}, which is not read yet")
        return _skip(path, SkipReason.NOT_A_PICTURE, "is not a picture by its name")

    def _picture(self, path: str, status: os.stat_result) -> Found:
        if status.st_size == 0:
            return _skip(path, SkipReason.EMPTY, "is empty")
        if exclusions.not_downloaded(status):
            return _skip(path, SkipReason.NOT_DOWNLOADED, "is only in the cloud; download it to include it")
        here = Path(path)
        if status.st_ino:
            first = self._files.setdefault((status.st_dev, status.st_ino), here)
            if first is not here:
                return _skip(path, SkipReason.SAME_FILE, f"is the same file as {first}")
        return Photo(here, status.st_size, status.st_mtime_ns, status.st_dev, status.st_ino)

    def _met_folder(self, path: str, status: os.stat_result) -> Skipped | None:
        if not status.st_ino:
            return None
        first = self._folders.setdefault((status.st_dev, status.st_ino), path)
        if first is path:
            return None
        return _skip(path, SkipReason.SAME_FILE, f"is the same folder as {first}, which is scanned already")


def _name_bytes(entry: os.DirEntry[str]) -> bytes:
    return os.fsencode(entry.name)


def _skip(path: str, reason: SkipReason, what: str) -> Skipped:
    name = os.path.basename(path) or path  # noqa: PTH119 - once for every file
    return Skipped(Path(path), reason, f"{name} {what}.")


def _left_out(path: str, why: str) -> Skipped:
    return _skip(path, SkipReason.LEFT_OUT_FOLDER, f"is left out: it is {why}")


def _failed(path: str, error: Exception) -> Skipped:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return _skip(path, SkipReason.VANISHED, "was there and is gone now")
    why = getattr(error, "strerror", None) or str(error)
    return _skip(path, SkipReason.UNREADABLE, f"could not be looked at ({why})")
