"""Search by photo: the photo that is sought beside the best copies of it that the folders hold.

In: the photo, then how far the search is, then what it found. Out: the wish to see a copy in its group or in
its folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QItemSelection, Signal, Slot
from PySide6.QtWidgets import QProgressBar, QWidget

from photodedup.core.finding import Copies, Copy
from photodedup.core.values import Kind, Library, Progress
from photodedup.gui import words
from photodedup.gui.dialogs import Buttons, Dialog, Roles
from photodedup.gui.matching import per_cent, place_words
from photodedup.gui.pair import LEFT, RIGHT, PicturePair
from photodedup.gui.table import make_table, set_widths
from photodedup.gui.thumbnails import Thumbnails

HEADINGS = ("Photo", "Match", "Dimensions", "Size", "Folder")
WIDTHS = (250, 260, 120, 80)


class FindDialog(Dialog):
    """Shows what a search by photo does and what it found.

    Signals:
        show_group: A photo is to be shown in its group.
        show_folder: A photo is to be shown in its folder.
        stopped: The person does not wait for the rest.
    """

    show_group = Signal(object)
    show_folder = Signal(object)
    stopped = Signal()

    def __init__(self, photo: Path, folders: Sequence[Path], thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(f"Copies of {words.shown(photo.name)}", parent, width=124)
        self._library, self._folders = Library(), folders
        self._copies: tuple[Copy, ...] = ()
        self._says = self.say("Looking for copies.", "strong")
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self.column.addWidget(self._bar)
        self._pair = PicturePair(thumbnails, self)
        self._pair.show_name(LEFT, words.shown(photo.name))
        self.column.addWidget(self._pair, 3)
        self._table, self._rows = make_table(HEADINGS, "Copies", self)
        set_widths(self._table, WIDTHS, self.minimumWidth())
        self.column.addWidget(self._table, 2)
        self._group = self.add_button("Show in its group", Roles.ActionRole)
        self._folder = self.add_button("Show in its folder", Roles.ActionRole)
        self.finish(self.buttons.addButton(Buttons.Close))
        self.resize(self.width(), min(600, self.room))
        self._connect()
        self._offer()

    def _connect(self) -> None:
        self._table.selectionModel().selectionChanged.connect(self._row_chosen)
        self._group.clicked.connect(self._want_group)
        self._folder.clicked.connect(self._want_folder)
        self.finished.connect(self.stopped)

    @property
    def text(self) -> str:
        """What the dialog says of the search."""
        return self._says.text()

    @Slot(object)
    def show_progress(self, progress: Progress) -> None:
        """Says how far the search is."""
        self._says.setText(words.progress(progress))
        self._bar.setRange(0, progress.total or 0)
        self._bar.setValue(progress.done)

    @Slot(str)
    def show_failure(self, sentence: str) -> None:
        """Says why there is no result."""
        self._bar.hide()
        self._says.setText(words.shown(sentence))

    @Slot(object)
    def show_copies(self, copies: Copies) -> None:
        """Shows what was found, the best first."""
        self._bar.hide()
        self._copies = copies.copies
        pairs = [(copies.photo, copies.seen), *((copy.photo, copy.seen) for copy in copies.copies)]
        self._library = Library([photo for photo, _ in pairs], [seen for _, seen in pairs])
        self._says.setText(found_words(copies))
        self._rows.set_rows(self._copies, partial(copy_row, folders=self._folders))
        self._pair.show_photo(LEFT, self._library, 0)
        if self._copies:
            self._table.selectRow(0)
            self._table.setFocus()

    def _copy(self) -> Copy | None:
        rows = self._table.selectionModel().selectedRows()
        return self._copies[self._rows.source(rows[0].row())] if rows else None

    @Slot(QItemSelection, QItemSelection)
    def _row_chosen(self, *_: QItemSelection) -> None:
        copy = self._copy()
        if copy is not None:
            self._pair.show_photo(RIGHT, self._library, 1 + self._copies.index(copy))
        self._offer()

    def _offer(self) -> None:
        for button in (self._group, self._folder):
            button.setEnabled(self._copy() is not None)

    @Slot()
    def _want_group(self) -> None:
        if (copy := self._copy()) is not None:
            self.show_group.emit(copy.photo.path)

    @Slot()
    def _want_folder(self) -> None:
        if (copy := self._copy()) is not None:
            self.show_folder.emit(copy.photo.path)


def found_words(copies: Copies) -> str:
    """What a search found in one line."""
    among = words.count(copies.searched, "photo")
    number = words.count(len(copies.copies), "copy", "copies") if copies.copies else "No copies"
    rest = "" if copies.complete else " The search was stopped before its end."
    return f"{number} among {among}.{rest}"


def copy_row(copy: Copy, folders: Sequence[Path]) -> tuple[str, ...]:
    """A copy as a row."""
    path, seen = copy.photo.path, copy.seen
    match = copy.kind.words
    if copy.kind in (Kind.NEAR_DUPLICATE, Kind.SIMILAR_SHOT):
        match = f"{match}, {words.count(copy.distance, 'bit')}, {per_cent(copy.likeness)} alike"
    elif copy.transform is not None:
        match = f"{match}, {place_words(copy.transform)}"
    size = f"{seen.width} × {seen.height}" if seen.width else ""
    return words.shown(path.name), match, size, words.size(copy.photo.size), words.folder(path, folders)
