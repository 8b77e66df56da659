"""Finds identical files without decoding anything: sizes first, then both ends of files, then whole files.

Columns of photos enter; fingerprints that hold only a content leave, and reasoned skips. A photo whose size
or ends no other photo has is never read whole; its content stays unknown and is like no other.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from itertools import chain
from threading import Event

import numpy as np
from numpy.typing import NDArray

from photodedup.core.decode import Task, identity, skipped
from photodedup.core.decode.task import open_once
from photodedup.core.patience import let_go, spread
from photodedup.core.values import FingerprintColumns, PhotoColumns, Skipped, SkipReason
from photodedup.core.values.columns import NEVER, fingerprint_type

Numbers = NDArray[np.int64]
Digest = bytes | Skipped

_END = 4096
"""Bytes that are read at either end of a file."""
_CHUNK = 1 << 18
_LARGE = 1 << 16
"""Bytes from which a file is worth a thread of its own."""
_AT_ONCE = 32
"""Files that are open at a time in a thread."""
_OFTEN = 1000
_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)
_LOW = (1 << 64) - 1


class Contents:
    """The contents of the photos of a search, as far as they decide whether two files are identical.

    Attributes:
        skipped: Photos that could not be read, and why.
    """

    def __init__(self, photos: PhotoColumns, jobs: int, stop: Event, told: Callable[[int], object]) -> None:
        """Prepare.

        Args:
            photos: Every photo of the search.
            jobs: How many threads read.
            stop: Ends the reading soon.
            told: Takes how many more photos were read.
        """
        self._photos, self._jobs, self._stop, self._told = photos, jobs, stop, told
        self.skipped: list[Skipped] = []

    def find(self, known: Numbers, bits: int) -> tuple[Numbers, FingerprintColumns]:
        """The contents of the photos that are not known.

        Args:
            known: Numbers of photos whose content is known.
            bits: Bytes of a perceptual hash, which stays zero.

        Returns:
            The numbers of the others, without those that could not be read or were not before a stop, and a
            fingerprint of each: content, and nothing else, since nothing was decoded.
        """
        size = self._photos.rows["size"]
        unknown = np.ones(len(size), np.bool_)
        unknown[known] = False
        several, with_known = _alike(size, known)
        alone = unknown & ~several
        met, failed = self._met(np.flatnonzero(unknown & several & ~with_known))
        alone[list(chain.from_iterable(some for some in met if len(some) == 1))] = True
        sought = [[number] for number in np.flatnonzero(unknown & several & with_known).tolist()]
        digests = self._read(sought + [some for some in met if len(some) > 1])
        return self._columns(alone, failed | digests, bits)

    def _met(self, numbers: Numbers) -> tuple[list[list[int]], dict[int, Digest]]:
        """Photos by size and ends, and those that could not be read.

        One thread, since the calls are too short to be worth changing threads for.
        """
        met: dict[tuple[int, int], list[int]] = {}
        failed: dict[int, Digest] = {}
        photos = self._photos.take(numbers)
        sizes = photos.rows["size"].tolist()
        for at, (number, path, size) in enumerate(zip(numbers.tolist(), photos.paths(), sizes, strict=True)):
            if at % _OFTEN == 0:
                self._told(min(_OFTEN, len(numbers) - at))
                if self._stop.is_set():
                    break
            try:
                met.setdefault((size, _both_ends(path, size)), []).append(number)
            except (OSError, ValueError):
                failed[number] = self._why_not(number)
        return list(met.values()), failed

    def _read(self, alike: list[list[int]]) -> dict[int, Digest]:
        """Reads whole photos, large ones in threads: what hashes leaves the others free."""
        size = self._photos.rows["size"]
        large = [some for some in alike if size[some[0]] > _LARGE]
        found = chain.from_iterable(self._some(some) for some in alike if size[some[0]] <= _LARGE)
        digests = dict(found)
        digests.update(chain.from_iterable(spread(self._some, large, self._jobs)))
        return digests

    def _some(self, numbers: list[int]) -> list[tuple[int, Digest]]:
        """The digests of photos that may be alike; comparing large ones is quicker than hashing each."""
        if len(numbers) == 1 or self._photos.rows["size"][numbers[0]] <= _LARGE:
            return [(number, self._one(number)) for number in numbers if not self._stop.is_set()]
        found: list[tuple[int, Digest]] = []
        while numbers and not self._stop.is_set():
            first, *others = numbers[:_AT_ONCE]
            digest, equal = self._first_and_equal(first, others)
            found += [(first, digest), *((number, digest) for number in equal)]
            numbers = [number for number in others if number not in equal] + numbers[_AT_ONCE:]
        return found

    def _one(self, number: int) -> Digest:
        opened = self._opened(number)
        if isinstance(opened, Skipped):
            return opened
        digest = blake2b(digest_size=32)
        try:
            while chunk := os.read(opened, _CHUNK):
                digest.update(chunk)
        except OSError as error:
            path = self._photos[number].path
            return skipped(path, SkipReason.UNREADABLE, f"could not be read ({error.strerror})")
        finally:
            let_go(opened)
        return digest.digest()

    def _first_and_equal(self, first: int, others: list[int]) -> tuple[Digest, set[int]]:
        """The digest of a photo, and which others hold the same bytes; each is read once, side by side."""
        opened = {number: self._opened(number) for number in [first, *others]}
        files = {number: each for number, each in opened.items() if isinstance(each, int)}
        digest = blake2b(digest_size=32)
        try:
            own = files.pop(first, None)
            if own is None:
                return opened[first], set()  # type: ignore[return-value]
            while chunk := os.read(own, _CHUNK):
                digest.update(chunk)
                files = {number: each for number, each in files.items() if _reads(each, chunk)}
            files = {number: each for number, each in files.items() if _reads(each, b"")}
        except OSError as error:
            path = self._photos[first].path
            return skipped(path, SkipReason.UNREADABLE, f"could not be read ({error.strerror})"), set()
        finally:
            for each in opened.values():
                if isinstance(each, int):
                    let_go(each)
        return digest.digest(), set(files)

    def _opened(self, number: int) -> int | Skipped:
        """A descriptor of a photo, if it is still the file that the walk saw."""
        _, size, mtime_ns, device, inode = self._photos.rows[number].item()[:5]
        try:
            descriptor = os.open(self._photos.path(number), _FLAGS)
        except (OSError, ValueError):
            return self._why_not(number)
        status = os.fstat(descriptor)
        same = (status.st_size, status.st_mtime_ns) == (size, mtime_ns) and stat.S_ISREG(status.st_mode)
        if same and (status.st_ino & _LOW, status.st_dev & _LOW) == (inode, device):
            return descriptor
        let_go(descriptor)
        return self._why_not(number)

    def _why_not(self, number: int) -> Skipped:
        """Why a photo cannot be read, in the words of the one place that opens photos."""
        photo = self._photos[number]
        again = open_once(Task(photo.path, "", (), identity(photo)))
        if isinstance(again, Skipped):
            return again
        let_go(again)
        return skipped(
            photo.path, SkipReason.UNREADABLE, "changed while it was scanned; scan again to include it"
        )

    def _columns(
        self, alone: NDArray[np.bool_], digests: dict[int, Digest], bits: int
    ) -> tuple[Numbers, FingerprintColumns]:
        self.skipped += [each for each in digests.values() if isinstance(each, Skipped)]
        read = {number: each for number, each in digests.items() if isinstance(each, bytes)}
        rows = np.zeros(len(alone), fingerprint_type(bits))
        rows["content"][:, -8:] = np.arange(len(alone), dtype=">u8").view(np.uint8).reshape(-1, 8)
        if read:
            contents = np.frombuffer(b"".join(read.values()), np.uint8).reshape(len(read), -1)
            alone = alone.copy()
            alone[list(read)] = True
            rows["content"][list(read)] = contents
        rows["taken"], rows["plain"] = NEVER, True
        numbers = np.flatnonzero(alone)
        return numbers, FingerprintColumns(rows[numbers], ("",))


def _alike(size: Numbers, known: Numbers) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """For each photo whether another one has its size, and whether a known one has."""
    _, place, counts = np.unique(size, return_inverse=True, return_counts=True)
    held = np.bincount(place[known], minlength=len(counts))
    return counts[place] > 1, held[place] > 0


def _both_ends(path: bytes, size: int) -> int:
    """A short hash of the first and the last bytes of a file."""
    descriptor = os.open(path, _FLAGS)
    try:
        start = os.read(descriptor, _END)
        if size <= _END:
            return hash(start)
        os.lseek(descriptor, -min(_END, size - _END), os.SEEK_END)
        return hash((start, os.read(descriptor, _END)))
    finally:
        os.close(descriptor)


def _reads(descriptor: int, chunk: bytes) -> bool:
    """Whether a file goes on with these bytes, or ends where there are none; False where it is unreadable."""
    with suppress(OSError):
        return os.read(descriptor, len(chunk) or 1) == chunk
    return False
