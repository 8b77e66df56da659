"""The pictures of the service: added, looked for, listed and removed, by index.

Measured pictures enter; what is like them leaves. Names are labels and need not be unique; numbers are.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from photodedup.core.errors import NoIndexError
from photodedup.core.index.rows import Rows, follow
from photodedup.core.index.sides import place, width
from photodedup.core.index.store import Store
from photodedup.core.match import likeness_of_bits
from photodedup.core.values import Kind

ALIKE = 3
"""Levels, of 256, by which the 64 mean colours of two plain pictures may differ where these are copies."""

_IN_MEMORY = 8
"""Indexes, each with one side, of which the columns are kept in memory."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one picture.

    Attributes:
        content: BLAKE3 of the whole file.
        pixels: BLAKE3 of the upright full-size pixels.
        side: Of the dHash `bits`.
        bits: The dHash, made at full size.
        sketch: A dHash of every side, made of a small picture.
        plain: True where the picture holds too little to be matched by its dHash alone.
        tint: 8 by 8 mean colours, RGB, for plain pictures.
        width: Pixels, upright.
        height: Pixels, upright.
        format: Pillow's name of the format.
    """

    content: bytes
    pixels: bytes
    side: int
    bits: bytes
    sketch: bytes
    plain: bool
    tint: bytes
    width: int
    height: int
    format: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A measured picture with the name that it came under, and its size in bytes."""

    name: str
    size: int
    measured: Measured


