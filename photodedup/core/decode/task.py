"""What is asked of a worker and what it answers: plain data both ways, so that no answer can run code here.

A function, the file and arguments enter; plain data or a reasoned `Skipped` leaves.
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import pickle
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, BinaryIO

from photodedup.core.errors import StoppedError
from photodedup.core.patience import Patience, let_go
from photodedup.core.values import Photo, Skipped, SkipReason

Plain = Any
"""None, bool, int, float, str, bytes, and tuples, lists and dicts of them: all that a task may answer."""

Identity = tuple[int, int, int, int]

FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""How files that nobody vouches for are opened: no link is followed, and no pipe waited for."""


class RefusedError(Exception):
    """A file is not among the photos; raised by a task inside a worker.

    Attributes:
        reason: Why.
        what: The rest of a sentence that begins with the file's name.
    """

    def __init__(self, reason: SkipReason, what: str) -> None:
        super().__init__(reason, what)
        self.reason = reason
        self.what = what


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One file for a worker.

    Attributes:
        path: The file.
        function: Called in the worker as `function(stream, *arguments)`; `module:name` keeps what it needs
            out of this process.
        arguments: Whatever can be pickled.
        seen: Device, inode, size and modification time that the file must still have, or None.
        key: Anything that the caller wants back with the answer; never leaves this process.
        needs: Modules that the function loads late. A worker loads everything before its first file, since it
            cannot open any afterwards.
        opened: A descriptor that is read instead of the file at `path`, which is then only its name; it stays
            the caller's, and one task at a time may read it. Not on Windows, where workers open by path.
    """

    path: Path
    function: Callable[..., Plain] | str
    arguments: tuple[Any, ...] = ()
    seen: Identity | None = None
    key: Any = field(default=None)
    needs: tuple[str, ...] = ()
    opened: int | None = None

    @property
    def modules(self) -> frozenset[str]:
        """What a worker must have loaded before it can carry this out."""
        named = isinstance(self.function, str)
        own = str(self.function).split(":", maxsplit=1)[0] if named else self.function.__module__
        return frozenset([own, *self.needs])


def identity(photo: Photo) -> Identity:
    """What tells that a file is still the one that the walk saw."""
    return photo.device, photo.inode, photo.size, photo.mtime_ns


def skipped(path: Path, reason: SkipReason, what: str) -> Skipped:
    """A reasoned skip whose sentence begins with the file's name."""
    return Skipped(path, reason, f"{path.name or path} {what}.")


def open_once(task: Task) -> int | Skipped:
    """Open the file for reading; the descriptor is the caller's.

    Returns:
        A descriptor of a regular file that is still the one that was seen, or why there is none.
    """
    try:
        descriptor = os.open(task.path, FLAGS) if task.opened is None else os.dup(task.opened)
    except (OSError, ValueError) as error:
        return _unopened(task.path, error)
    refusal = _unlike(task, os.fstat(descriptor))
    if refusal is None:
        return descriptor
    let_go(descriptor)
    return refusal


def open_patiently(task: Task, stop: Event, patience: Patience) -> int | Skipped | None:
    """The same; None where it was stopped while the disk did not answer."""
    with suppress(StoppedError):
        return patience.call(lambda: open_once(task), stop, late=_close)
    return None


def _close(opened: int | Skipped) -> None:
    if not isinstance(opened, Skipped):
        let_go(opened)


def _unopened(path: Path, error: Exception) -> Skipped:
    number = getattr(error, "errno", None)
    if number in (errno.ENOENT, errno.ENOTDIR):
        return skipped(path, SkipReason.VANISHED, "was there and is gone now")
    if number == errno.ELOOP:
        return skipped(
            path, SkipReason.LINK, "is a link now; what it points to is scanned where it really is"
        )
    why = getattr(error, "strerror", None) or str(error)
    return skipped(path, SkipReason.UNREADABLE, f"could not be opened ({why})")


def _unlike(task: Task, status: os.stat_result) -> Skipped | None:
    if not stat.S_ISREG(status.st_mode):
        return skipped(task.path, SkipReason.SPECIAL_FILE, "is not a file but a device, pipe or socket")
    if task.seen is None:
        return None
    device, inode, size, mtime_ns = task.seen
    same = (status.st_size, status.st_mtime_ns) == (size, mtime_ns)
    if same and (not inode or (status.st_dev, status.st_ino) == (device, inode)):
        return None
    return skipped(task.path, SkipReason.UNREADABLE, "changed while it was scanned; scan again to include it")


class _PlainOnly(pickle.Unpickler):
    """Unpickles plain data; a worker that a file took over cannot make this process call anything."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} is not plain data")


def pack(answer: tuple[str, Plain]) -> bytes:
    """An answer as bytes, in the worker."""
    return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)


def unpack(data: bytes) -> tuple[str, Plain]:
    """An answer from its bytes, in the parent.

    Raises:
        Exception: The bytes are no plain answer; whatever it is, the worker that sent them cannot be trusted.
    """
    kind, value = _PlainOnly(io.BytesIO(data)).load()
    if not isinstance(kind, str):
        raise pickle.UnpicklingError("an answer has no kind")
    return kind, value


def carry_out(
    function: Callable[..., Plain] | str, stream: BinaryIO, arguments: tuple[Any, ...]
) -> tuple[str, Plain]:
    """Run a task in the worker: `("done", value)`, or `("refused", (reason, words))` whatever goes wrong."""
    call = _found(function)  # outside, since a fault of ours is not the file's
    try:
        return "done", call(stream, *arguments)
    except RefusedError as refusal:
        return "refused", (refusal.reason.value, refusal.what)
    except MemoryError:
        return "refused", (SkipReason.TOO_LARGE.value, "needs more memory than one photo may take")
    except OSError as error:
        if error.errno in (errno.EIO, errno.ESTALE, errno.EACCES, errno.ENXIO):
            return "refused", (SkipReason.UNREADABLE.value, f"could not be read ({error.strerror})")
        return "refused", (SkipReason.DAMAGED.value, f"is damaged ({_words(error)})")
    except Exception as error:  # a hostile file can raise anything
        return "refused", (SkipReason.DAMAGED.value, f"is damaged ({_words(error)})")


def _found(function: Callable[..., Plain] | str) -> Callable[..., Plain]:
    if not isinstance(function, str):
        return function
    module, name = function.split(":")
    return getattr(importlib.import_module(module), name)  # type: ignore[no-any-return]


def _words(error: Exception) -> str:
    first = str(error).splitlines()[:1]
    return first[0].rstrip(".")[:120] if first and first[0] else type(error).__name__
