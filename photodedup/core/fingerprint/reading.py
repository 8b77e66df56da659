"""What was read of the photos of a search so far: columns that grow, in whatever order photos are read.

Answers enter; a `Library` leaves at any moment, sorted by path.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import numpy as np
from numpy.typing import NDArray

from photodedup.core.catalogue import Catalogue
from photodedup.core.errors import StoppedError
from photodedup.core.fingerprint.recipes import Recipe
from photodedup.core.fingerprint.stream import Answer, wanted_of
from photodedup.core.patience import patiently
from photodedup.core.values import (
    Fingerprint,
    FingerprintColumns,
    Library,
    PhotoColumns,
    Skipped,
    distinct,
)

FIRST_SHOW = 30
"""Photos after which the first groups are shown; then again each time there are half as many more."""

_AT_ONCE = 10_000
"""Fingerprints that are turned into columns together; as columns they take a third of the memory."""


class Reading:
    """The photos of a search that were read, and those that were skipped.

    Attributes:
        photos: Every photo of the search, sorted by path.
        unread: Those of them that `remember` did not find.
        skipped: What is not among the photos, and why.
    """

    def __init__(self, photos: PhotoColumns, skipped: list[Skipped], recipe: Recipe) -> None:
        self.photos = self.unread = photos
        self.skipped = skipped
        self._recipe = recipe
        self._numbers, self._remembered = np.zeros(0, np.int64), 0
        self._read = FingerprintColumns.of(())
        self._new: list[tuple[int, Fingerprint]] = []
        self._next = FIRST_SHOW
        self._last = -1

    def remember(self, catalogue: Catalogue) -> None:
        """Takes at once what is unchanged since an earlier search came to its end."""
        self._numbers, self._read = catalogue.pages.known(self.photos, wanted_of(self._recipe))
        self._remembered = len(self._numbers)
        others: NDArray[np.bool_] = np.ones(len(self.photos), np.bool_)
        others[self._numbers] = False
        self.unread = self.photos.take(np.flatnonzero(others))

    def take(self, answer: Answer) -> None:
        """Takes one photo that was read, or skipped."""
        if isinstance(answer, Skipped):
            self.skipped.append(answer)
            return
        number = self.photos.find(answer[0].path, self._last + 1)
        if number is not None:
            self._last = number
            self._new.append((number, answer[1]))
        if len(self._new) >= _AT_ONCE:
            self._pack()

    def take_contents(self, jobs: int, stop: Event, told: Callable[[int], object]) -> None:
        """Takes the contents of all photos that are unread, as far as identical files ask for them.

        Args:
            jobs: How many threads read.
            stop: Ends it soon.
            told: Takes how many more photos were read.
        """
        from photodedup.core.fingerprint.contents import Contents  # noqa: PLC0415 - few searches need it

        contents = Contents(self.photos, jobs, stop, lambda count: None if stop.is_set() else told(count))
        try:
            numbers, read = patiently(lambda: contents.find(self._numbers, self._recipe.bits // 8), stop)
        except StoppedError:
            return
        self._numbers = np.concatenate((self._numbers, numbers))
        self._read = FingerprintColumns.joined([self._read, read])
        self.skipped += contents.skipped

    def due(self) -> bool:
        """Whether there are half as many more than the last time, so that showing costs little in all."""
        read = len(self._read) + len(self._new)
        due = read >= self._next
        if due:
            self._next = read * 3 // 2
        return due

    def library(self) -> Library:
        """What was read so far."""
        self._pack()
        order = np.argsort(self._numbers)
        photos, read = self.photos.take(self._numbers[order]), self._read.take(order)
        return Library(photos, read, self._recipe.turned)

    def keep(self, library: Library, catalogue: Catalogue) -> None:
        """Keeps the folders of which something was read anew, so that `remember` finds them.

        Args:
            library: All that was read; it is in the catalogue already.
            catalogue: Takes it.
        """
        anew = distinct(self.photos.rows["folder"][self._numbers[self._remembered :]])
        numbers = np.flatnonzero(np.isin(library.files.rows["folder"], anew))
        some = Library(library.files.take(numbers), library.seen.take(numbers))
        catalogue.pages.write(some, wanted_of(self._recipe))

    def _pack(self) -> None:
        if self._new:
            numbers = np.array([number for number, _ in self._new], np.int64)
            new = FingerprintColumns.of(seen for _, seen in self._new)
            self._numbers = np.concatenate((self._numbers, numbers))
            self._read = FingerprintColumns.joined([self._read, new])
            self._new = []
