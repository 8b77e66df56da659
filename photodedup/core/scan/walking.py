"""Walks folders without ever raising: each file and each left-out folder becomes one value.

Folders enter; runs of files that may be photos and `Skipped` for everything else leave, in the order of the
paths' bytes, so that two walks of the same tree are equal. No file is opened here. Where there is a mate, it
lists folders while this process lists others.

Names stay bytes and numbers stay bare until somebody asks for them: this is as quick as Python lists a disk.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from pathlib import Path
from threading import Event

from photodedup.core.mate import Shared, lent
from photodedup.core.scan import exclusions
from photodedup.core.values import Skipped, SkipReason

_Identity = tuple[int, int]
_Entries = list[os.DirEntry[bytes]]
_SEPARATOR = os.fsencode(os.sep)
_USUAL = frozenset(
    os.fsencode(each) for ending in exclusions.PICTURES for each in (ending, ending.upper(), ending.title())
)
"""Endings of pictures as they are mostly written; a file with another one is looked at more closely."""
_AT_ONCE = 128
"""Entries of a folder that are looked at together, which takes less long than one by one."""
_DOT = ord(".")
_TYPE = 0o170000
_WINDOWS = os.name == "nt"
_PLAIN_STATUS = not (hasattr(os.stat_result, "st_file_attributes") or hasattr(os.stat_result, "st_flags"))
"""Whether a status knows no attributes that hide a file or keep it in the cloud."""


@dataclass(slots=True)
class Run:
    """Files of one folder that may be photos, one after the other in the order of the walk.

    Attributes:
        folder: The bytes of the folder's path, with the separator at its end.
        names: The bytes of each name.
        sizes: Bytes of each file.
        mtimes: Modification time of each in nanoseconds.
        inodes: `st_ino` of each.
        devices: `st_dev` of each.
    """

    folder: bytes
    names: list[bytes] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    mtimes: list[int] = field(default_factory=list)
    inodes: list[int] = field(default_factory=list)
    devices: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Folder:
    """A folder to go down into, at its place among the files.

    Attributes:
        path: Its bytes.
        identity: `st_dev` and `st_ino`.
    """

    path: bytes
    identity: _Identity


Found = Run | Skipped
Step = Found | Folder


class Walk:
    """One walk: which folders were met so far, by device and inode."""

    def __init__(self, stop: Event) -> None:
        self._stop = stop
        self._folders: dict[_Identity, bytes] = {}

    def run(self, folders: Sequence[Path]) -> Iterator[Found]:
        """Everything below the folders."""
        with lent() as mate:
            here = partial(steps_in, stop=self._stop)
            steps: Shared[bytes, list[Step]] = Shared(steps_in, mate, here, then=_below_of)
            for folder in folders:
                try:
                    root = folder.resolve(strict=True)
                    status = root.stat()
                except (OSError, RuntimeError, ValueError) as error:
                    yield _failed(os.fsencode(folder), error)
                    continue
                path = os.fsencode(root)
                if (why := exclusions.forbidden_root(root)) is not None:
                    yield _left_out(path, why)
                elif (known := self._met_folder(path, (status.st_dev, status.st_ino))) is not None:
                    yield known
                else:
                    yield from self._below(path, steps)

    def _below(self, root: bytes, steps: Shared[bytes, list[Step]]) -> Iterator[Found]:
        """The tree below one root, depth first; a stack, since trees can be deeper than Python's."""
        stack = [iter(steps.take(root))]
        while stack and not self._stop.is_set():
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
            elif not isinstance(step, Folder):
                yield step
            elif (known := self._met_folder(step.path, step.identity)) is not None:
                yield known
            else:
                stack.append(iter(steps.take(step.path)))

    def _met_folder(self, path: bytes, identity: _Identity) -> Skipped | None:
        if not identity[1]:
            return None
        first = self._folders.setdefault(identity, path)
        if first is path:
            return None
        what = f"is the same folder as {os.fsdecode(first)}, which is scanned already"
        return _skip(path, SkipReason.SAME_FILE, what)


def steps_in(folder: bytes, stop: Event | None = None) -> list[Step]:
    """What one folder holds, sorted, until a stop."""
    return list(_Listing(folder, stop or Event()).steps())


def _below_of(steps: list[Step]) -> list[bytes]:
    """The folders to go down into."""
    return [step.path for step in steps if isinstance(step, Folder)]


