"""Opens the SQLite files of the catalogue, and sets a broken one aside so that a new one can be built.

A path and a schema enter; a connection leaves. What the catalogue holds can be measured again, so a
broken one costs time and no photo; one of a newer photodedup is left alone.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from photodedup.core import disk
from photodedup.core.errors import CatalogueError

_PATIENCE = 30.0
"""Seconds that one photodedup waits for another to finish writing."""


def open_store(path: Path | None, schema: str, version: int) -> sqlite3.Connection:
    """Open or make one SQLite file.

    Args:
        path: The file, or None for one in memory that is forgotten at the end.
        schema: Statements that make the tables where they are not there.
        version: Number of the schema.

    Raises:
        CatalogueError: It cannot be opened or made, or a newer photodedup wrote it.
    """
    if path is None:
        return _opened(":memory:", schema, version)
    try:
        disk.make_folder(path.parent)
        try:
            return _opened(path, schema, version)
        except sqlite3.OperationalError:  # locked, full, no permission: nothing is wrong with the file
            raise
        except sqlite3.DatabaseError:
            set_store_aside(path)
            return _opened(path, schema, version)
    except (OSError, sqlite3.Error) as error:
        raise CatalogueError(
            f"The catalogue {path} cannot be used ({error}): choose another with --catalogue, or use "
            "--no-catalogue."
        ) from error


def _opened(path: Path | str, schema: str, version: int) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_PATIENCE, check_same_thread=False, isolation_level=None)
    try:
        _furnish(connection, path, schema, version)
    except BaseException:
        connection.close()
        raise
    return connection


def _furnish(connection: sqlite3.Connection, path: Path | str, schema: str, version: int) -> None:
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > version:
        raise CatalogueError(
            f"The catalogue {path} was written by a newer photodedup: update photodedup, or choose another "
            "catalogue with --catalogue."
        )
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    if found < version:
        connection.executescript(f"BEGIN IMMEDIATE; {schema}; PRAGMA user_version={version}; COMMIT;")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def set_store_aside(path: Path) -> None:
    """Move a broken file away, with what SQLite keeps beside it."""
    disk.set_aside(path)
    for ending in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            disk.set_aside(path.with_name(path.name + ending))
