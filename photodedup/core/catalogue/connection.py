"""One SQLite file that several threads may use, and that is built anew where it turns out to be broken.

Calls enter with a connection as their first argument; their results leave.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from photodedup.core.catalogue.store import open_store, set_store_aside
from photodedup.core.errors import CatalogueError

T = TypeVar("T")

_MANY = 500


class Connection:
    """A connection and its lock.

    Attributes:
        newer: True where a newer photodedup wrote the file, so that it is only read.
    """

    def __init__(self, path: Path | None, schema: str, version: int) -> None:
        self._path, self._schema, self._version = path, schema, version
        self._lock = threading.Lock()
        self._sqlite = open_store(path, schema, version)
        self.newer = bool(self._sqlite.execute("PRAGMA query_only").fetchone()[0])

    def read(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of one statement; none where a newer photodedup tells it in other tables."""
        try:
            return self._do(lambda sqlite: sqlite.execute(statement, values).fetchall())
        except CatalogueError:
            if self.newer:
                return []
            raise

    def keep(self, change: Callable[[sqlite3.Connection], object]) -> None:
        """The same as `write` for what can be measured again; nothing where the file is only read."""
        if not self.newer:
            self.write(change)

    def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Make changes as a whole or not at all.

        Raises:
            CatalogueError: They cannot be made, for instance because a newer photodedup wrote the file.
        """
        if self.newer:
            raise CatalogueError(
                f"The catalogue {self._path} was written by a newer photodedup, so that it is only read and "
                "your marks are not kept: update photodedup, or choose another with --catalogue."
            )

        def whole(sqlite: sqlite3.Connection) -> T:
            sqlite.execute("BEGIN IMMEDIATE")
            with sqlite:
                return change(sqlite)

        return self._do(whole)

    def close(self) -> None:
        """Close it; harmless when repeated."""
        with self._lock:
            self._sqlite.close()

    def _do(self, call: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            try:
                try:
                    return call(self._sqlite)
                except (sqlite3.OperationalError, sqlite3.IntegrityError, sqlite3.ProgrammingError):
                    raise
                except sqlite3.DatabaseError:  # the file itself is broken
                    self._rebuild()
                    return call(self._sqlite)
            except sqlite3.Error as error:
                raise CatalogueError(
                    f"The catalogue {self._path or ''} cannot be used ({error}): free some space, or choose "
                    "another with --catalogue."
                ) from error

    def _rebuild(self) -> None:
        if self._path is None or self.newer:
            raise sqlite3.OperationalError("it is damaged")
        self._sqlite.close()
        set_store_aside(self._path)
        self._sqlite = open_store(self._path, self._schema, self._version)


def parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Values in parts that one statement can take."""
    return (values[start : start + _MANY] for start in range(0, len(values), _MANY))


def marks(values: Sequence[object]) -> str:
    """A question mark for each value, as SQL wants them."""
    return ",".join("?" * len(values))
