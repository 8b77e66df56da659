"""The person's marks in the window: for which content each was given, and what is to be remembered of them.

In: results of a search, with the marks of earlier days, and what commands of the review changed. Out: the
marks as numbers, one a photo, and the changes that the catalogue has not heard of yet.

A mark belongs to a photo with a content: it is dropped when the file became another one, and a mark of an
earlier day never returns over a decision of this session.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from photodedup.core.review import Review
from photodedup.core.values import Library, Mark
from photodedup.gui.opened import Marks, Opened

KEPT, TRASHED = 1, 2
CODES = {None: 0, Mark.KEEP: KEPT, Mark.TRASH: TRASHED}

Unsaved = dict[Path, tuple[bytes, Mark | None]]


class Decisions:
    """The marks of one review.

    Attributes:
        review: The marks with undo and redo.
        codes: int8 (photos,), the mark of each photo as in `CODES`.
    """

    def __init__(self) -> None:
        self.review = Review()
        self.codes: NDArray[np.int8] = np.zeros(0, np.int8)
        self._library = Library()
        self._index: Mapping[Path, int] = {}
        self._contents: dict[Path, bytes] = {}
        self._decided: set[Path] = set()
        self._noted: set[Path] = set()
        self._taken: dict[Path, Mark] = {}
        self._unsaved: Unsaved = {}

    def begin(self) -> None:
        """Forgets everything but what is to be remembered, for other folders."""
        self._settle()
        self.review, self._contents, self._decided = Review(), {}, set()

    def show_found(self, opened: Opened, gone: Collection[Path]) -> None:
        """Takes a new result of the search; a mark stays where the photo is still the same."""
        self._settle()
        self._library, self._index = opened.found.library, opened.index
        self._drop_changed()
        self._adopt(opened.marks, gone)
        self.codes = np.zeros(len(self._library), np.int8)
        self._recode(self.review.marks)

    def changed(self, paths: set[Path]) -> None:
        """Notes what a command of the review changed."""
        self._noted |= paths
        self._decided |= paths
        self._recode(paths)

    def take_away(self, paths: set[Path]) -> None:
        """Forgets photos that were moved to the trash, until they come back."""
        self._settle()
        marked = paths & self.review.marks.keys()
        self._taken.update((path, self.review.marks[path]) for path in marked)
        self._forget(marked)
        self.review.forget(paths)
        self._recode(paths)

    def bring_back(self, paths: set[Path], marked: bool) -> None:
        """Gives photos that were put back the marks they had, or leaves them to a new decision."""
        marks = {path: self._taken.pop(path) for path in paths & self._taken.keys()}
        if marked:
            self.review.adopt(marks)
            self.changed(set(marks))

    def unsaved(self) -> Unsaved:
        """The marks that changed since the last call, each with its content."""
        self._settle()
        changes, self._unsaved = self._unsaved, {}
        return changes

    def remember_again(self, changes: Unsaved) -> None:
        """Takes back changes that could not be remembered."""
        self._unsaved = {**changes, **self._unsaved}

    @property
    def has_unsaved(self) -> bool:
        """Whether marks changed since they were last remembered."""
        return bool(self._unsaved or self._noted)

    def _recode(self, paths: Collection[Path]) -> None:
        numbers = np.fromiter(self._places(paths), np.int64, len(paths))
        codes = np.fromiter((CODES[mark] for mark in map(self.review.mark, paths)), np.int8, len(paths))
        self.codes[numbers[numbers >= 0]] = codes[numbers >= 0]

    def _adopt(self, stored: Marks, gone: Collection[Path]) -> None:
        """Takes marks of earlier days, but none for what was decided or moved in this session."""
        open_ones = [path for path in stored if path not in self._decided and path not in gone]
        seen = self._content(open_ones)
        fresh = {path: stored[path][1] for path in open_ones if seen.get(path) == stored[path][0]}
        self._contents.update((path, stored[path][0]) for path in fresh)
        self.review.adopt(fresh)

    def _drop_changed(self) -> None:
        """A photo that is another one now has no mark."""
        changed = {
            path for path, now in self._content(self.review.marks).items() if now != self._contents.get(path)
        }
        self._forget(changed)
        self.review.forget(changed)

    def _settle(self) -> None:
        """Looks up the contents of what was decided; not at once, because who marks many waits for it."""
        contents = self._content(self._noted)
        marks = self.review.marks
        self._contents.update(contents)
        self._unsaved.update((path, (content, marks.get(path))) for path, content in contents.items())
        self._noted = set()

    def _forget(self, paths: Iterable[Path]) -> None:
        """Notes that photos have no marks any more, with the content they were for."""
        known = {path: self._contents[path] for path in paths if path in self._contents}
        self._unsaved.update((path, (content, None)) for path, content in known.items())
        self._decided.update(paths)

    def _content(self, paths: Collection[Path]) -> dict[Path, bytes]:
        """The contents of the photos among `paths` that the search found in a group."""
        places = zip(paths, self._places(paths), strict=True)
        here = {path: number for path, number in places if number >= 0}
        rows = self._library.seen.rows["content"][list(here.values())]
        return dict(zip(here, map(bytes, rows), strict=True))

    def _places(self, paths: Iterable[Path]) -> Iterator[int]:
        return (self._index.get(path, -1) for path in paths)
