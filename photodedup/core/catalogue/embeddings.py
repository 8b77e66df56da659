"""What neural networks said of photos: about a kilobyte a content and model, in a file of their own.

Vectors enter with the digest of the model that made them; they come back by content. The file is made when
the first ones enter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock

from photodedup.core.catalogue.connection import Connection, marks, parts
from photodedup.core.catalogue.schema import EMBEDDINGS, EMBEDDINGS_VERSION


class KeptEmbeddings:
    """The embeddings of one catalogue; opened when they are first needed."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = Lock()
        self._connection: Connection | None = None

    def keep(self, rows: Sequence[tuple[bytes, bytes]], model: bytes) -> None:
        """Keep vectors, each behind the content that it belongs to.

        Raises:
            CatalogueError: They cannot be written.
        """
        if rows:
            values = [(model, content, vector) for content, vector in rows]
            self._opened().keep(
                lambda sqlite: sqlite.executemany("INSERT OR REPLACE INTO embedding VALUES (?, ?, ?)", values)
            )

    def any(self, model: bytes) -> bool:
        """Whether a model has said anything yet."""
        return bool(self._opened().read("SELECT 1 FROM embedding WHERE model = ? LIMIT 1", (model,)))

    def known(self, contents: Iterable[bytes], model: bytes) -> set[bytes]:
        """The contents whose vectors are kept."""
        found: set[bytes] = set()
        for some in parts(list(contents)):
            found.update(row[0] for row in self._read("content", some, model))
        return found

    def load(self, contents: Sequence[bytes], model: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Vectors with their contents, in no order; contents without one are left out."""
        for some in parts(contents):
            yield from ((row[0], row[1]) for row in self._read("content, vector", some, model))

    def close(self) -> None:
        """Close the file; harmless when repeated."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()

    def _read(self, columns: str, some: Sequence[bytes], model: bytes) -> list[tuple[bytes, ...]]:
        statement = f"SELECT {columns} FROM embedding WHERE model = ? AND content IN ({marks(some)})"
        return self._opened().read(statement, (model, *some))

    def _opened(self) -> Connection:
        with self._lock:
            if self._connection is None:
                self._connection = Connection(self._path, EMBEDDINGS, EMBEDDINGS_VERSION)
            return self._connection