@dataclass(frozen=True, slots=True)
class Held:
    """A picture of an index; `added` is the time in UTC."""

    id: int
    name: str
    size: int
    added: str
    width: int
    height: int
    format: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A picture of an index that is a copy of the one that was sought.

    Attributes:
        id: Its number.
        name: Its name.
        distance: Bits in which the two dHashes differ.
        kind: How it matches.
        likeness: Per cent; 0 where half of the bits differ, as those of unrelated pictures do.
    """

    id: int
    name: str
    distance: int
    kind: Kind
    likeness: float


class Pictures:
    """All indexes of one file; may be used by several threads, beside other processes."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises:
            ServiceError: It cannot be used.
        """
        self._store = Store(path)
        self._lock = threading.Lock()
        self._rows: OrderedDict[tuple[str, int], Rows] = OrderedDict()

    def close(self) -> None:
        """Close the file; harmless when repeated."""
        self._store.close()

    def begin(self, index: str) -> None:
        """Make an index where there is none of this name."""
        self._store.write(lambda sqlite: _begin(sqlite, index))

    def add(self, index: str, uploads: Sequence[Upload]) -> list[int]:
        """Add pictures, all of them or none; an index that is not there is made.

        Returns:
            Their numbers, in the same order.
        """

        def change(sqlite: sqlite3.Connection) -> list[int]:
            _begin(sqlite, index)
            return [_insert(sqlite, index, upload) for upload in uploads]

        return self._store.write(change)

    def find(self, index: str, sought: Measured, most: int, limit: int) -> list[Hit]:
        """The pictures of an index that are copies of another one.

        Two pictures are copies where their dHashes differ by at most `most` bits, or where file or pixels are
        equal. A dHash says nothing of a plain picture: that one must have the same colours as well.

        Args:
            index: Name of the index.
            sought: The other picture.
            most: Bits.
            limit: How many copies at most.

        Returns:
            Identical ones first, then the nearest.

        Raises:
            NoIndexError: There is no such index.
            ServiceError: It cannot be read.
        """
        rows, identical = self._store.read(lambda sqlite: self._follow(sqlite, index, sought))
        begin = place(sought.side)
        apart = rows.distances(sought.bits, sought.sketch[begin : begin + width(sought.side)])
        same = np.isin(rows.ids, identical)
        near = np.flatnonzero(same | (apart <= most))
        near = near[np.lexsort((rows.ids[near], apart[near], ~same[near]))]
        hits: list[Hit] = []
        for start in range(0, len(near), _AT_ONCE):
            some = near[start : start + _AT_ONCE]
            hits += self._hits(dict(zip(rows.ids[some].tolist(), apart[some].tolist(), strict=True)), sought)
            if len(hits) >= limit:
                break
        return hits[:limit]

    def images(self, index: str, offset: int, limit: int) -> tuple[int, list[Held]]:
        """Some pictures of an index in the order in which they were added, and how many there are in all.

        Raises:
            NoIndexError: There is no such index.
        """

        def look(sqlite: sqlite3.Connection) -> tuple[int, list[Held]]:
            if not _known(sqlite, index):
                raise _no_index(index)
            total = sqlite.execute("SELECT count(*) FROM image WHERE index_name = ?", (index,)).fetchone()[0]
            columns = "id, name, size, added, width, height, format"
            select = f"SELECT {columns} FROM image WHERE index_name = ? ORDER BY id LIMIT ? OFFSET ?"
            return total, [Held(*row) for row in sqlite.execute(select, (index, limit, offset))]

        return self._store.read(look)

    def remove(self, number: int) -> bool:
        """Remove a picture; False where there is none of this number."""

        def change(sqlite: sqlite3.Connection) -> bool:
            row = sqlite.execute("DELETE FROM image WHERE id = ? RETURNING index_name", (number,)).fetchone()
            if row is not None:
                sqlite.execute("UPDATE picture_index SET removed = removed + 1 WHERE name = ?", row)
            return row is not None

        return self._store.write(change)

    def _follow(self, sqlite: sqlite3.Connection, index: str, sought: Measured) -> tuple[Rows, list[int]]:
        """The columns of an index as it is now, and the pictures of equal file or pixels."""
        key = index, sought.side
        with self._lock:
            rows = follow(sqlite, index, sought.side, self._rows.pop(key, None))
            if rows is None:
                raise _no_index(index)
            self._rows[key] = rows
            if len(self._rows) > _IN_MEMORY:
                self._rows.popitem(last=False)
        values = (index, sought.content, sought.pixels)
        select = "SELECT id FROM image WHERE index_name = ? AND (content = ? OR pixels = ?)"
        return rows, [row[0] for row in sqlite.execute(select, values)]

    def _hits(self, apart: dict[int, int], sought: Measured) -> Iterator[Hit]:
        """Those of some pictures that are copies, in the same order; one removed meanwhile is left out."""
        marks = ",".join("?" * len(apart))
        select = f"SELECT id, name, content, pixels, plain, tint FROM image WHERE id IN ({marks})"
        rows = {row[0]: row for row in self._store.read(lambda q: q.execute(select, list(apart)).fetchall())}
        for number, distance in apart.items():
            if number in rows and (kind := _kind(rows[number], sought)) is not None:
                alike = likeness_of_bits(distance if kind is Kind.NEAR_DUPLICATE else 0, sought.side**2)
                yield Hit(number, rows[number][1], distance, kind, alike)


def _begin(sqlite: sqlite3.Connection, index: str) -> None:
    sqlite.execute("INSERT OR IGNORE INTO picture_index VALUES (?, 0)", (index,))


def _known(sqlite: sqlite3.Connection, index: str) -> bool:
    return sqlite.execute("SELECT 1 FROM picture_index WHERE name = ?", (index,)).fetchone() is not None


def _insert(sqlite: sqlite3.Connection, index: str, upload: Upload) -> int:
    seen = upload.measured
    added = datetime.now(UTC).isoformat(timespec="milliseconds")
    upload_values = (index, upload.name, upload.size, added, seen.content, seen.pixels, seen.plain, seen.tint)
    number = sqlite.execute(
        "INSERT INTO image (index_name, name, size, added, content, pixels, plain, tint, width, height, "
        "format) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*upload_values, seen.width, seen.height, seen.format),
    ).lastrowid
    sqlite.execute("INSERT INTO hash VALUES (?, ?, ?)", (number, seen.side, seen.bits))
    sqlite.execute("INSERT INTO sketch VALUES (?, ?)", (number, seen.sketch))
    return int(number or 0)


def _kind(row: tuple[Any, ...], sought: Measured) -> Kind | None:
    """How a picture whose dHash is near matches; None where both are merely plain."""
    _, _, content, pixels, plain, tint = row
    if content == sought.content:
        return Kind.IDENTICAL_FILE
    if pixels == sought.pixels:
        return Kind.IDENTICAL_PICTURE
    if (plain or sought.plain) and not _alike(tint, sought.tint):
        return None
    return Kind.NEAR_DUPLICATE


def _alike(one: bytes, other: bytes) -> bool:
    colours = (np.frombuffer(each, np.uint8).astype(np.int16) for each in (one, other))
    return int(np.abs(np.subtract(*colours)).max()) <= ALIKE


def _no_index(index: str) -> NoIndexError:
    return NoIndexError(f"There is no index {index}: add a picture to it first.")
