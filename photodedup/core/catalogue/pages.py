"""Pages: what is known of all photos of one folder as one row, so that an unchanged folder costs one look-up.

Columns of photos enter; which of them are known and their fingerprints leave. A page is a copy of rows that
are in the catalogue anyway; a photo that differs from its page is looked up in the rows. That what was said
of a file of this inode, size and time stays true is what the rows rest on as well.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from photodedup.core.catalogue.connection import Connection
from photodedup.core.catalogue.rows import Wanted
from photodedup.core.values import FingerprintColumns, Library, PhotoColumns, distinct
from photodedup.core.values.columns import fingerprint_type

SEEN = np.dtype([("inode", "<u8"), ("size", "<i8"), ("mtime_ns", "<i8")])
"""What must be equal for a file to be unchanged; the device's number changes when a drive is plugged in."""

_MANY = 500
_UNKNOWN = b"\xff" * SEEN.itemsize
"""Differs from every file, because no size is negative."""

_Page = tuple[bytes, bytes, bytes]
"""Names, each with a zero byte behind it; `SEEN` of each; the row of each fingerprint."""
Known = tuple[NDArray[np.int64], FingerprintColumns]


class Pages:
    """The pages of one catalogue."""

    def __init__(self, facts: Connection) -> None:
        self._facts = facts

    def known(self, photos: PhotoColumns, wanted: Wanted) -> Known:
        """Which photos are unchanged since their page was written.

        Args:
            photos: As the walk saw them.
            wanted: Which measurements serve.

        Returns:
            Their numbers, rising, and the fingerprint of each.
        """
        order, photos = _by_folder(photos)
        begins = _begins(photos)
        pages = self._read([photos.folders[photos.rows["folder"][at]] for at in begins[:-1]], wanted)
        if not pages:
            return np.zeros(0, np.int64), FingerprintColumns.of(())
        kind = _type_of(next(iter(pages.values())))
        seen, rows = [], []
        for begin, end in pairwise(begins):
            page = pages.get(photos.folders[photos.rows["folder"][begin]])
            page = page if page is not None and _is_whole(page, kind.itemsize) else None
            if page is not None and _names_the_same(page[0], photos, begin, end):
                some = page[1:]
            else:
                some = _aligned(page, _names(photos, begin, end), kind.itemsize)
            seen.append(some[0])
            rows.append(some[1])
        met = np.frombuffer(b"".join(seen), SEEN)
        unchanged = np.ones(len(photos), np.bool_)
        for name in SEEN.names or ():
            unchanged &= met[name] == photos.rows[name]
        fingerprints = FingerprintColumns(np.frombuffer(b"".join(rows), kind), self._words())
        numbers = order[unchanged]
        rising = np.argsort(numbers)
        return numbers[rising], fingerprints.take(np.flatnonzero(unchanged)[rising])

    def write(self, library: Library, wanted: Wanted) -> None:
        """Write the pages of a library that are not as they should be."""
        order, photos = _by_folder(library.files)
        begins = _begins(photos)
        prints = library.seen.take(order)
        seen = np.zeros(len(photos), SEEN)
        for name in SEEN.names or ():
            seen[name] = photos.rows[name]

        def change(sqlite: sqlite3.Connection) -> None:
            rows = _with_words(sqlite, prints)
            sqlite.executemany(
                "INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        photos.folders[photos.rows["folder"][begin]],
                        *_key(wanted),
                        b"".join(name + b"\0" for name in _names(photos, begin, end)),
                        seen[begin:end].tobytes(),
                        rows[begin:end].tobytes(),
                    )
                    for begin, end in pairwise(begins)
                ),
            )

        if len(photos):
            self._facts.keep(change)

    def below(self, folder: Path) -> int:
        """How many photos are known in a folder and below it, whether they can be seen now or not."""
        prefix = os.fsencode(folder / "_")[:-1]
        behind = prefix[:-1] + bytes([prefix[-1] + 1])
        found = self._facts.read("SELECT count(*) FROM file WHERE path > ? AND path < ?", (prefix, behind))
        return int(found[0][0]) if found else 0

    def _read(self, folders: Sequence[bytes], wanted: Wanted) -> dict[bytes, _Page]:
        found: dict[bytes, _Page] = {}
        for start in range(0, len(folders), _MANY):
            some = folders[start : start + _MANY]
            rows = self._facts.read(
                "SELECT folder, names, seen, prints FROM page "
                "WHERE recipe = ? AND version = ? AND measure = ? "
                f"AND folder IN ({','.join('?' * len(some))})",
                (*_key(wanted), *some),
            )
            found.update((folder, (names, seen, prints)) for folder, names, seen, prints in rows)
        return found

    def _words(self) -> list[str]:
        rows = self._facts.read("SELECT id, text FROM word ORDER BY id")
        words = [""] * (rows[-1][0] + 1 if rows else 0)
        for place, text in rows:
            words[place] = text
        return words


