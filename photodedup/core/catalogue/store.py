"""Opens the SQLite files of the catalogue, and sets a broken one aside so that a new one can be built.

A path and a schema enter; a connection leaves. What the catalogue holds can be measured again, so a
broken one costs time and no photo; one of a newer photodedup is only read, and every file that is not
provably ours is left alone, since a person may name any file with `--catalogue`.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from photodedup.core import disk
from photodedup.core.catalogue.places import beside, default_catalogue
from photodedup.core.errors import CatalogueError, WrongUseError

APPLICATION = 0x70644462
"""SQLite's `application_id` of our files: `pdDb`."""

_PATIENCE = 30.0
"""Seconds that one photodedup waits for another to finish writing."""
_MAGIC = b"SQLite format 3\0"
_APPLICATION_AT = slice(68, 72)
"""Where the header of an SQLite file holds the `application_id`; from the file format's documentation."""


def open_store(path: Path | None, schema: str, version: int) -> sqlite3.Connection:
    """Open or make one SQLite file.

    Args:
        path: The file, or None for one in memory that is forgotten at the end.
        schema: Statements that make the tables where they are not there.
        version: Number of the schema.

    Raises:
        CatalogueError: It cannot be opened or made.
        WrongUseError: There is a file that is not ours.
    """
    if path is None:
        return _opened(":memory:", schema, version)
    try:
        disk.make_folder(path.parent)
        if not _is_ours(path, schema):
            raise _foreign(path)
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
        _furnish(connection, schema, version)
    except BaseException:
        connection.close()
        raise
    return connection


def _furnish(connection: sqlite3.Connection, schema: str, version: int) -> None:
    """Makes the tables where they are missing; what a newer photodedup made can only be read from now on."""
    found = _number(connection, "user_version")
    if found > version:
        connection.execute("PRAGMA query_only=ON")
        return
    if _number(connection, "application_id") != APPLICATION:
        # Before the write-ahead log, so that it stands in the file itself, where it survives most damage.
        connection.execute(f"PRAGMA application_id={APPLICATION}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    if found < version:
        connection.executescript(f"BEGIN IMMEDIATE; {schema}; PRAGMA user_version={version}; COMMIT;")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def set_store_aside(path: Path) -> None:
    """Move a broken file away, with what SQLite keeps beside it.

    Raises:
        WrongUseError: Its header does not say that it is ours, and it is not where ours are by default.
    """
    if not (_is_default(path) or _header_is_ours(path)):
        raise _foreign(path)
    disk.set_aside(path)
    for ending in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            disk.set_aside(path.with_name(path.name + ending))


def _is_ours(path: Path, schema: str) -> bool:
    """True where the file may become or is ours: it is not there, is empty, or shows that we made it."""
    if _is_default(path) or not path.exists():
        return True
    if not path.is_file():
        return False
    return path.stat().st_size == 0 or _shows_ours(path, schema)


def _shows_ours(path: Path, schema: str) -> bool:
    # Through SQLite, because to close a file by other means drops the locks that other threads hold on it.
    looking = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_PATIENCE)
    try:
        if (application := _number(looking, "application_id")) != 0:
            return application == APPLICATION
        # Our first files had no such number, but tables made by our very statements.
        made = {_plain(row[0]) for row in looking.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL")}
        return _number(looking, "user_version") > 0 and not made.isdisjoint(map(_plain, schema.split(";")))
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return _header_is_ours(path)
    finally:
        looking.close()


def _header_is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        header = file.read(_APPLICATION_AT.stop)
    return header.startswith(_MAGIC) and header[_APPLICATION_AT] == APPLICATION.to_bytes(4, "big")


def _is_default(path: Path) -> bool:
    usual = default_catalogue()
    return path in {usual, *(beside(usual, name) for name in ("thumbnails", "features", "embeddings"))}


def _foreign(path: Path) -> WrongUseError:
    return WrongUseError(
        f"{path} exists and is not a catalogue of photodedup. Choose another name with --catalogue."
    )


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def _plain(statement: str) -> str:
    return " ".join(statement.replace("IF NOT EXISTS ", "").split())
