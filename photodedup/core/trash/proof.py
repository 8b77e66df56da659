"""A removal is only possible with a proof, and a proof is only given to what is true at this moment.

In: a `Removal`, which holds what the scan saw. Out: a `Proof`: both files are there, are two files and not
one, and have the bytes that were scanned. The bytes are read through descriptors that stay open until the
photo has moved, so that neither file can be exchanged behind its name, nor its inode number be given to
another one.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from blake3 import blake3

from photodedup.core import disk
from photodedup.core.errors import TrashError
from photodedup.core.patience import let_go
from photodedup.core.values import Companion, Kind, Removal, Witness

_CHUNK = 1 << 20
_OPEN = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
    _OPEN |= getattr(os, _flag, 0)
_KEY = object()


class Proof:
    """That a photo may be moved now; only `prove` gives one.

    Attributes:
        removal: What was proven.
        photo: What the photo's descriptor says of the photo.
        keeper: What the keeper's descriptor says of the keeper.
    """

    def __init__(self, key: object, removal: Removal, photo: int, keeper: int, closer: ExitStack) -> None:
        if key is not _KEY:
            raise TypeError("a proof is only given by prove()")
        self.removal = removal
        self.photo, self.keeper = os.fstat(photo), os.fstat(keeper)
        self._descriptors = (photo, keeper)
        self._closer = closer

    @property
    def path(self) -> Path:
        """Where the photo is."""
        return self.removal.photo.path

    def check_places(self) -> None:
        """Looks a last time, right before the move: both names still lead to what was proven.

        Raises:
            TrashError: One of them does not.
        """
        photo, keeper = (os.fstat(descriptor) for descriptor in self._descriptors)
        # The time of the last change of any kind cannot be set back, so that no edit since the reading hides.
        if photo.st_ctime_ns != self.photo.st_ctime_ns or not self.is_at(self.path):
            raise TrashError(_changed(self.removal.photo, self.removal))
        if keeper.st_ctime_ns != self.keeper.st_ctime_ns or not self.keeper_stands():
            raise TrashError(_changed(self.removal.keeper, self.removal))

    def keeper_stands(self) -> bool:
        """True where the keeper is still in its place, as it was proven."""
        with contextlib.suppress(OSError):
            found = os.lstat(self.removal.keeper.path)
            return os.path.samestat(found, self.keeper) and _is_witnessed(found, self.removal.keeper)
        return False

    def is_at(self, path: Path) -> bool:
        """True where `path` leads to the very file that was proven."""
        with contextlib.suppress(OSError):
            return os.path.samestat(os.lstat(path), self.photo)
        return False

    def is_photo(self, path: Path) -> bool:
        """True where the photo itself is at `path`: the same inode, or else the same bytes."""
        with contextlib.suppress(OSError):
            found = os.lstat(path)
            if not stat.S_ISREG(found.st_mode) or found.st_size != self.photo.st_size:
                return False
            # An overlay may number a file anew when it is first moved; there the bytes decide.
            return os.path.samestat(found, self.photo) or content_at(path) == self.removal.photo.content
        return False

    def lend_keeper(self, closer: ExitStack) -> int:
        """A descriptor of the keeper for the proof of a companion, closed by `closer`."""
        descriptor = os.dup(self._descriptors[1])
        closer.callback(let_go, descriptor)
        return descriptor

    def let_go(self) -> None:
        """Closes the files early, for systems that do not move an open file."""
        self._closer.close()


@contextmanager
def prove(removal: Removal) -> Iterator[Proof]:
    """Proves a removal; the proof holds as long as the context is open.

    Args:
        removal: The photo, its keeper, and what the scan saw of both.

    Yields:
        The proof.

    Raises:
        TrashError: It cannot be proven; the sentence names the file and says why.
    """
    with ExitStack() as closer:
        photo = _open(removal.photo, removal, closer)
        keeper = _open(removal.keeper, removal, closer)
        proof = Proof(_KEY, removal, photo, keeper, closer)
        if os.path.samestat(proof.photo, proof.keeper):
            raise TrashError(
                f"{proof.path.name} and its keeper {removal.keeper.path} are one file under two names. "
                "It stays where it is."
            )
        _prove_content(removal, photo, keeper)
        proof.check_places()
        yield proof


@contextmanager
def prove_companion(companion: Companion, photo: Proof) -> Iterator[Proof]:
    """Proves that a companion may go with its photo.

    Args:
        companion: A picture in its own right, which needs its copy, or a sidecar.
        photo: The proof of its photo, by which a sidecar stands.

    Yields:
        The proof.

    Raises:
        TrashError: It cannot be proven; the sentence names the file and says why.
    """
    if companion.copy is not None:
        with prove(Removal(companion.file, companion.copy, Kind.IDENTICAL_FILE, 0)) as proof:
            yield proof
        return
    removal = Removal(companion.file, photo.removal.keeper, photo.removal.kind, 0)
    with ExitStack() as closer:
        file = _open(removal.photo, removal, closer)
        try:
            content = content_of(file)
        except OSError as error:
            raise TrashError(_unreadable(removal.photo, removal, disk.reason(error, reading=True))) from error
        if content != companion.file.content:
            raise TrashError(_changed(removal.photo, removal))
        proof = Proof(_KEY, removal, file, photo.lend_keeper(closer), closer)
        proof.check_places()
        yield proof


def place_of(witness: Witness) -> str:
    """A file with its folder, in words, since a photo and its keeper often have one name."""
    return f"{witness.path.parent.name}/{witness.path.name}"


def content_of(descriptor: int, algorithm: Callable[[], Any] = blake3) -> bytes:
    """BLAKE3 of an open file from where its descriptor stands, 32 bytes; or another digest."""
    digest = algorithm()
    while chunk := os.read(descriptor, _CHUNK):
        digest.update(chunk)
    return bytes(digest.digest())


def content_at(path: Path, algorithm: Callable[[], Any] = blake3) -> bytes:
    """The same of the regular file at `path`; a link is not followed."""
    descriptor = os.open(path, _OPEN)
    try:
        return content_of(descriptor, algorithm)
    finally:
        let_go(descriptor)


def _open(witness: Witness, removal: Removal, closer: ExitStack) -> int:
    """A descriptor of a file that is what the scan saw, by everything but its bytes."""
    try:
        # Looked at first, because merely opening a device or a pipe can do something.
        if _is_witnessed(os.lstat(witness.path), witness):
            descriptor = os.open(witness.path, _OPEN)
            closer.callback(let_go, descriptor)
            if _is_witnessed(os.fstat(descriptor), witness):
                return descriptor
    except OSError as error:
        raise TrashError(_unreadable(witness, removal, disk.reason(error, reading=True))) from error
    raise TrashError(_changed(witness, removal))


def _is_witnessed(found: os.stat_result, witness: Witness) -> bool:
    # The device number is left out: it changes when a drive is plugged in again or the machine restarts, and
    # a plan may run later; the inode, the times and the bytes do not.
    return (
        stat.S_ISREG(found.st_mode)
        and found.st_ino == witness.inode
        and found.st_size == witness.size
        and found.st_mtime_ns == witness.mtime_ns
    )


def _prove_content(removal: Removal, photo: int, keeper: int) -> None:
    try:
        if removal.kind is Kind.IDENTICAL_FILE:
            # Equal bytes have equal hashes, so that one of the two need not be hashed.
            content, equal = _compare(photo, keeper)
            if not equal:
                raise TrashError(
                    f"{removal.photo.path.name} differs from its keeper {place_of(removal.keeper)}, though "
                    "the plan calls them identical. It stays where it is. Scan again."
                )
            kept = content
        else:
            content, kept = content_of(photo), content_of(keeper)
    except OSError as error:
        raise TrashError(_unreadable(removal.photo, removal, disk.reason(error, reading=True))) from error
    for witness, found in ((removal.photo, content), (removal.keeper, kept)):
        if found != witness.content:
            raise TrashError(_changed(witness, removal))


def _compare(photo: int, keeper: int) -> tuple[bytes, bool]:
    """The hash of the photo, and whether the keeper has the same bytes."""
    digest = blake3()
    while chunk := os.read(photo, _CHUNK):
        digest.update(chunk)
        if chunk != _read_exactly(keeper, len(chunk)):
            return b"", False
    return digest.digest(), not os.read(keeper, 1)


def _read_exactly(descriptor: int, size: int) -> bytes:
    data = os.read(descriptor, size)
    while len(data) < size and (more := os.read(descriptor, size - len(data))):
        data += more
    return data


def _changed(witness: Witness, removal: Removal) -> str:
    name = removal.photo.path.name
    if witness is removal.keeper:
        keeper = place_of(witness)
        return f"{name} stays where it is: its keeper {keeper} has changed since the scan. Scan again."
    return f"{name} has changed since the scan. It stays where it is. Scan again."


def _unreadable(witness: Witness, removal: Removal, why: str) -> str:
    if witness is removal.keeper:
        return (
            f"{removal.photo.path.name} stays where it is: its keeper {place_of(witness)} cannot be read: "
            f"{why}. Scan again."
        )
    return f"{witness.path.name} cannot be read: {why}. Nothing was moved. Scan again."
