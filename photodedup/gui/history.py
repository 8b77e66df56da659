"""History: every batch that was moved to the trash.

In: the batches of the journal, to be opened and searched. Out: what shall be put back, whole or in part.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QWidget

from photodedup.core.journal import Batch, JournalEntry, State
from photodedup.gui import words
from photodedup.gui.dialogs import Buttons, Dialog, Roles
from photodedup.gui.table import make_table, set_widths

STATES = {
    State.INTENDED: "interrupted",
    State.MOVED: "in the trash",
    State.FAILED: "was not moved",
    State.RESTORED: "put back",
}


class HistoryDialog(Dialog):
    """The batches by date, and the photos of the one that is looked at.

    Signals:
        put_back: A batch, and the original paths of the photos wanted (None for all).
    """

    put_back = Signal(str, object)

    def __init__(self, batches: Sequence[Batch], parent: QWidget) -> None:
        super().__init__("History", parent, width=104)
        self._batches = batches
        self._batch: Batch | None = None
        self._list, self._rows = make_table(("Date", "Photos", "Size", "Now"), "Batches", self)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._rows.set_rows(batches, batch_row)
        self._filter = QLineEdit(self)
        self._filter.setPlaceholderText("Search this batch by a word")
        self._filter.setClearButtonEnabled(True)
        self._photos, self._photo_rows = make_table(
            ("Photo", "Folder", "Size", "Now"), "Photos of the batch", self
        )
        for view, widths in ((self._list, (180, 90, 110)), (self._photos, (260, 320, 90))):
            set_widths(view, widths, self.minimumWidth())
            self.column.addWidget(view, 1)
            if view is self._list:
                self.column.addWidget(self._filter)
        self.setMinimumHeight(min(560, self.room))
        self._selected = self.add_button("Put back selected", Roles.ActionRole)
        self._all = self.add_button("Put back all", Roles.ActionRole)
        self.finish(self.buttons.addButton(Buttons.Close))
        self._connect()
        self._list.selectRow(0)
        self._offer()

    def _connect(self) -> None:
        self._list.selectionModel().selectionChanged.connect(self._batch_chosen)
        self._photos.selectionModel().selectionChanged.connect(self._photos_chosen)
        self._filter.textChanged.connect(self._filtered)
        self._selected.clicked.connect(self._put_back_selected)
        self._all.clicked.connect(self._put_back_all)

    @Slot(QItemSelection, QItemSelection)
    def _batch_chosen(self, *_: QItemSelection) -> None:
        rows = self._list.selectionModel().selectedRows()
        self._batch = self._batches[rows[0].row()] if rows else None
        self._photo_rows.set_rows(self._batch.entries if self._batch else (), entry_row)
        self._offer()

    @Slot(str)
    def _filtered(self, word: str) -> None:
        self._photo_rows.set_word(word)
        self._offer()

    @Slot(QItemSelection, QItemSelection)
    def _photos_chosen(self, *_: QItemSelection) -> None:
        self._offer()

    def _offer(self) -> None:
        waiting = self._batch is not None and self._batch.restorable
        self._all.setEnabled(waiting)
        self._selected.setEnabled(waiting and self._photos.selectionModel().hasSelection())

    @Slot()
    def _put_back_selected(self) -> None:
        if self._batch:
            rows = self._photos.selectionModel().selectedRows()
            chosen = [self._batch.entries[self._photo_rows.source(row.row())].intent.photo for row in rows]
            self.put_back.emit(self._batch.id, chosen)
            self.accept()

    @Slot()
    def _put_back_all(self) -> None:
        if self._batch:
            self.put_back.emit(self._batch.id, None)
            self.accept()


def entry_row(entry: JournalEntry) -> tuple[str, str, str, str]:
    """A photo of a batch as a row."""
    photo = entry.intent.photo
    size = words.size(entry.intent.size)
    return words.shown(photo.name), words.shown(photo.parent), size, STATES[entry.state]


def batch_row(batch: Batch) -> tuple[str, str, str, str]:
    """A batch as a row: when, how many, how much, and where they are now."""
    taken = [entry for entry in batch.photos if entry.state is not State.FAILED]
    inside = sum(entry.may_be_away for entry in taken)
    back = len(taken) - inside
    now = [f"{inside:,} in the trash"] if inside else []
    now += [f"{back:,} put back"] if back else []
    now += ["ended in the middle"] if not batch.finished and batch.restorable else []
    now += ["the record is damaged in part"] if batch.damaged else []
    date = f"{batch.started.astimezone():%Y-%m-%d  %H:%M}"
    return date, f"{len(taken):,}", words.size(batch.size), ", ".join(now) or "nothing was moved"
