"""The features of photos, by which edited copies are found: ten kilobytes a content, in a file of their own.

Features enter with the version of what made them; they come back by content. The file is made when the first
ones enter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock

from photodedup.core.catalogue.connection import Connection, marks, parts
from photodedup.core.catalogue.schema import FEATURES, FEATURES_VERSION


class Features:
    """The features of one catalogue; opened when they are first needed."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = Lock()
        self._connection: Connection | None = None

    def keep(self, rows: Sequence[tuple[bytes, bytes]], version: int) -> None:
        """Keep features, each behind the content that it belongs to.

        Raises:
            CatalogueError: They cannot be written.
        """
        if rows:
            values = [(content, version, features) for content, features in rows]
            self._opened().keep(
                lambda sqlite: sqlite.executemany("INSERT OR REPLACE INTO features VALUES (?, ?, ?)", values)
            )

    def known(self, contents: Iterable[bytes], version: int) -> set[bytes]:
        """The contents whose features are kept, also where there are none to find."""
        found: set[bytes] = set()
        for some in parts(list(contents)):
            found.update(row[0] for row in self._read("content", some, version))
        return found

    def load(self, contents: Sequence[bytes], version: int) -> Iterator[tuple[bytes, bytes]]:
        """Features with their contents, in no order; contents without any are left out."""
        for some in parts(contents):
            yield from ((row[0], row[1]) for row in self._read("content, features", some, version))

    def close(self) -> None:
        """Close the file; harmless when repeated."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()

    def _read(self, columns: str, some: Sequence[bytes], version: int) -> list[tuple[bytes, ...]]:
        statement = f"SELECT {columns} FROM features WHERE version = ? AND content IN ({marks(some)})"
        return self._opened().read(statement, (version, *some))

    def _opened(self) -> Connection:
        with self._lock:
            if self._connection is None:
                self._connection = Connection(self._path, FEATURES, FEATURES_VERSION)
            return self._connection