def _key(wanted: Wanted) -> tuple[str, int, int]:
    return wanted.recipe, wanted.version, wanted.measure


def _by_folder(photos: PhotoColumns) -> tuple[NDArray[np.int64], PhotoColumns]:
    """The photos with those of one folder together, and the number that each had."""
    folder = photos.rows["folder"]
    if bool((folder[1:] >= folder[:-1]).all()):
        return np.arange(len(photos)), photos
    order = np.argsort(folder, kind="stable")
    return order, photos.take(order)


def _begins(photos: PhotoColumns) -> list[int]:
    """Where each folder begins among photos that are sorted by folder, and their number at the end."""
    folder = photos.rows["folder"]
    if not len(folder):
        return [0]
    return [0, *(np.flatnonzero(folder[1:] != folder[:-1]) + 1).tolist(), len(folder)]


def _names(photos: PhotoColumns, begin: int, end: int) -> list[bytes]:
    ends = photos.ends[begin:end].tolist()
    starts = [int(photos.ends[begin - 1]) if begin else 0, *ends]
    return [photos.names[start:stop] for start, stop in zip(starts, ends, strict=False)]


def _type_of(page: _Page) -> np.dtype[Any]:
    """The type of a row of fingerprints, from what is left of it beside the hash."""
    count = page[0].count(b"\0")
    return fingerprint_type(max(0, len(page[2]) // count - fingerprint_type(0).itemsize))


def _is_whole(page: _Page, size: int) -> bool:
    """Whether a page says something of each file that it names; one that somebody else wrote may not."""
    names = page[0].count(b"\0")
    return len(page[1]) == names * SEEN.itemsize and len(page[2]) == names * size


def _names_the_same(held: bytes, photos: PhotoColumns, begin: int, end: int) -> bool:
    """Whether a page names exactly some photos, in their order; told without taking the names apart."""
    first = int(photos.ends[begin - 1]) if begin else 0
    stops = np.flatnonzero(np.frombuffer(held, np.uint8) == 0)
    if not np.array_equal(stops, photos.ends[begin:end] - first + np.arange(end - begin)):
        return False
    return held.replace(b"\0", b"") == photos.names[first : int(photos.ends[end - 1])]


def _aligned(page: _Page | None, names: list[bytes], size: int) -> tuple[bytes, bytes]:
    """What a page says of files by name, and of others what no file can be."""
    if page is None:
        return _UNKNOWN * len(names), bytes(size * len(names))
    held, seen, rows = page
    places = {name: at for at, name in enumerate(held[:-1].split(b"\0"))}
    at = [places.get(name, -1) for name in names]
    wide = SEEN.itemsize
    return (
        b"".join(seen[p * wide : (p + 1) * wide] if p >= 0 else _UNKNOWN for p in at),
        b"".join(rows[p * size : (p + 1) * size] if p >= 0 else bytes(size) for p in at),
    )


def _with_words(sqlite: sqlite3.Connection, prints: FingerprintColumns) -> NDArray[Any]:
    """The rows of fingerprints, their words named by the numbers of the catalogue."""
    rows = prints.rows.copy()
    used = distinct(np.concatenate((rows["format"], rows["camera"])))
    sqlite.executemany("INSERT OR IGNORE INTO word (text) VALUES (?)", ((prints.words[at],) for at in used))
    numbers = dict(sqlite.execute("SELECT text, id FROM word").fetchall())
    place = np.zeros(len(prints.words), np.int32)
    for at in used:
        place[at] = numbers[prints.words[at]]
    for name in ("format", "camera"):
        rows[name] = place[rows[name]]
    return rows
