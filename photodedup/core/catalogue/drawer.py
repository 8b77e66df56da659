"""A drawer for a few large results that are dear to compute, each under a name that says all it depends on.

Bytes enter under a key; they come back until newer ones took their place.
"""

from __future__ import annotations

import sqlite3

from photodedup.core.catalogue.connection import Connection

_MOST = 6
"""Results that are kept; each belongs to one state of one library."""
_LARGEST = 256 << 20


class Drawer:
    """The drawer of one catalogue."""

    def __init__(self, facts: Connection) -> None:
        self._facts = facts

    def get(self, key: bytes) -> bytes | None:
        """What was put under a key, or None."""
        rows = self._facts.read("SELECT held FROM drawer WHERE key = ?", (key,))
        return bytes(rows[0][0]) if rows else None

    def put(self, key: bytes, held: bytes) -> None:
        """Keep bytes under a key, unless they are too many; the oldest ones go."""
        if len(held) > _LARGEST:
            return

        def change(sqlite: sqlite3.Connection) -> None:
            sqlite.execute("DELETE FROM drawer WHERE key = ?", (key,))
            sqlite.execute("INSERT INTO drawer (key, held) VALUES (?, ?)", (key, held))
            sqlite.execute("DELETE FROM drawer WHERE id <= (SELECT max(id) FROM drawer) - ?", (_MOST,))

        self._facts.keep(change)
