"""A table in a file of its own beside the catalogue, for large values that are not always wanted.

Values enter with a key that says what made them; they come back by content. The file is made when the first
ones enter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock

from photodedup.core.catalogue.connection import Connection, marks, parts
from photodedup.core.catalogue.places import beside
from photodedup.core.catalogue.schema import EMBEDDINGS, EMBEDDINGS_VERSION, FEATURES, FEATURES_VERSION

Key = int | bytes


class SideTable:
    """One such file; opened when it is first needed."""

    def __init__(self, path: Path | None, schema: str, version: int, columns: tuple[str, str, str]) -> None:
        """Open nothing yet.

        Args:
            path: The file, or None to remember nothing beyond this object.
            schema: Statements that make the table.
            version: Number of the schema.
            columns: The names of the table, of the column of keys and of that of values.
        """
        self._path, self._schema, self._version = path, schema, version
        self._table, self._key, self._value = columns
        self._lock = Lock()
        self._connection: Connection | None = None

    def keep(self, rows: Sequence[tuple[bytes, bytes]], key: Key) -> None:
        """Keep values, each behind the content that it belongs to.

        Raises:
            CatalogueError: They cannot be written.
        """
        if rows:
            statement = (
                f"INSERT OR REPLACE INTO {self._table} (content, {self._key}, {self._value}) VALUES (?, ?, ?)"
            )
            values = [(content, key, value) for content, value in rows]
            self._opened().keep(lambda sqlite: sqlite.executemany(statement, values))

    def known(self, contents: Iterable[bytes], key: Key) -> set[bytes]:
        """The contents whose values are kept, empty ones too."""
        found: set[bytes] = set()
        for some in parts(list(contents)):
            found.update(row[0] for row in self._read("content", some, key))
        return found

    def load(self, contents: Sequence[bytes], key: Key) -> Iterator[tuple[bytes, bytes]]:
        """Values with their contents, in no order; contents without one are left out."""
        for some in parts(contents):
            yield from ((row[0], row[1]) for row in self._read(f"content, {self._value}", some, key))

    def any(self, key: Key) -> bool:
        """Whether anything is kept under a key."""
        statement = f"SELECT 1 FROM {self._table} WHERE {self._key} = ? LIMIT 1"
        return bool(self._opened().read(statement, (key,)))

    def close(self) -> None:
        """Close the file; harmless when repeated."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()

    def _read(self, columns: str, some: Sequence[bytes], key: Key) -> list[tuple[bytes, ...]]:
        where = f"{self._key} = ? AND content IN ({marks(some)})"
        return self._opened().read(f"SELECT {columns} FROM {self._table} WHERE {where}", (key, *some))

    def _opened(self) -> Connection:
        with self._lock:
            if self._connection is None:
                self._connection = Connection(self._path, self._schema, self._version)
            return self._connection


def features_of(catalogue: Path | None) -> SideTable:
    """What edited copies are found by: ten kilobytes a content, behind the version of what made them."""
    place = catalogue and beside(catalogue, "features")
    return SideTable(place, FEATURES, FEATURES_VERSION, ("features", "version", "features"))


def embeddings_of(catalogue: Path | None) -> SideTable:
    """What neural networks said of photos: about a kilobyte a content, behind the digest of the model."""
    place = catalogue and beside(catalogue, "embeddings")
    return SideTable(place, EMBEDDINGS, EMBEDDINGS_VERSION, ("embedding", "model", "vector"))
