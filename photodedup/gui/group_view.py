"""The chosen group side by side: a card for each photo, as large as the window allows.

In: the session. Out: the photo that is looked at and the marks that the person gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QWidget

from photodedup.core.line import Found
from photodedup.gui.card import HELD, PROPOSED, SOURCE, Card, CardContent
from photodedup.gui.facts import facts
from photodedup.gui.matching import match_in_group
from photodedup.gui.session import Session
from photodedup.gui.theme import GRID
from photodedup.gui.thumbnails import Size, Thumbnails

NARROWEST = 32 * GRID
LOWEST = 46 * GRID
AT_ONCE = 60
"""Cards that are shown at first; a group of thousands must not make thousands of widgets."""


class GroupView(QScrollArea):
    """The cards of the group that is looked at.

    Signals:
        chosen: A photo's place in the group.
        marked: A photo and its new mark.
        menu: A menu is wanted for a photo, here on the screen.
    """

    chosen = Signal(int)
    marked = Signal(int, object)
    menu = Signal(int, QPoint)

    def __init__(self, session: Session, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._thumbnails = session, thumbnails
        self._cards: list[Card] = []
        self._group: list[int] = []
        self._limit = AT_ONCE
        self._said = ""
        self._filled: tuple[Found, list[int], int | None, int] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._canvas = QWidget(self)
        self._canvas.setObjectName("sheet")
        self.setWidget(self._canvas)
        self.setObjectName("canvas")
        self._more = QPushButton(self._canvas)
        self._more.clicked.connect(self._show_more)
        self._nothing = QLabel(self._canvas)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._nothing.setProperty("role", "dim")
        session.current_changed.connect(self._show_current)
        session.marks_changed.connect(self._show_marks)
        thumbnails.ready.connect(self._pictures_came)

    @property
    def columns(self) -> int:
        """How many cards stand side by side."""
        fitting = max(1, (self.viewport().width() - GRID) // (NARROWEST + GRID))
        return max(1, min(fitting, self._count()))

    def say(self, text: str) -> None:
        """What to say while there is no group."""
        self._said = text
        self._nothing.setText(text)
        self._arrange()

    def say_for_now(self, text: str) -> None:
        """Says something else while there is no group; the empty string goes back to what was said."""
        self._nothing.setText(text or self._said)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _show_current(self) -> None:
        group = self._session.group()
        if group != self._group:
            self._limit = max(AT_ONCE, self._session.photo + 1)
            self._group = group
            self.verticalScrollBar().setValue(0)
        elif self._session.photo >= self._limit:
            self._limit = self._session.photo + AT_ONCE
        self._fill()

    @Slot()
    def _show_more(self) -> None:
        self._limit += AT_ONCE
        self._fill()

    def _count(self) -> int:
        return min(len(self._group), self._limit)

    def _fill(self) -> None:
        """Fills the cards; a move of the slider that leaves the group as it is leaves them alone."""
        filling = self._session.found, self._group, self._session.keeper(), self._limit
        if self._filled is None or filling[0] is not self._filled[0] or filling[1:] != self._filled[1:]:
            self._filled = filling
            self._fill_cards(self._contents())
            self._arrange()
        self._show_marks()
        self._scroll_to_current()

    def _fill_cards(self, contents: Sequence[CardContent]) -> None:
        while len(self._cards) < len(contents):
            card = Card(self._canvas)
            card.chosen.connect(self._card_chosen)
            card.marked.connect(self.marked)
            card.menu.connect(self.menu)
            self._cards.append(card)
        for card, content in zip(self._cards, contents, strict=False):
            card.show_content(content)

    def _contents(self) -> Sequence[CardContent]:
        found = self._session.found
        photos = self._group[: self._limit]
        rows = facts(
            [(found.library.photos[p], found.library.fingerprints[p]) for p in photos],
            found.folders,
            [self._session.beside.get(p, ()) for p in photos],
        )
        shown, number = self._session.shown, self._session.current
        reason = found.why(shown, number) if photos else ""
        first = shown.anchor(number) if photos else -1
        return [
            CardContent(
                photo=photo,
                facts=row,
                match=match_in_group(found, shown, number, photo),
                reason=reason if photo == first else "",
                picture=partial(self._picture, photo),
            )
            for photo, row in zip(photos, rows, strict=True)
        ]

    def _picture(self, photo: int) -> QPixmap | None:
        """The large picture, or the small one until it is there."""
        library = self._session.found.library
        large = self._thumbnails.picture(library, photo, Size.LARGE)
        if large is not None and not large.isNull():
            return large
        small = self._thumbnails.picture(library, photo, Size.SMALL)
        return small if small is not None and not small.isNull() else large

    @Slot()
    def _show_marks(self) -> None:
        keeper, place = self._session.keeper(), self._session.photo
        standings = dict.fromkeys(self._session.holding(), HELD)
        if keeper is not None:
            standings[keeper] = PROPOSED if self._session.proposal() or standings else SOURCE
        for number, card in enumerate(self._cards[: self._count()]):
            card.show_mark(self._session.mark(card.photo), standings.get(card.photo, ""))
            card.show_current(number == place)

    def _arrange(self) -> None:
        """Places the cards in rows; a single row takes the whole height."""
        area, count = self.viewport().size(), self._count()
        columns = self.columns
        rows = -(-count // columns)
        width = (area.width() - GRID) // columns - GRID
        height = area.height() - 2 * GRID
        if rows > 1:
            height = max(LOWEST, min(height, width * 3 // 4 + 28 * GRID))
        for number, card in enumerate(self._cards):
            row, column = divmod(number, columns)
            left, top = GRID + column * (width + GRID), GRID + row * (height + GRID)
            card.setGeometry(QRect(left, top, width, height))
            card.setVisible(number < count)
        self._arrange_end(rows * (height + GRID) + GRID, count)

    def _arrange_end(self, bottom: int, count: int) -> None:
        area, rest = self.viewport().size(), len(self._group) - count
        self._more.setVisible(rest > 0)
        self._nothing.setVisible(count == 0)
        if count == 0:
            self._nothing.setGeometry(QRect(4 * GRID, 0, area.width() - 8 * GRID, area.height()))
            bottom = area.height()
        if rest > 0:
            self._more.setText(f"Show {min(rest, AT_ONCE)} more of {rest:,}")
            self._more.setGeometry(QRect(GRID, bottom, area.width() - 2 * GRID, 4 * GRID))
            bottom += 5 * GRID
        self._canvas.resize(area.width(), max(bottom, 1))

    def _scroll_to_current(self) -> None:
        if 0 <= self._session.photo < self._count():
            self.ensureWidgetVisible(self._cards[self._session.photo], 0, GRID)

    @Slot(int)
    def _card_chosen(self, photo: int) -> None:
        if photo in self._group:
            self.chosen.emit(self._group.index(photo))

    @Slot(object)
    def _pictures_came(self, contents: set[bytes]) -> None:
        seen = self._session.found.library.seen.rows["content"]
        for card in self._cards[: self._count()]:
            if card.photo < len(seen) and seen[card.photo].tobytes() in contents:
                card.repaint_picture()
