"""The bar at the top: folders, the similarity slider with its words, undo, history.

In: the session and the actions. Out: moves of the slider.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from photodedup.gui import words
from photodedup.gui.session import Session
from photodedup.gui.similarity import SimilaritySlider
from photodedup.gui.theme import GRID, icon

LEFT, RIGHT = ("folders", "scan"), ("auto-mark", "undo", "redo", "history")
MENU = ("start", "skipped", "move", "shortcuts", "quit")


class Bar(QWidget):
    """The bar of the review."""

    def __init__(
        self, session: Session, actions: Mapping[str, QAction], choices: Sequence[QMenu], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.similarity = SimilarityBar(session, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        row.setSpacing(GRID // 2)
        self._more = self._menu([actions[name] for name in MENU], choices)
        for name in LEFT:
            row.addWidget(bar_button(actions[name], self, name == "folders"))
        row.addSpacing(2 * GRID)
        row.addWidget(self.similarity, 1)
        row.addSpacing(2 * GRID)
        for name in RIGHT:
            row.addWidget(bar_button(actions[name], self, name == "auto-mark"))
        row.addWidget(self._more)

    def dress(self) -> None:
        """Draws its own icon again, for instance in dark."""
        self._more.setIcon(icon("menu"))

    def _menu(self, actions: Sequence[QAction], choices: Sequence[QMenu]) -> QToolButton:
        menu = QMenu(self)
        for choice in choices:
            menu.addMenu(choice)
        menu.addSeparator()
        menu.addActions(list(actions))
        button = QToolButton(self)
        button.setProperty("role", "quiet")
        button.setIcon(icon("menu"))
        button.setIconSize(QSize(20, 20))
        button.setToolTip("More")
        button.setAccessibleName("More")
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button


class SimilarityBar(QWidget):
    """The slider with its words: `48 bits: 412 groups`."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.slider = SimilaritySlider(self)
        label, alike, less = (QLabel(text, self) for text in ("Similarity", "same", "less alike"))
        label.setBuddy(self.slider)
        for end in (alike, less):
            end.setProperty("role", "dim")
        self._words = QLabel(self)
        self._words.setMinimumWidth(
            max(19 * GRID, self.fontMetrics().horizontalAdvance("64 bits: 9,999 groups"))
        )
        self._sparing = (less, alike, label)
        # What is said at both ends of the slider gives way where letters are large and the window is small.
        self.setMinimumWidth(self._words.minimumWidth() + self.slider.minimumWidth() + 2 * GRID)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(label)
        row.addSpacing(GRID)
        row.addWidget(alike)
        row.addWidget(self.slider, 1)
        row.addWidget(less)
        row.addSpacing(GRID)
        row.addWidget(self._words)
        self.slider.valueChanged.connect(self._moved)
        session.groups_changed.connect(self._refresh)
        session.histogram_changed.connect(self._refresh)
        self._refresh()

    @property
    def text(self) -> str:
        """What stands beside the slider."""
        return self._words.text()

    @Slot()
    def step_up(self) -> None:
        """Less alike photos too."""
        self._step(1)

    @Slot()
    def step_down(self) -> None:
        """Only more alike photos."""
        self._step(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - self.minimumWidth() - 2 * GRID
        for label in reversed(self._sparing):
            room -= label.sizeHint().width() + GRID
            label.setVisible(room >= 0)

    def _step(self, by: int) -> None:
        if self.isEnabled():
            self.slider.setValue(self.slider.value() + by)

    @Slot(int)
    def _moved(self, value: int) -> None:
        self._session.set_threshold(value)

    @Slot()
    def _refresh(self) -> None:
        self.slider.blockSignals(True)
        self.slider.show_counts(self._session.histogram)
        self.slider.setValue(self._session.threshold)
        self.slider.blockSignals(False)
        number = sum(self._session.counts.values())
        self._words.setText(f"{words.count(self._session.threshold, 'bit')}: {words.count(number, 'group')}")


def bar_button(action: QAction, parent: QWidget, text: bool = False) -> QToolButton:
    """A button of the bar for an action, with or without its words."""
    button = QToolButton(parent)
    button.setDefaultAction(action)
    button.setProperty("role", "quiet")
    button.setIconSize(QSize(20, 20))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    styles = Qt.ToolButtonStyle
    button.setToolButtonStyle(styles.ToolButtonTextBesideIcon if text else styles.ToolButtonIconOnly)
    return button
