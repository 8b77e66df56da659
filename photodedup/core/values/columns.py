"""Facts of many photos as columns, so that a million take a third of the memory and no time to make.

Photos and fingerprints enter one by one or as whole arrays; they come back one by one, made on demand, or as
whole arrays.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from photodedup.core.values.facts import Fingerprint, Photo
from photodedup.core.values.sorting import is_every

Numbers = NDArray[Any]

PHOTO = np.dtype(
    [
        ("folder", "<i4"),
        ("size", "<i8"),
        ("mtime_ns", "<i8"),
        ("device", "<u8"),
        ("inode", "<u8"),
        ("companions", "u1"),
        ("paired", np.bool_),
    ]
)
NEVER = int(np.iinfo(np.int64).min)
"""The time of a picture that does not say when it was taken."""

_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)
_AT_ONCE = 1 << 16
_MASK = (1 << 64) - 1


class PhotoColumns(Sequence[Photo]):
    """Photos as columns; each is made when it is asked for.

    Attributes:
        folders: The bytes of each folder's path, with the separator at its end.
        rows: `PHOTO`, shape (photos,).
        names: The bytes of all names, one after the other.
        ends: int64 (photos,), where each name ends in `names`.
    """

    def __init__(
        self, folders: Sequence[bytes], rows: Numbers, names: bytes, ends: NDArray[np.int64]
    ) -> None:
        self.folders, self.rows, self.names, self.ends = folders, rows, names, ends

    @classmethod
    def of(cls, photos: Iterable[Photo]) -> PhotoColumns:
        """Columns of photos, in the same order."""
        if isinstance(photos, PhotoColumns):
            return photos
        numbers: dict[bytes, int] = {}
        rows, names = [], []
        for photo in photos:
            folder, name = _split(os.fsencode(photo.path))
            number = numbers.setdefault(folder, len(numbers))
            names.append(name)
            rows.append((number, photo.size, photo.mtime_ns, photo.device & _MASK, photo.inode & _MASK, 0, 0))
        return cls(tuple(numbers), np.array(rows, PHOTO), b"".join(names), _ends(names))

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, number: int) -> Photo: ...
    @overload
    def __getitem__(self, number: slice) -> PhotoColumns: ...
    def __getitem__(self, number: int | slice) -> Photo | PhotoColumns:
        """One photo, or the columns of several."""
        if isinstance(number, slice):
            return self.take(np.arange(len(self))[number])
        _, size, mtime_ns, device, inode, *_ = self.rows[number].item()
        return Photo(Path(os.fsdecode(self.path(number))), size, mtime_ns, device, inode)

    def __iter__(self) -> Iterator[Photo]:
        for path, row in zip(self.paths(), self.rows, strict=True):
            _, size, mtime_ns, device, inode, *_ = row.item()
            yield Photo(Path(os.fsdecode(path)), size, mtime_ns, device, inode)

    def name(self, number: int) -> bytes:
        """The bytes of one file's name."""
        number = range(len(self))[number]
        return self.names[int(self.ends[number - 1]) if number else 0 : int(self.ends[number])]

    def path(self, number: int) -> bytes:
        """The bytes of one path."""
        return self.folders[int(self.rows["folder"][number])] + self.name(number)

    def each_name(self) -> Iterator[bytes]:
        """The bytes of each name."""
        begin = 0
        for start in range(0, len(self), _AT_ONCE):
            for end in self.ends[start : start + _AT_ONCE].tolist():
                yield self.names[begin:end]
                begin = end

    def paths(self) -> Iterator[bytes]:
        """The bytes of each path."""
        folders = self.folders
        numbers = (
            number
            for start in range(0, len(self), _AT_ONCE)
            for number in self.rows["folder"][start : start + _AT_ONCE].tolist()
        )
        return (folders[number] + name for number, name in zip(numbers, self.each_name(), strict=True))

    def take(self, numbers: Numbers) -> PhotoColumns:
        """The columns of some photos, in the order of `numbers`."""
        if is_every(numbers, len(self)):
            return self
        ends = self.ends[numbers]
        starts = np.where(numbers > 0, self.ends[numbers - 1], 0)
        pieces = []
        for at in range(0, len(numbers), _AT_ONCE):
            some = zip(starts[at : at + _AT_ONCE].tolist(), ends[at : at + _AT_ONCE].tolist(), strict=True)
            pieces.append(b"".join([self.names[start:end] for start, end in some]))
        return PhotoColumns(self.folders, self.rows[numbers], b"".join(pieces), np.cumsum(ends - starts))

    def by_path(self) -> PhotoColumns:
        """The same photos, sorted by the bytes of their paths."""
        paths = list(self.paths())
        if all(map(bytes.__le__, paths, paths[1:])):
            return self
        return self.take(np.array(sorted(range(len(paths)), key=paths.__getitem__), np.int64))

    def find(self, path: Path, guess: int = 0) -> int | None:
        """The number of a photo among photos sorted by path, or None where it is not among them.

        Args:
            path: Of the photo.
            guess: Looked at first.
        """
        sought, low, high = os.fsencode(path), 0, len(self)
        if guess < high and self.path(guess) == sought:
            return guess
        while low < high:
            middle = (low + high) // 2
            if self.path(middle) < sought:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self.path(low) == sought else None


