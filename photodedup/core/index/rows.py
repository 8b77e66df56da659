"""What is compared of the pictures of one index, as columns in memory that follow the file.

A connection enters; numbers and hashes of pictures leave. Numbers rise as pictures are added, so that only
newer ones are read again, and everything once after a removal.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from photodedup.core.index.sides import place, width

_SELECT = (
    "SELECT i.id, i.plain, h.bits, CASE WHEN h.bits IS NULL THEN substr(s.bits, ?, ?) END "
    "FROM image i LEFT JOIN hash h ON h.image = i.id AND h.side = ? JOIN sketch s ON s.image = i.id "
    "WHERE i.index_name = ? AND i.id > ? ORDER BY i.id"
)


@dataclass(frozen=True)
class Rows:
    """The dHashes of one side of all pictures of one index.

    Attributes:
        removed: How many pictures were ever removed from the index.
        ids: int64 (pictures,), rising.
        bits: uint8 (pictures, bytes).
        exact: bool (pictures,), True where the hash was made at full size, False where it is of a sketch.
        plain: bool (pictures,), True for pictures that hold too little to be matched by their look alone.
    """

    removed: int
    ids: NDArray[np.int64]
    bits: NDArray[np.uint8]
    exact: NDArray[np.bool_]
    plain: NDArray[np.bool_]

    def distances(self, full: bytes, sketched: bytes) -> NDArray[np.int32]:
        """Counts the bits in which each picture differs from one that is sought.

        Args:
            full: Its hash, made at full size.
            sketched: The same of its sketch, for pictures of which there is only a sketch.

        Returns:
            int32 (pictures,).
        """
        sought = np.where(self.exact[:, None], *(np.frombuffer(each, np.uint8) for each in (full, sketched)))
        apart: NDArray[np.int32] = np.bitwise_count(self.bits ^ sought).sum(axis=1, dtype=np.int32)
        return apart


def follow(sqlite: sqlite3.Connection, index: str, side: int, known: Rows | None) -> Rows | None:
    """Brings columns to what the file holds now.

    Args:
        sqlite: In a transaction.
        index: Name of the index.
        side: Of the dHash.
        known: The columns of an earlier moment.

    Returns:
        The columns, or None where there is no such index.
    """
    found = sqlite.execute("SELECT removed FROM picture_index WHERE name = ?", (index,)).fetchone()
    if found is None:
        return None
    if known is None or known.removed != found[0]:
        known = _columns(int(found[0]), [], side)
    last = int(known.ids[-1]) if len(known.ids) else 0
    values = (place(side) + 1, width(side), side, index, last)
    new = _columns(known.removed, sqlite.execute(_SELECT, values).fetchall(), side)
    return _joined(known, new) if len(new.ids) else known


def _columns(removed: int, rows: list[Any], side: int) -> Rows:
    hashes = b"".join(row[2] or row[3] for row in rows)
    return Rows(
        removed,
        np.array([row[0] for row in rows], np.int64),
        np.frombuffer(hashes, np.uint8).reshape(len(rows), width(side)),
        np.array([row[2] is not None for row in rows], np.bool_),
        np.array([row[1] for row in rows], np.bool_),
    )


def _joined(one: Rows, other: Rows) -> Rows:
    columns = ("ids", "bits", "exact", "plain")
    return Rows(one.removed, *(np.concatenate((getattr(one, c), getattr(other, c))) for c in columns))
