"""Remembers what was measured, so that an unchanged photo is never opened again.

Fingerprints, thumbnails, reasoned skips, marks and recent libraries enter; they come back by path or by
content. Absence is not deletion: a file that was not seen keeps its rows, since its drive may be unplugged.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType

from photodedup.core.catalogue.connection import Connection, marks, parts
from photodedup.core.catalogue.drawer import Drawer
from photodedup.core.catalogue.pages import Pages
from photodedup.core.catalogue.places import beside
from photodedup.core.catalogue.rows import (
    PICTURE,
    Recent,
    Record,
    Wanted,
    fingerprint_of,
    folders_of,
    folders_to_bytes,
    picture_row,
    seen,
)
from photodedup.core.catalogue.schema import CATALOGUE, CATALOGUE_VERSION, THUMBNAILS, THUMBNAILS_VERSION
from photodedup.core.catalogue.side_table import embeddings_of, features_of
from photodedup.core.values import (
    Fingerprint,
    Mark,
    Photo,
    Skipped,
    SkipReason,
)

_PICTURE_UPSERT = (
    "INSERT INTO picture (content, size, version, small, plain, width, height, format, taken, camera, "
    "damaged, pixels) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (content) DO UPDATE SET "
    "version = excluded.version, small = excluded.small, plain = excluded.plain, width = excluded.width, "
    "height = excluded.height, format = excluded.format, taken = excluded.taken, camera = excluded.camera, "
    "damaged = excluded.damaged, pixels = coalesce(excluded.pixels, pixels)"
)
_HASH_UPSERT = (
    "INSERT OR REPLACE INTO hash (picture, recipe, version, bits) "
    "SELECT id, ?, ?, ? FROM picture WHERE content = ?"
)
_FILE_UPSERT = (
    "INSERT OR REPLACE INTO file (path, inode, size, mtime_ns, picture) "
    "SELECT ?, ?, ?, ?, id FROM picture WHERE content = ?"
)


class Catalogue:
    """What is known of photos; may be used by several threads, and by several photodedups at once.

    Attributes:
        pages: What is known of whole folders.
        drawer: Large results that are dear to compute.
        features: What edited copies are found by.
        embeddings: What neural networks said of photos.
        newer: True where a newer photodedup wrote it, so that it is only read.
    """

    def __init__(self, path: Path | None) -> None:
        """Open the catalogue, or make it.

        Args:
            path: Its file, or None to remember nothing beyond this object.

        Raises:
            CatalogueError: It cannot be used.
        """
        self._facts = Connection(path, CATALOGUE, CATALOGUE_VERSION)
        self.pages, self.drawer = Pages(self._facts), Drawer(self._facts)
        self.features, self.embeddings = features_of(path), embeddings_of(path)
        try:
            self._thumbnails = Connection(path and beside(path, "thumbnails"), THUMBNAILS, THUMBNAILS_VERSION)
        except BaseException:
            self._facts.close()
            raise
        self.newer = self._facts.newer or self._thumbnails.newer

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the files; harmless when repeated."""
        self._facts.close()
        self._thumbnails.close()
        self.features.close()
        self.embeddings.close()

    # What was measured.

    def lookup(self, photos: Sequence[Photo], wanted: Wanted) -> list[Fingerprint | Skipped | None]:
        """What is known of unchanged files, by path, inode, size and time.

        Args:
            photos: As the walk saw them; sorted ones are looked up fastest.
            wanted: Which measurements serve.

        Returns:
            For each photo its fingerprint, why it was skipped, or None where it must be read.
        """
        found: list[Fingerprint | Skipped | None] = []
        for some in parts(photos):
            found += self._lookup(some, wanted)
        return found

    def known_contents(self, sizes: Iterable[int], wanted: Wanted) -> dict[int, list[bytes]]:
        """The contents of each size that are fully measured, so that a moved file needs no decoding."""
        found: dict[int, list[bytes]] = {}
        for chunk in parts(sorted(set(sizes))):
            rows = self._facts.read(
                f"SELECT p.size, p.content FROM picture p JOIN hash h ON h.picture = p.id AND h.recipe = ? "
                f"AND h.version = ? WHERE p.version = ? AND p.size IN ({marks(chunk)})",
                (wanted.recipe, wanted.version, wanted.measure, *chunk),
            )
            for size, content in rows:
                found.setdefault(size, []).append(content)
        return found

    def by_content(self, content: bytes, wanted: Wanted) -> Fingerprint | None:
        """The fingerprint of a content, or None."""
        rows = self._facts.read(
            f"SELECT {PICTURE} FROM picture p JOIN hash h ON h.picture = p.id AND h.recipe = ? "
            "AND h.version = ? WHERE p.version = ? AND p.content = ?",
            (wanted.recipe, wanted.version, wanted.measure, content),
        )
        return fingerprint_of(rows[0]) if rows else None

    def remember(self, records: Sequence[Record], wanted: Wanted) -> None:
        """Keep what was measured, all of it or nothing."""
        if not records:
            return
        thumbnails = [(each.fingerprint.content, each.thumbnail) for each in records if each.thumbnail]
        if thumbnails:
            self._thumbnails.keep(
                lambda sqlite: sqlite.executemany(
                    "INSERT OR REPLACE INTO thumbnail VALUES (?, ?)", thumbnails
                )
            )
        if wanted.features is not None:
            described = [(each.fingerprint.content, each.features) for each in records]
            self.features.keep(
                [(content, kept) for content, kept in described if kept is not None], wanted.features
            )

        def change(sqlite: sqlite3.Connection) -> None:
            sqlite.executemany(_PICTURE_UPSERT, [picture_row(each, wanted.measure) for each in records])
            prints = [(each.fingerprint.bits, each.fingerprint.content) for each in records]
            sqlite.executemany(
                _HASH_UPSERT, [(wanted.recipe, wanted.version, bits, content) for bits, content in prints]
            )
            paths = [os.fsencode(each.photo.path) for each in records]
            sqlite.executemany(
                _FILE_UPSERT,
                [
                    (path, *seen(each.photo), each.fingerprint.content)
                    for path, each in zip(paths, records, strict=True)
                ],
            )
            sqlite.executemany("DELETE FROM skipped WHERE path = ?", [(path,) for path in paths])

        self._facts.keep(change)

    def remember_skipped(self, pairs: Sequence[tuple[Photo, Skipped]], wanted: Wanted) -> None:
        """Keep which files cost a decoding and gave no photo, until they change."""
        rows = [
            (os.fsencode(photo.path), *seen(photo), wanted.measure, each.reason.value, _storable(each.detail))
            for photo, each in pairs
        ]
        if rows:
            self._facts.keep(
                lambda sqlite: sqlite.executemany(
                    "INSERT OR REPLACE INTO skipped VALUES (?, ?, ?, ?, ?, ?, ?)", rows
                )
            )

    def thumbnail(self, content: bytes) -> bytes | None:
        """The JPEG thumbnail of a content, or None."""
        rows = self._thumbnails.read("SELECT jpeg FROM thumbnail WHERE content = ?", (content,))
        return bytes(rows[0][0]) if rows else None

    # Proofs of equal pixels.

    def pixels(self, contents: Sequence[bytes]) -> dict[bytes, bytes]:
        """The digests of the pixels of contents, where they were needed before."""
        return self._digests("content, pixels FROM picture WHERE pixels IS NOT NULL AND", contents)

    def remember_pixels(self, pairs: Sequence[tuple[bytes, bytes]]) -> None:
        """Keep digests of pixels, each with the content that it belongs to."""
        rows = [(pixels, content) for content, pixels in pairs]
        if rows:
            self._facts.keep(
                lambda sqlite: sqlite.executemany("UPDATE picture SET pixels = ? WHERE content = ?", rows)
            )

    def codes(self, contents: Sequence[bytes]) -> dict[bytes, bytes]:
        """The digests of what the pixels of contents come from, where they were needed before."""
        return self._digests("content, digest FROM code WHERE", contents)

    def remember_codes(self, pairs: Sequence[tuple[bytes, bytes]]) -> None:
        """Keep digests of codes, each with the content that it belongs to."""
        rows = list(pairs)
        if rows:
            self._facts.keep(
                lambda sqlite: sqlite.executemany("INSERT OR REPLACE INTO code VALUES (?, ?)", rows)
            )

    def _digests(self, what: str, contents: Sequence[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        for some in parts(contents):
            found.update(self._facts.read(f"SELECT {what} content IN ({marks(some)})", some))
        return found

    # What the person did.

    def load_marks(self) -> dict[Path, tuple[bytes, Mark]]:
        """Every mark of earlier days, with the content that it was given to."""
        rows = self._facts.read("SELECT path, content, mark FROM decision")
        known = {mark.value: mark for mark in Mark}  # a newer photodedup may know others
        return {
            Path(os.fsdecode(path)): (content, known[mark]) for path, content, mark in rows if mark in known
        }

    def save_marks(self, changes: Mapping[Path, tuple[bytes, Mark | None]]) -> None:
        """Keep marks for the next start; None takes a mark away."""
        kept = [(os.fsencode(path), content, mark.value) for path, (content, mark) in changes.items() if mark]
        gone = [(os.fsencode(path),) for path, (_, mark) in changes.items() if mark is None]

        def change(sqlite: sqlite3.Connection) -> None:
            sqlite.executemany("INSERT OR REPLACE INTO decision VALUES (?, ?, ?)", kept)
            sqlite.executemany("DELETE FROM decision WHERE path = ?", gone)

        self._facts.write(change)

    def remember_library(self, folders: Sequence[Path], photos: int, groups: int) -> None:
        """Keep what a scan gave, for the start page."""
        row = (folders_to_bytes(folders), datetime.now().isoformat(), photos, groups)
        self._facts.keep(
            lambda sqlite: sqlite.execute("INSERT OR REPLACE INTO library VALUES (?, ?, ?, ?)", row)
        )

    def recent_libraries(self) -> list[Recent]:
        """The libraries that were scanned, the newest first."""
        rows = self._facts.read("SELECT folders, scanned, photos, groups FROM library ORDER BY scanned DESC")
        return [
            Recent(folders_of(key), datetime.fromisoformat(scanned), photos, groups)
            for key, scanned, photos, groups in rows
        ]

    def _lookup(self, photos: Sequence[Photo], wanted: Wanted) -> list[Fingerprint | Skipped | None]:
        paths = [os.fsencode(photo.path) for photo in photos]
        rows = self._facts.read(
            f"SELECT f.path, f.inode, f.size, f.mtime_ns, {PICTURE} FROM file f "
            "JOIN picture p ON p.id = f.picture AND p.version = ? "
            "JOIN hash h ON h.picture = p.id AND h.recipe = ? AND h.version = ? "
            f"WHERE f.path IN ({marks(paths)})",
            (wanted.measure, wanted.recipe, wanted.version, *paths),
        )
        known = {row[0]: row for row in rows}
        missing = [path for path in paths if path not in known]
        skips = self._skips(missing, wanted) if missing else {}
        found: list[Fingerprint | Skipped | None] = []
        for path, photo in zip(paths, photos, strict=True):
            row, skip = known.get(path), skips.get(path)
            if row and row[1:4] == seen(photo):
                found.append(fingerprint_of(row[4:]))
            elif skip and skip[1:4] == seen(photo):
                found.append(Skipped(photo.path, SkipReason(skip[4]), os.fsdecode(skip[5])))
            else:
                found.append(None)
        return found

    def _skips(self, paths: Sequence[bytes], wanted: Wanted) -> dict[bytes, tuple]:  # type: ignore[type-arg]
        rows = self._facts.read(
            "SELECT path, inode, size, mtime_ns, reason, detail FROM skipped "
            f"WHERE version = ? AND path IN ({marks(paths)})",
            (wanted.measure, *paths),
        )
        return {row[0]: row for row in rows}


def _storable(text: str) -> bytes:
    """Text as bytes, since it may name a file whose name is not UTF-8."""
    return os.fsencode(text)
