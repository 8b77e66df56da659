"""The review: the similarity slider, the list of groups, the chosen group side by side, and what is marked.

In: the session. Out: commands of the person, by key, by button and by click.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from photodedup.core.errors import LastPhotoError
from photodedup.core.scan.companions import is_sidecar
from photodedup.core.values import Mark, Pairs
from photodedup.gui import words
from photodedup.gui.decisions import TRASHED
from photodedup.gui.footer import Footer
from photodedup.gui.group_list import GroupList
from photodedup.gui.group_view import GroupView
from photodedup.gui.kinds import KindFilter
from photodedup.gui.session import Session
from photodedup.gui.table import letters
from photodedup.gui.theme import GRID
from photodedup.gui.thumbnails import Thumbnails

NOT_YET = "No group of the chosen kinds so far. The other kinds are at the left."
ALL_HIDDEN = "No group of the chosen kinds at this similarity. The other kinds are at the left."
CHOOSE = "Choose with K and X, or go on with Down."
UNDECIDED = f"There is no clear winner here. {CHOOSE}"
EDITED = f"Edited copies are yours to judge. {CHOOSE}"
HELD = f"What has a raw photo or a film that the keeper lacks is yours to judge. {CHOOSE}"
LIST_WIDTH, WIDER = 38 * GRID, 1.25
"""The width of the list, and how many times that at most where letters are large."""


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
        self.kinds = KindFilter(session, self)
        self._lay_out()
        self.list.chosen.connect(self._group_chosen)
        self.view.chosen.connect(self._photo_chosen)
        self.view.marked.connect(self._photo_marked)
        self.footer.move.connect(self.move)
        session.groups_changed.connect(self._say_what_is_hidden)

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Horizontal, self.photos)
        left = QWidget(split)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.kinds)
        column.addWidget(self.list, 1)
        split.addWidget(left)
        split.addWidget(self.view)
        split.setStretchFactor(1, 1)
        wide = round(LIST_WIDTH * min(letters(self), WIDER))
        split.setSizes([wide, 4 * wide])
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        inner, outer = QVBoxLayout(self.photos), QVBoxLayout(self)
        for layout in (inner, outer):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        inner.addWidget(split)
        outer.addWidget(self.photos, 1)
        outer.addWidget(self.footer)

    @Slot()
    def _say_what_is_hidden(self) -> None:
        """A list that is empty because of the kinds says so."""
        hidden = self._session.kinds and not len(self._session.shown) and sum(self._session.counts.values())
        sentence = ALL_HIDDEN if self._session.found.complete else NOT_YET
        self.view.say_for_now(sentence if hidden else "")

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
        """Keeps the photo at one place of the group and marks the others that match it directly."""
        group = self._session.group()
        if place < len(group):
            session, photo = self._session, group[place]
            session.select(session.current, place)
            matching = session.paths(session.matching(photo))
            session.apply(session.review.keep_only(session.paths([photo])[0], matching))
            self._say_what_stays(session.matching(photo))

    @Slot()
    def keep_all(self) -> None:
        """Keeps all photos of the group."""
        paths = self._session.paths(self._session.group())
        self._session.apply(self._session.review.keep_all(paths))

    @Slot()
    def accept(self) -> None:
        """Takes the proposal for the group, unless it was decided, and goes on; stays where there is none."""
        session, proposal = self._session, self._session.proposal()
        if proposal is not None:
            session.apply(session.review.accept([proposal]))
        elif session.current >= 0 and not session.codes(session.current).any():
            self.said.emit(UNDECIDED if session.keeper() is None else HELD if session.holding() else EDITED)
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
        group = self._session.paths(self._session.matching(photo))
        path = self._session.paths([photo])[0]
        review = self._session.review
        try:
            self._session.apply(review.keep(path) if mark is Mark.KEEP else review.trash(path, group))
        except LastPhotoError as error:
            self.said.emit(str(error))
            self._session.marks_changed.emit()
        else:
            self._say_what_stays([photo])

    def _say_what_stays(self, photos: Sequence[int]) -> None:
        """Says at once where what was marked will not move: a raw photo or a film of it would be lost."""
        session = self._session
        lonely = None if session.pairs is Pairs.PHOTO_ONLY else self._lonely(photos)
        if lonely is not None:
            name = words.shown(session.paths([lonely])[0].name)
            beside = [each for each in session.beside.get(lonely, ()) if not is_sidecar(each)]
            lost = " and ".join(map(words.shown, beside))
            self.said.emit(f"{name} will stay: no photo that is kept has a copy of {lost}.")

    def _lonely(self, photos: Iterable[int]) -> int | None:
        """The first marked photo with a raw photo or a film of which no match that stays has one."""
        session, paired = self._session, self._session.found.library.paired
        group = session.shown.groups[session.current]
        saving = set(group[paired[group] & (session.codes(session.current) != TRASHED)].tolist())
        for photo in photos:
            # Matches are asked for last: among thousands in a group, each has thousands.
            if (
                paired[photo]
                and session.mark(photo) is Mark.TRASH
                and saving.isdisjoint(session.matching(photo))
            ):
                return photo
        return None