class FingerprintColumns(Sequence[Fingerprint]):
    """Fingerprints as columns; each is made when it is asked for.

    Attributes:
        rows: Of the type that `fingerprint_type` gives, shape (photos,).
        words: Names of formats and cameras, which the rows name by their place.
        pixels: int32 (photos,), where in `digests` the proof of each photo is; -1 where there is none.
        digests: uint8 (proofs, 32).
    """

    def __init__(
        self,
        rows: Numbers,
        words: Sequence[str],
        pixels: NDArray[np.int32] | None = None,
        digests: NDArray[np.uint8] | None = None,
    ) -> None:
        self.rows, self.words = rows, words
        self.pixels = np.full(len(rows), -1, np.int32) if pixels is None else pixels
        self.digests = np.zeros((0, 32), np.uint8) if digests is None else digests

    @classmethod
    def of(cls, fingerprints: Iterable[Fingerprint]) -> FingerprintColumns:
        """Columns of fingerprints, in the same order; all of one recipe."""
        if isinstance(fingerprints, FingerprintColumns):
            return fingerprints
        seen = list(fingerprints)
        first = seen[0] if seen else None
        kind = fingerprint_type(len(first.bits), len(first.content), len(first.small)) if first else None
        rows = np.zeros(len(seen), kind or fingerprint_type(1))
        words: dict[str, int] = {}
        for name in ("content", "bits", "small"):
            joined = np.frombuffer(b"".join(getattr(each, name) for each in seen), np.uint8)
            rows[name] = joined.reshape(rows[name].shape)
        for name in ("width", "height", "plain", "damaged"):
            rows[name] = [getattr(each, name) for each in seen]
        for name in ("format", "camera"):
            rows[name] = [words.setdefault(getattr(each, name), len(words)) for each in seen]
        rows["taken"] = [to_microseconds(each.taken) for each in seen]
        proven = {at: each.pixels for at, each in enumerate(seen) if each.pixels is not None}
        return cls(rows, tuple(words)).with_pixels(proven)

    @classmethod
    def joined(cls, parts: Sequence[FingerprintColumns]) -> FingerprintColumns:
        """The fingerprints of all parts, one after the other; all of one recipe."""
        parts = [part for part in parts if len(part)]
        if len(parts) <= 1:
            return parts[0] if parts else cls.of(())
        words: dict[str, int] = {}
        rows = np.concatenate([part.rows for part in parts])
        pixels, begin, proofs = np.concatenate([part.pixels for part in parts]), 0, 0
        for part in parts:
            place = np.array([words.setdefault(word, len(words)) for word in part.words], np.int32)
            end = begin + len(part)
            for name in ("format", "camera"):
                rows[name][begin:end] = place[part.rows[name]]
            pixels[begin:end][part.pixels >= 0] += proofs
            begin, proofs = end, proofs + len(part.digests)
        digests = [part.digests for part in parts if len(part.digests)]
        return cls(rows, tuple(words), pixels, np.concatenate(digests) if digests else None)

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, number: int) -> Fingerprint: ...
    @overload
    def __getitem__(self, number: slice) -> FingerprintColumns: ...
    def __getitem__(self, number: int | slice) -> Fingerprint | FingerprintColumns:
        """One fingerprint, or the columns of several."""
        if isinstance(number, slice):
            return self.take(np.arange(len(self))[number])
        row, proof = self.rows[number], int(self.pixels[number])
        return Fingerprint(
            content=row["content"].tobytes(),
            bits=row["bits"].tobytes(),
            small=row["small"].tobytes(),
            plain=bool(row["plain"]),
            width=int(row["width"]),
            height=int(row["height"]),
            format=self.words[row["format"]],
            taken=to_time(int(row["taken"])),
            camera=self.words[row["camera"]],
            damaged=bool(row["damaged"]),
            pixels=self.digests[proof].tobytes() if proof >= 0 else None,
        )

    def take(self, numbers: Numbers) -> FingerprintColumns:
        """The columns of some fingerprints, in the order of `numbers`."""
        if is_every(numbers, len(self)):
            return self
        return FingerprintColumns(self.rows[numbers], self.words, self.pixels[numbers], self.digests)

    def dated(self) -> NDArray[np.bool_]:
        """Whether each photo says when it was taken: bool (photos,)."""
        return np.asarray(self.rows["taken"] != NEVER)

    def with_pixels(self, proven: dict[int, bytes]) -> FingerprintColumns:
        """The same fingerprints with the digests of the pixels of some of them."""
        if not proven:
            return self
        pixels, first = self.pixels.copy(), len(self.digests)
        pixels[np.fromiter(proven, np.int64, len(proven))] = np.arange(first, first + len(proven))
        added = np.frombuffer(b"".join(proven.values()), np.uint8).reshape(len(proven), -1)
        digests = np.concatenate((self.digests, added)) if first else added
        return FingerprintColumns(self.rows, self.words, pixels, digests)


def fingerprint_type(bits: int, content: int = 32, small: int = 16) -> np.dtype[Any]:
    """The type of a row of fingerprints, for digests of so many bytes."""
    return np.dtype(
        [
            ("content", np.uint8, (content,)),
            ("bits", np.uint8, (bits,)),
            ("small", np.uint8, (small,)),
            ("taken", "<i8"),
            ("width", "<i4"),
            ("height", "<i4"),
            ("format", "<i4"),
            ("camera", "<i4"),
            ("plain", np.bool_),
            ("damaged", np.bool_),
        ]
    )


def to_microseconds(taken: datetime | None) -> int:
    """A local time as a number that sorts like it."""
    return NEVER if taken is None else (taken - _EPOCH) // _MICROSECOND


def to_time(microseconds: int) -> datetime | None:
    """A local time from its number."""
    return None if microseconds == NEVER else _EPOCH + timedelta(microseconds=microseconds)


def _split(path: bytes) -> tuple[bytes, bytes]:
    name = os.path.basename(path)  # noqa: PTH119 - bytes keep what is no text
    return path[: len(path) - len(name)], name


def _ends(names: Sequence[bytes]) -> NDArray[np.int64]:
    return np.fromiter(accumulate(map(len, names)), np.int64, len(names))
