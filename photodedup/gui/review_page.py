"""The review: the similarity slider, the list of groups, the chosen group side by side, and what is marked.

In: the session. Out: commands of the person, by key, by button and by click.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from photodedup.core.errors import LastPhotoError
from photodedup.core.values import Kind, Mark
from photodedup.gui.footer import Footer
from photodedup.gui.group_list import GroupList
from photodedup.gui.group_view import GroupView
from photodedup.gui.session import Session
from photodedup.gui.theme import GRID
from photodedup.gui.thumbnails import Thumbnails

KINDS = {
    None: "All",
    Kind.IDENTICAL_FILE: "Files",
    Kind.IDENTICAL_PICTURE: "Pictures",
    Kind.NEAR_DUPLICATE: "Near",
}
LIST_WIDTH = 38 * GRID


class ReviewPage(QWidget):
    """Everything between the bar and the strip.

    Signals:
        said: A sentence for the person, such as why a photo was not marked.
        move: The person wants to move the marked photos to the trash.
    """

    said = Signal(str)
    move = Signal()

    def __init__(self, session: Session, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.photos = QWidget(self)
        self.list = GroupList(session, thumbnails, self)
        self.view = GroupView(session, thumbnails, self)
        self.footer = Footer(session, self)
        self._chips: dict[Kind | None, QPushButton] = {}
        self._lay_out()
        self.list.chosen.connect(self._group_chosen)
        self.view.chosen.connect(self._photo_chosen)
        self.view.marked.connect(self._photo_marked)
        self.footer.move.connect(self.move)
        session.groups_changed.connect(self._count_kinds)

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Horizontal, self.photos)
        left = QWidget(split)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_chips())
        column.addWidget(self.list, 1)
        split.addWidget(left)
        split.addWidget(self.view)
        split.setStretchFactor(1, 1)
        split.setSizes([LIST_WIDTH, 4 * LIST_WIDTH])
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        inner, outer = QVBoxLayout(self.photos), QVBoxLayout(self)
        for layout in (inner, outer):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        inner.addWidget(split)
        outer.addWidget(self.photos, 1)
        outer.addWidget(self.footer)

    def _make_chips(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(GRID, GRID, GRID, GRID)
        row.setSpacing(GRID // 2)
        together = QButtonGroup(self)
        for kind in KINDS:
            chip = QPushButton(self)
            chip.setCheckable(True)
            chip.setProperty("role", "chip")
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chip.setToolTip("Every group" if kind is None else f"Only groups of kind: {kind.words}")
            chip.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            together.addButton(chip)
            row.addWidget(chip)
            self._chips[kind] = chip
        row.addStretch(1)
        self._chips[None].setChecked(True)
        together.buttonClicked.connect(self._chip_clicked)
        return row

    @Slot()
    def _count_kinds(self) -> None:
        counts = self._session.counts
        for kind, chip in self._chips.items():
            number = sum(counts.values()) if kind is None else counts.get(kind, 0)
            chip.setText(f"{KINDS[kind]} {number:,}")
            chip.setVisible(kind is None or number > 0 or kind is self._session.kind)

    @Slot(QPushButton)
    def _chip_clicked(self, clicked: QPushButton) -> None:
        kind = next(kind for kind, chip in self._chips.items() if chip is clicked)
        self._session.set_kind(kind)

    @Slot(int)
    def _group_chosen(self, row: int) -> None:
        self._session.select(row)

    @Slot(int)
    def _photo_chosen(self, place: int) -> None:
        self._session.select(self._session.current, place)
        self.list.setFocus()

    @Slot(int, object)
    def _photo_marked(self, photo: int, mark: Mark) -> None:
        self.list.setFocus()
        group = self._session.group()
        if photo in group:
            self._session.select(self._session.current, group.index(photo))
            self._mark(photo, mark)

    @Slot()
    def next_group(self) -> None:
        """Looks at the next group."""
        self._session.select(self._session.current + 1)

    @Slot()
    def previous_group(self) -> None:
        """Looks at the group before."""
        self._session.select(self._session.current - 1)

    @Slot()
    def next_photo(self) -> None:
        """Looks at the next photo of the group."""
        self._session.select(self._session.current, self._session.photo + 1)

    @Slot()
    def previous_photo(self) -> None:
        """Looks at the photo before."""
        self._session.select(self._session.current, self._session.photo - 1)

    @Slot()
    def keep(self) -> None:
        """Keeps the photo that is looked at."""
        self._mark_current(Mark.KEEP)

    @Slot()
    def trash(self) -> None:
        """Marks the photo that is looked at for the trash."""
        self._mark_current(Mark.TRASH)

    @Slot()
    def other(self) -> None:
        """Turns the mark of the photo that is looked at."""
        group = self._session.group()
        if group:
            trashed = self._session.mark(group[self._session.photo]) is Mark.TRASH
            self._mark_current(Mark.KEEP if trashed else Mark.TRASH)

    def keep_only(self, place: int) -> None:
        """Keeps the photo at one place of the group and marks the others."""
        group = self._session.group()
        if place < len(group):
            paths = self._session.paths(group)
            self._session.select(self._session.current, place)
            self._session.apply(self._session.review.keep_only(paths[place], paths))

    @Slot()
    def keep_all(self) -> None:
        """Keeps all photos of the group."""
        paths = self._session.paths(self._session.group())
        self._session.apply(self._session.review.keep_all(paths))

    @Slot()
    def accept(self) -> None:
        """Takes the proposal for the group, unless it was decided, and goes on; stays where there is none."""
        session, keeper = self._session, self._session.keeper()
        if keeper is not None:
            paths = session.paths(session.group())
            session.apply(session.review.accept([(session.paths([keeper])[0], paths)]))
        elif session.current >= 0 and not session.codes(session.current).any():
            self.said.emit("There is no clear winner here. Choose with K and X, or go on with Down.")
            return
        session.select(session.next_open())

    @Slot()
    def undo(self) -> None:
        """Takes back the last command, and shows where."""
        self._session.apply_and_go(self._session.review.undo())

    @Slot()
    def redo(self) -> None:
        """Does it again, and shows where."""
        self._session.apply_and_go(self._session.review.redo())

    def _mark_current(self, mark: Mark) -> None:
        group = self._session.group()
        if group:
            self._mark(group[self._session.photo], mark)

    def _mark(self, photo: int, mark: Mark) -> None:
        group = self._session.paths(self._session.group())
        path = self._session.paths([photo])[0]
        review = self._session.review
        try:
            self._session.apply(review.keep(path) if mark is Mark.KEEP else review.trash(path, group))
        except LastPhotoError as error:
            self.said.emit(str(error))
            self._session.marks_changed.emit()
