"""The kinds at the left: how many groups there are of each, and which of them are shown.

In: the session. Out: the kinds that the person chose; none chosen shows all.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from photodedup.core.values import Kind
from photodedup.gui.commands import key_text
from photodedup.gui.session import Session
from photodedup.gui.theme import GRID

NAMES = {
    None: "All groups",
    Kind.IDENTICAL_FILE: "Identical files",
    Kind.IDENTICAL_PICTURE: "Identical pictures",
    Kind.NEAR_DUPLICATE: "Near-duplicates",
    Kind.EDITED_COPY: "Edited copies",
    Kind.SIMILAR_SHOT: "Similar shots",
}
MEANINGS = {
    None: "Every group.",
    Kind.IDENTICAL_FILE: "The same bytes.",
    Kind.IDENTICAL_PICTURE: "The same pixels, other metadata.",
    Kind.NEAR_DUPLICATE: "Resized, compressed again, other tones, turned or mirrored.",
    Kind.EDITED_COPY: "Cropped, framed, tilted, written on, photographed from a screen.",
    Kind.SIMILAR_SHOT: "Shots of one scene, seconds apart. They are never marked by themselves.",
}
ALONE = "Click to show this kind as well; to show it alone, press"


class KindButton(QPushButton):
    """One kind: its name at the left, its number of groups at the right."""

    def __init__(self, kind: Kind | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.kind = kind
        self._name, self._count = QLabel(NAMES[kind], self), QLabel(self)
        self.setCheckable(True)
        self.setProperty("role", "kind")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        key = key_text("Alt+0" if kind is None else f"Alt+{kind + 1}")
        self.setToolTip(f"{MEANINGS[kind]} ({key})" if kind is None else f"{MEANINGS[kind]} {ALONE} {key}.")
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, 0, GRID, 0)
        for label in (self._name, self._count):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.addWidget(label)
        row.insertStretch(1, 1)
        self.setFixedHeight(3 * GRID)

    def event(self, event: QEvent) -> bool:
        """Keeps Space for itself, which otherwise turns the mark of a photo."""
        if event.type() is QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Space:
            event.accept()
        return super().event(event)

    def show_count(self, number: int) -> None:
        """Says how many groups there are; a kind without any stands back."""
        self._count.setText(f"{number:,}")
        self.setAccessibleName(f"{NAMES[self.kind]}: {number:,}")
        for label in (self._name, self._count):
            label.setEnabled(number > 0)


class KindFilter(QWidget):
    """The kinds, one below the other."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("kinds")
        self.buttons = {kind: KindButton(kind, self) for kind in NAMES}
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(1)
        for button in self.buttons.values():
            button.clicked.connect(self._clicked)
            column.addWidget(button)
        session.groups_changed.connect(self._refresh)
        self._refresh()

    def show_only(self, kind: Kind | None) -> None:
        """Shows one kind and no other, and all again if that one was shown alone; None shows all."""
        alone = frozenset() if kind is None else frozenset([kind])
        self._session.set_kinds(frozenset() if alone == self._session.kinds else alone)

    def toggle(self, kind: Kind | None) -> None:
        """Shows a kind too, or no longer; None shows all."""
        self._session.set_kinds(frozenset() if kind is None else self._session.kinds ^ {kind})

    @Slot()
    def _clicked(self) -> None:
        self.toggle(self.sender().kind)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        counts, chosen = self._session.counts, self._session.kinds
        for kind, button in self.buttons.items():
            button.show_count(sum(counts.values()) if kind is None else counts.get(kind, 0))
            button.setChecked(kind in chosen if kind is not None else not chosen)
