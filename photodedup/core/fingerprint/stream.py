"""From photos to fingerprints: what the catalogue knows comes at once, the rest from the workers.

Photos enter; fingerprints and reasoned skips leave as a stream, and are written to the catalogue in batches,
so that a crash costs at most the last second's work.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from threading import Event, Lock, Timer
from typing import Any

import numpy as np

from photodedup.core.catalogue import Catalogue, Record, Wanted
from photodedup.core.decode import Task, Workers, identity
from photodedup.core.errors import CatalogueError, StoppedError
from photodedup.core.fingerprint.recipes import DEFAULT_RECIPE, Recipe
from photodedup.core.fingerprint.waves import VERSION as FEATURES_VERSION
from photodedup.core.values import (
    Fingerprint,
    Photo,
    PhotoColumns,
    Skipped,
    SkipReason,
)

MEASURE_VERSION = 6
"""Raised when facts, small pictures, plainness or skips would come out differently."""

Answer = tuple[Photo, Fingerprint] | Skipped

_MEASURE = "photodedup.core.fingerprint.measure:measure"
_RARE = ("imagehash", "scipy.fftpack", "pywt", "numpy.ma")
"""What all recipes but the default one need."""
FEATURES = "photodedup.core.fingerprint.features"
"""What is loaded only where edited copies are looked for."""
_BESIDE = frozenset(["thumbnail", "features"])
"""What is measured of a photo beside its fingerprint."""
_BATCH = 500
_SECONDS = 1.0
_FEW = 64
"""Known contents of one size that are worth sending to a worker; uncompressed pictures all have one size."""

_LASTING = frozenset(
    [
        SkipReason.DAMAGED,
        SkipReason.TOO_LARGE,
        SkipReason.TOO_SLOW,
        SkipReason.DECODER_CRASHED,
        SkipReason.UNSUPPORTED_FORMAT,
        SkipReason.NOT_A_PICTURE,
    ]
)
"""Reasons that lie in the file itself, so that they hold until it changes."""


def fingerprints(
    photos: Iterable[Photo],
    recipe: Recipe,
    catalogue: Catalogue,
    workers: Workers,
    stop: Event | None = None,
    *,
    described: bool = False,
) -> Iterator[Answer]:
    """Measure photos; an unchanged one that the catalogue knows is not opened.

    Args:
        photos: As the walk saw them; sorted ones are looked up fastest.
        recipe: The perceptual hash.
        catalogue: What is known; takes what is new.
        workers: Decode.
        stop: Ends the stream within a second; what was measured until then is kept.
        described: Whether to keep the features of those that are measured, by which edited copies are found.

    Yields:
        Each photo with its fingerprint, or why it is not among the photos; known ones first.

    Raises:
        CatalogueError: The catalogue cannot be read or written.
        StoppedError: The workers were closed meanwhile.
    """
    stop = stop or Event()
    wanted, seen = wanted_of(recipe, described), PhotoColumns.of(photos)
    unknown = array("q")
    for start in range(0, len(seen), _BATCH):
        if stop.is_set():
            return
        some = list(seen[start : start + _BATCH])
        for at, known in enumerate(catalogue.lookup(some, wanted)):
            if known is None:
                unknown.append(start + at)
            else:
                yield known if isinstance(known, Skipped) else (some[at], known)
    yield from _measured(seen.take(np.array(unknown, np.int64)), wanted, catalogue, workers, stop)


def wanted_of(recipe: Recipe, described: bool = False) -> Wanted:
    """Which measurements of the catalogue serve for a recipe, with features or without."""
    return Wanted(recipe.name, recipe.version, MEASURE_VERSION, FEATURES_VERSION if described else None)


def _measured(
    photos: PhotoColumns, wanted: Wanted, catalogue: Catalogue, workers: Workers, stop: Event
) -> Iterator[Answer]:
    book = _Book(catalogue, wanted)
    try:
        for task, answer in workers.run(_tasks(photos, wanted, catalogue, book), stop):
            photo: Photo = task.key
            seen = answer if isinstance(answer, Skipped) else book.fingerprint(photo, answer)
            if seen is None:  # known when the task was given, and gone from the catalogue since
                try:
                    again = workers.run_one(_task(photo, wanted), stop)
                except StoppedError:
                    if stop.is_set():
                        return
                    raise
                seen = again if isinstance(again, Skipped) else book.fingerprint(photo, again)
            if isinstance(seen, Skipped):
                book.enter_skipped(photo, seen)
                yield seen
            elif seen is not None:
                yield photo, seen
            book.write_when_due()
    finally:
        book.write()


def _tasks(photos: PhotoColumns, wanted: Wanted, catalogue: Catalogue, book: _Book) -> Iterator[Task]:
    """One task a photo; those whose size came before wait until that content is known."""
    first = np.zeros(len(photos), bool)
    first[np.unique(photos.rows["size"], return_index=True)[1]] = True
    for round_ in (photos.take(np.flatnonzero(first)), photos.take(np.flatnonzero(~first))):
        for start in range(0, len(round_), _BATCH):
            book.write()
            some = list(round_[start : start + _BATCH])
            known = catalogue.known_contents((photo.size for photo in some), wanted)
            for photo in some:
                contents = known.get(photo.size, ())
                yield _task(photo, wanted, contents if len(contents) <= _FEW else ())


def _task(photo: Photo, wanted: Wanted, known: Sequence[bytes] = ()) -> Task:
    needs: tuple[str, ...] = () if wanted.recipe == DEFAULT_RECIPE.name else _RARE
    described = wanted.features is not None
    needs += (FEATURES,) if described else ()
    return Task(photo.path, _MEASURE, (wanted.recipe, known, described), identity(photo), photo, needs)


class _Book:
    """What was measured and is not yet in the catalogue; written after a second at most, come what may."""

    def __init__(self, catalogue: Catalogue, wanted: Wanted) -> None:
        self._catalogue, self._wanted = catalogue, wanted
        self._records: list[Record] = []
        self._skipped: list[tuple[Photo, Skipped]] = []
        self._lock = Lock()
        self._timer: Timer | None = None
        self._failure: CatalogueError | None = None

    def fingerprint(self, photo: Photo, answer: dict[str, Any]) -> Fingerprint | None:
        """Enter the answer of a worker; None when it names a content that is not known after all."""
        if "bits" in answer:
            seen: Fingerprint | None = _fingerprint(answer)
        else:
            seen = self._catalogue.by_content(answer["content"], self._wanted)
        if seen is not None:
            with self._lock:
                self._records.append(Record(photo, seen, answer.get("thumbnail"), answer.get("features")))
                self._soon()
        return seen

    def enter_skipped(self, photo: Photo, why: Skipped) -> None:
        if why.reason in _LASTING:
            with self._lock:
                self._skipped.append((photo, why))
                self._soon()

    def write_when_due(self) -> None:
        if self._failure is not None or len(self._records) + len(self._skipped) >= _BATCH:
            self.write()

    def write(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = None
            if self._failure is not None:
                raise self._failure
            records, self._records = self._records, []
            pairs, self._skipped = self._skipped, []
            self._catalogue.remember(records, self._wanted)
            self._catalogue.remember_skipped(pairs, self._wanted)

    def _soon(self) -> None:
        """A timer, because the next answer may be a long time in coming."""
        if self._timer is None:
            self._timer = Timer(_SECONDS, self._write_alone)
            self._timer.daemon = True
            self._timer.start()

    def _write_alone(self) -> None:
        try:
            self.write()
        except CatalogueError as error:  # told by the thread that reads the answers
            self._failure = error


def _fingerprint(answer: dict[str, Any]) -> Fingerprint:
    facts = {name: value for name, value in answer.items() if name not in _BESIDE}
    facts["taken"] = datetime.fromisoformat(facts["taken"]) if facts["taken"] else None
    return Fingerprint(**facts)