class _Listing:
    """What one folder holds, looked at until a stop."""

    def __init__(self, folder: bytes, stop: Event) -> None:
        self._folder, self._stop = folder, stop

    def steps(self) -> Iterator[Step]:
        """Everything in the order of the walk."""
        entries: _Entries = []
        failure: Skipped | None = None
        try:
            with os.scandir(self._folder) as listing:
                entries.extend(listing)
        except OSError as error:
            failure = _failed(self._folder, error)
        _sort(entries)
        run = Run(self._folder if self._folder.endswith(_SEPARATOR) else self._folder + _SEPARATOR)
        for start in range(0, len(entries), _AT_ONCE):
            some = entries[start : start + _AT_ONCE]
            if not self._take_all(some, run):
                run = yield from self._take_each(some, run)
        if run.names:
            yield run
        if failure is not None:
            yield failure

    def _take_each(self, entries: _Entries, run: Run) -> Generator[Step, None, Run]:
        """Puts what may be a photo into the run, and gives all else; returns the run that goes on."""
        supply = iter(entries)
        while (other := self._take(supply, run)) is not None:
            if isinstance(other, Folder) and run.names:
                yield run
                run = Run(run.folder)
            yield other
        return run

    def _take_all(self, entries: _Entries, run: Run) -> bool:
        """Puts all of some entries into the run, and says so, where each is plainly a picture."""
        if self._stop.is_set() or _WINDOWS or not _PLAIN_STATUS:
            return False
        try:
            statuses = [entry.stat(follow_symlinks=False) for entry in entries]
        except (OSError, ValueError):  # the one at fault is found where they are looked at one by one
            return False
        names, sizes = [entry.name for entry in entries], [status.st_size for status in statuses]
        modes = {status.st_mode for status in statuses}
        plain = all(map(stat.S_ISREG, modes)) and all(sizes) and _usual(names)
        if plain:
            run.names += names
            run.sizes += sizes
            run.mtimes += [status.st_mtime_ns for status in statuses]
            run.inodes += [status.st_ino for status in statuses]
            run.devices += [status.st_dev for status in statuses]
        return plain

    def _take(self, entries: Iterator[os.DirEntry[bytes]], run: Run) -> Skipped | Folder | None:
        """Puts files that may be photos into the run, until something else comes; gives that, or None."""
        stopped, names, sizes = self._stop.is_set, run.names.append, run.sizes.append
        mtimes, inodes, devices = run.mtimes.append, run.inodes.append, run.devices.append
        for entry in entries:
            if stopped():
                return None
            try:
                # Windows leaves device and inode out of what a listing knows.
                status = os.lstat(entry.path) if _WINDOWS else entry.stat(follow_symlinks=False)
            except (OSError, ValueError) as error:
                return _failed(entry.path, error)
            name, size = entry.name, status.st_size
            if not (
                name[name.rfind(b".") :] in _USUAL
                and size
                and name[0] != _DOT
                and status.st_mode & _TYPE == stat.S_IFREG
                and _PLAIN_STATUS
            ):
                other = self._other(entry, status)
                if other is not None:
                    return other
            names(name)
            sizes(size)
            mtimes(status.st_mtime_ns)
            inodes(status.st_ino)
            devices(status.st_dev)
        return None

    def _other(self, entry: os.DirEntry[bytes], status: os.stat_result) -> Skipped | Folder | None:
        """What an entry is that is no plain photo; None where it may be one after all."""
        if exclusions.is_link(status):
            return _skip(
                entry.path, SkipReason.LINK, "is a link; what it points to is scanned where it really is"
            )
        name = os.fsdecode(entry.name)
        if stat.S_ISDIR(status.st_mode):
            if (why := exclusions.left_out_folder(os.fsdecode(entry.path), name, status)) is not None:
                return _left_out(entry.path, why)
            return Folder(entry.path, (status.st_dev, status.st_ino))
        return _no_photo(entry.path, name, status)


def _usual(names: Sequence[bytes]) -> bool:
    """Whether all names are those of pictures, and none is hidden; most endings have four letters."""
    usual = {name[-4:] for name in names} <= _USUAL or {name[name.rfind(b".") :] for name in names} <= _USUAL
    return usual and _DOT not in {name[0] for name in names}


def _no_photo(path: bytes, name: str, status: os.stat_result) -> Skipped | None:
    """Why a file is not among the photos, or None."""
    extension = os.path.splitext(name)[1].lower()  # noqa: PTH122 - once for every file
    if not stat.S_ISREG(status.st_mode):
        return _skip(path, SkipReason.SPECIAL_FILE, "is not a file but a device, pipe or socket")
    if exclusions.hidden(name, status):
        return _skip(path, SkipReason.HIDDEN, "is hidden")
    if extension in exclusions.UNREAD:
        return _skip(path, SkipReason.UNSUPPORTED_FORMAT, f"is {extension}, which is not read yet")
    if extension not in exclusions.PICTURES:
        return _skip(path, SkipReason.NOT_A_PICTURE, "is not a picture by its name")
    return _no_content(path, status)


def _no_content(path: bytes, status: os.stat_result) -> Skipped | None:
    """Why there is nothing to read in a picture, or None."""
    if status.st_size == 0:
        return _skip(path, SkipReason.EMPTY, "is empty")
    if exclusions.not_downloaded(status):
        return _skip(path, SkipReason.NOT_DOWNLOADED, "is only in the cloud; download it to include it")
    return None


def _sort(entries: _Entries) -> None:
    """Puts what a folder holds where the bytes of its paths belong, so that a walk comes sorted by path."""
    try:
        folders = {entry.name for entry in entries if entry.is_dir(follow_symlinks=False)}
    except OSError:  # a disk that fails; each entry will say so itself
        folders = set()
    if folders:
        entries.sort(key=lambda each: each.name + _SEPARATOR if each.name in folders else each.name)
    else:
        entries.sort(key=attrgetter("name"))


def same_file(path: bytes, first: bytes) -> Skipped:
    """The skip of a file that was met before under another name."""
    return _skip(path, SkipReason.SAME_FILE, f"is the same file as {os.fsdecode(first)}")


def _skip(path: bytes, reason: SkipReason, what: str) -> Skipped:
    text = os.fsdecode(path)
    name = os.path.basename(text) or text  # noqa: PTH119 - once for every file
    return Skipped(Path(text), reason, f"{name} {what}.")


def _left_out(path: bytes, why: str) -> Skipped:
    return _skip(path, SkipReason.LEFT_OUT_FOLDER, f"is left out: it is {why}")


def _failed(path: bytes, error: Exception) -> Skipped:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return _skip(path, SkipReason.VANISHED, "was there and is gone now")
    why = getattr(error, "strerror", None) or str(error)
    return _skip(path, SkipReason.UNREADABLE, f"could not be looked at ({why})")
