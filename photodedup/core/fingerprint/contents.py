"""Finds identical files without decoding anything: sizes first, then both ends of files, then whole files.

Columns of photos enter; fingerprints that hold a content leave, and reasoned skips. A photo whose size or
ends no other photo has is never read whole; its content stays unknown and is like no other. What a JPEG says
of itself is taken from the bytes that are read here anyway, once for each content that several files have.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import chain
from threading import Event
from typing import Any

import numpy as np
from blake3 import blake3
from numpy.typing import NDArray

from photodedup.core.decode import Task, identity, skipped
from photodedup.core.decode.headers import HEAD, Facts, facts_of_jpeg
from photodedup.core.decode.task import FLAGS, open_once
from photodedup.core.fingerprint.ends import ends_of
from photodedup.core.mate import Shared, lent
from photodedup.core.patience import let_go, spread
from photodedup.core.values import FingerprintColumns, PhotoColumns, Skipped, SkipReason
from photodedup.core.values.columns import NEVER, fingerprint_type, to_microseconds

Numbers = NDArray[np.int64]
Digest = bytes | Skipped
Row = tuple[Any, ...]
"""A row of `PHOTO`."""

_CHUNK = 1 << 17
"""Bytes that are read at a time: two files' worth fit into a core's own cache, where they are compared."""
_LARGE = 1 << 16
"""Bytes from which a file is worth a thread of its own."""
_AT_ONCE = 32
"""Files that are open at a time in a thread."""
_OFTEN = 1000
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
        self._facts: dict[bytes, Facts] = {}

    def find(self, known: Numbers, bits: int) -> tuple[Numbers, FingerprintColumns]:
        """The contents of the photos that are not known.

        Args:
            known: Numbers of photos whose content is known.
            bits: Bytes of a perceptual hash, which stays zero.

        Returns:
            The numbers of the others, without those that could not be read or were not before a stop, and a
            fingerprint of each: the content, and what a JPEG says of itself where others have its content.
        """
        size = self._photos.rows["size"]
        unknown = np.ones(len(size), np.bool_)
        unknown[known] = False
        several, with_known = _alike(size, known)
        alone = unknown & ~several
        met, keys, failed = self._met(np.flatnonzero(unknown & several & ~with_known))
        single, alike = _by_ends(met, size[met], keys)
        alone[single] = True
        sought = [[number] for number in np.flatnonzero(unknown & several & with_known).tolist()]
        digests = self._read(sought + alike)
        return self._columns(alone, failed | digests, bits)

    def _met(self, numbers: Numbers) -> tuple[Numbers, Numbers, dict[int, Digest]]:
        """The photos that could be read, what each has at its ends, and those that could not be read.

        No threads, since the calls are too short to be worth changing threads for; half are the mate's.
        """
        photos = self._photos.take(numbers)

        def files(start: int) -> list[tuple[bytes, int]]:
            some = photos[start : start + _OFTEN]
            return list(zip(some.paths(), some.rows["size"].tolist(), strict=True))

        keys: list[int | None] = []
        with lent() as mate:
            ends = Shared(ends_of, mate, lambda start: ends_of(files(start)), files)
            starts = range(0, len(numbers), _OFTEN)
            ends.expect(starts)
            for start in starts:
                self._told(min(_OFTEN, len(numbers) - start))
                if self._stop.is_set():
                    break
                keys += ends.take(start)
        met = numbers[: len(keys)]
        readable = np.array([key is not None for key in keys], np.bool_)
        failed: dict[int, Digest] = {number: self._why_not(number) for number in met[~readable].tolist()}
        return met[readable], np.array([key for key in keys if key is not None], np.int64), failed

    def _read(self, alike: list[list[int]]) -> dict[int, Digest]:
        """Reads whole photos, large ones in threads: what hashes leaves the others free."""
        size = self._photos.rows["size"]
        digests = self._each([some for some in alike if size[some[0]] <= _LARGE])
        large = [some for some in alike if size[some[0]] > _LARGE]
        digests.update(chain.from_iterable(spread(self._some, large, self._jobs)))
        return digests

    def _each(self, alike: list[list[int]]) -> dict[int, Digest]:
        """The digests of small photos, one after the other."""
        numbers = np.array(list(chain.from_iterable(alike)), np.int64)
        photos = self._photos.take(numbers)
        several = chain.from_iterable([len(some) > 1] * len(some) for some in alike)
        facts = zip(numbers.tolist(), photos.paths(), photos.rows.tolist(), several, strict=True)
        stopped = self._stop.is_set
        return {
            number: self._one(number, path, row, told) for number, path, row, told in facts if not stopped()
        }

    def _some(self, numbers: list[int]) -> list[tuple[int, Digest]]:
        """The digests of large photos that may be alike; comparing these is quicker than hashing each."""
        if len(numbers) == 1:
            return [(number, self._one(number, *self._seen(number))) for number in numbers]
        found: list[tuple[int, Digest]] = []
        while numbers and not self._stop.is_set():
            first, *others = numbers[:_AT_ONCE]
            digest, equal = self._first_and_equal(first, others)
            found += [(first, digest), *((number, digest) for number in equal)]
            numbers = [number for number in others if number not in equal] + numbers[_AT_ONCE:]
        return found

    def _one(self, number: int, path: bytes, seen: Row, told: bool = False) -> Digest:
        """The digest of a photo; where it is to be `told`, what its header says is noted as well."""
        opened = self._opened(number, path, seen)
        if isinstance(opened, Skipped):
            return opened
        # No larger a buffer than the file needs: making one takes longer than reading a small file.
        digest, head, most = blake3(), b"", min(seen[1] + 1, _CHUNK)
        try:
            while chunk := os.read(opened, most):
                digest.update(chunk)
                head = head or chunk
        except OSError as error:
            return skipped(
                self._photos[number].path, SkipReason.UNREADABLE, f"could not be read ({error.strerror})"
            )
        finally:
            let_go(opened)
        content = digest.digest()
        if told:
            self._note(content, head)
        return content

    def _note(self, content: bytes, head: bytes) -> None:
        """Notes what the first bytes of a file say, once for each content."""
        if content not in self._facts and (facts := facts_of_jpeg(head)) is not None:
            self._facts[content] = facts

    def _first_and_equal(self, first: int, others: list[int]) -> tuple[Digest, set[int]]:
        """The digest of a photo, and which others hold the same bytes; each is read once, side by side."""
        opened = {number: self._opened(number, *self._seen(number)) for number in [first, *others]}
        files = {number: each for number, each in opened.items() if isinstance(each, int)}
        digest, head = blake3(), b""
        try:
            own = files.pop(first, None)
            if own is None:
                return opened[first], set()  # type: ignore[return-value]
            while chunk := os.read(own, _CHUNK):
                digest.update(chunk)
                head += chunk if len(head) < HEAD else b""
                files = {number: each for number, each in files.items() if _reads(each, chunk)}
            files = {number: each for number, each in files.items() if _reads(each, b"")}
        except OSError as error:
            path = self._photos[first].path
            return skipped(path, SkipReason.UNREADABLE, f"could not be read ({error.strerror})"), set()
        finally:
            for each in opened.values():
                if isinstance(each, int):
                    let_go(each)
        if files:
            self._note(digest.digest(), head)
        return digest.digest(), set(files)

    def _seen(self, number: int) -> tuple[bytes, Row]:
        """The path of a photo, and what the walk saw of it."""
        return self._photos.path(number), self._photos.rows[number].item()

    def _opened(self, number: int, path: bytes, seen: Row) -> int | Skipped:
        """A descriptor of a photo, if it is still the file that the walk saw."""
        _, size, mtime_ns, device, inode = seen[:5]
        try:
            descriptor = os.open(path, FLAGS)
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
        words = self._describe(rows, read)
        numbers = np.flatnonzero(alone)
        return numbers, FingerprintColumns(rows[numbers], words)

    def _describe(self, rows: NDArray[Any], read: Mapping[int, bytes]) -> tuple[str, ...]:
        """Writes into the rows what the photos say of themselves, and gives the words that the rows name."""
        words = {"": 0}
        described = [number for number, content in read.items() if content in self._facts]
        facts = [self._facts[read[number]] for number in described]
        for name in ("width", "height"):
            rows[name][described] = [each[name] for each in facts]
        for name in ("format", "camera"):
            rows[name][described] = [words.setdefault(each[name], len(words)) for each in facts]
        rows["taken"][described] = [to_microseconds(each["taken"]) for each in facts]
        return tuple(words)


def _alike(size: Numbers, known: Numbers) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """For each photo whether another one has its size, and whether a known one has."""
    _, place, counts = np.unique(size, return_inverse=True, return_counts=True)
    held = np.bincount(place[known], minlength=len(counts))
    return counts[place] > 1, held[place] > 0


def _by_ends(numbers: Numbers, size: Numbers, keys: Numbers) -> tuple[Numbers, list[list[int]]]:
    """The photos whose size and ends nothing else has, and the others together with those like them."""
    order = np.lexsort((numbers, keys, size))
    changes = (np.diff(size[order]) != 0) | (np.diff(keys[order]) != 0)
    begins = np.flatnonzero(np.append(True, changes)) if len(order) else order
    counts = np.diff(np.append(begins, len(order)))
    several = counts > 1
    spans = zip(begins[several].tolist(), counts[several].tolist(), strict=True)
    alike = [numbers[order[begin : begin + count]].tolist() for begin, count in spans]
    # In the order of the walk, which is mostly the one in which a disk reads them soonest.
    return numbers[order[begins[~several]]], sorted(alike)


def _reads(descriptor: int, chunk: bytes) -> bool:
    """Whether a file goes on with these bytes, or ends where there are none; False where it is unreadable."""
    with suppress(OSError):
        return os.read(descriptor, len(chunk) or 1) == chunk
    return False
