"""How alike two photos are by each measure of the literature, in a dialog.

In: two photos, then their comparison. Out: a line that says how they match, and a bar for each measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QProgressBar, QWidget

from photodedup.core.match import Turn
from photodedup.core.values import Kind, Library
from photodedup.gui import words
from photodedup.gui.dialogs import Buttons, Dialog
from photodedup.gui.matching import TURNS, per_cent
from photodedup.gui.pair import LEFT, RIGHT, PicturePair
from photodedup.gui.theme import GRID
from photodedup.gui.thumbnails import Thumbnails

if TYPE_CHECKING:
    from photodedup.core.comparing import Comparison

MEASURES = {
    "image_hash": ("Image hash", "Bits of the perceptual hashes that agree. It finds the groups."),
    "ssim": ("Structure (SSIM)", "Light, contrast and structure, window by window."),
    "euclidean": ("Euclidean", "The difference of all pixels."),
    "cosine": ("Cosine", "The angle between the pixels. High for all pictures of like brightness."),
    "network": ("Neural network", "Features by the model that you chose: what the pictures show."),
}


class MeasureDialog(Dialog):
    """The two photos, and five measures of them.

    Signals:
        stopped: The person does not wait for the result.
    """

    stopped = Signal()

    def __init__(
        self, library: Library, numbers: Sequence[int], thumbnails: Thumbnails, parent: QWidget
    ) -> None:
        super().__init__("Measure two photos", parent, width=100)
        self._pair = PicturePair(thumbnails, self)
        for side, number in zip((LEFT, RIGHT), numbers, strict=True):
            self._pair.show_photo(side, library, number)
        self.column.addWidget(self._pair, 1)
        self._says = self.say("Measuring.", "strong")
        self._bars = {name: QProgressBar(self) for name in MEASURES}
        self._values = {name: QLabel(self) for name in MEASURES}
        self.column.addLayout(self._make_rows())
        self.finish(self.buttons.addButton(Buttons.Close))
        self.resize(self.width(), min(620, self.room))
        self.finished.connect(self.stopped)

    def _make_rows(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setColumnMinimumWidth(1, 7 * GRID)
        grid.setColumnStretch(2, 2)
        grid.setColumnStretch(3, 7)
        for row, (name, (title, meaning)) in enumerate(MEASURES.items()):
            bar, explained = self._bars[name], QLabel(meaning, self)
            bar.setTextVisible(False)
            bar.setRange(0, 0 if name != "network" else 100)
            bar.setAccessibleName(title)
            explained.setProperty("role", "dim")
            explained.setWordWrap(True)
            for column, widget in enumerate((QLabel(title, self), self._values[name], bar, explained)):
                grid.addWidget(widget, row, column)
        return grid

    @property
    def text(self) -> str:
        """How the two match."""
        return self._says.text()

    def values(self) -> dict[str, str]:
        """What is shown of each measure, by its name."""
        return {name: label.text() for name, label in self._values.items()}

    @Slot(object)
    def show_comparison(self, found: Comparison) -> None:
        """Shows the result."""
        self._says.setText(comparison_words(found))
        for name, bar in self._bars.items():
            value = getattr(found.measures, name)
            self._values[name].setText("no model" if value is None else per_cent(value))
            bar.setRange(0, 1000)
            bar.setValue(round(10 * (value or 0)))

    @Slot(str)
    def show_failure(self, sentence: str) -> None:
        """Says why there is no result."""
        self._says.setText(words.shown(sentence))
        for bar in self._bars.values():
            bar.setRange(0, 100)


def comparison_words(found: Comparison) -> str:
    """How two photos match, in one line."""
    kind = "Different photos" if found.kind is None else found.kind.words.capitalize()
    parts = [kind]
    if found.kind in (None, Kind.NEAR_DUPLICATE, Kind.SIMILAR_SHOT):
        parts += [words.count(found.distance, "bit"), f"{per_cent(found.likeness)} alike"]
    if found.turn is not Turn.UPRIGHT:
        parts.append(f"the second one is {TURNS[found.turn]}")
    return ", ".join(parts) + "."
