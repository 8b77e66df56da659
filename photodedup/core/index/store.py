"""The SQLite file of the service: one connection that several threads use, beside other processes.

Calls enter with a connection as their first argument; their results leave. Unlike the catalogue nothing in it
can be measured again, since uploads are not kept: a broken file is told and never set aside.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from photodedup.core import disk
from photodedup.core.errors import ServiceError

T = TypeVar("T")

_APPLICATION = 0x70645376
"""SQLite's `application_id` of this file: `pdSv`."""
_VERSION = 2
_PATIENCE = 30.0
"""Seconds that one process waits for another to finish writing."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS picture_index (name TEXT PRIMARY KEY, removed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS image (
    id INTEGER PRIMARY KEY AUTOINCREMENT, index_name TEXT NOT NULL REFERENCES picture_index,
    name TEXT NOT NULL, size INTEGER NOT NULL, added TEXT NOT NULL, content BLOB NOT NULL,
    pixels BLOB NOT NULL, plain INTEGER NOT NULL, tint BLOB NOT NULL, width INTEGER NOT NULL,
    height INTEGER NOT NULL, format TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS image_index ON image (index_name, id);
CREATE INDEX IF NOT EXISTS image_content ON image (content);
CREATE INDEX IF NOT EXISTS image_pixels ON image (pixels);
CREATE TABLE IF NOT EXISTS hash (
    image INTEGER NOT NULL REFERENCES image ON DELETE CASCADE, side INTEGER NOT NULL, bits BLOB NOT NULL,
    PRIMARY KEY (image, side)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sketch (
    image INTEGER PRIMARY KEY REFERENCES image ON DELETE CASCADE, bits BLOB NOT NULL)
"""
"""Numbers of images are never given twice and rise in the order in which they become visible."""


class Store:
    """The file and its lock."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Args:
            path: In a folder that is made where it is not there.

        Raises:
            ServiceError: It cannot be used.
        """
        self._path = path
        self._lock = threading.Lock()
        try:
            disk.make_folder(path.parent, 0o700)
            self._sqlite = _opened(path)
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error

    def read(self, look: Callable[[sqlite3.Connection], T]) -> T:
        """Look at one state of the file, whatever others write meanwhile.

        Raises:
            ServiceError: It cannot be read.
        """
        return self._do("BEGIN", look)

    def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Make changes as a whole or not at all; they are on the disk when this returns.

        Raises:
            ServiceError: It cannot be written; nothing was changed.
        """
        return self._do("BEGIN IMMEDIATE", change)

    def close(self) -> None:
        """Close it; harmless when repeated."""
        with self._lock:
            self._sqlite.close()

    def _do(self, begin: str, call: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            try:
                self._sqlite.execute(begin)
                with self._sqlite:  # as a whole or not at all
                    return call(self._sqlite)
            except sqlite3.Error as error:
                raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> ServiceError:
        return ServiceError(
            f"The pictures of the service cannot be used ({error}): free some space, or look after "
            f"{self._path}."
        )


def _opened(path: Path) -> sqlite3.Connection:
    sqlite = sqlite3.connect(path, timeout=_PATIENCE, check_same_thread=False, isolation_level=None)
    try:
        _furnish(sqlite)
    except BaseException:
        sqlite.close()
        raise
    return sqlite


def _furnish(sqlite: sqlite3.Connection) -> None:
    version = _number(sqlite, "user_version")
    if version > _VERSION:
        raise sqlite3.OperationalError("a newer photodedup wrote them, so update this one")
    if version and _number(sqlite, "application_id") != _APPLICATION:
        raise sqlite3.OperationalError("another program wrote them")
    if 0 < version < _VERSION:
        raise sqlite3.OperationalError("an early photodedup wrote them with other digests: add them anew")
    sqlite.execute("PRAGMA journal_mode=WAL")
    sqlite.execute("PRAGMA synchronous=FULL")  # who was told "added" may throw the upload away
    sqlite.execute("PRAGMA foreign_keys=ON")
    if version < _VERSION:
        numbers = f"PRAGMA application_id={_APPLICATION}; PRAGMA user_version={_VERSION}"
        sqlite.executescript(f"BEGIN IMMEDIATE; {_SCHEMA}; {numbers}; COMMIT;")


def _number(sqlite: sqlite3.Connection, pragma: str) -> int:
    return int(sqlite.execute(f"PRAGMA {pragma}").fetchone()[0])
