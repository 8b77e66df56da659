"""Two pictures side by side with their names: a photo and what it is compared with.

In: a library, two of its photos and the thumbnails. Out: the painted pair, sharp as soon as that is decoded.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from photodedup.core.values import Library
from photodedup.gui import words
from photodedup.gui.elided import ElidedLabel
from photodedup.gui.picture import Picture
from photodedup.gui.theme import GRID
from photodedup.gui.thumbnails import Size, Thumbnails

LEFT, RIGHT = 0, 1


class PicturePair(QWidget):
    """The pair; either side can be empty."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._pictures, self._names = [Picture(self), Picture(self)], [ElidedLabel(self), ElidedLabel(self)]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        for picture, name in zip(self._pictures, self._names, strict=True):
            picture.setMinimumHeight(12 * GRID)
            name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            column = QVBoxLayout()
            column.setSpacing(GRID)
            column.addWidget(picture, 1)
            column.addWidget(name)
            row.addLayout(column, 1)
        thumbnails.ready.connect(self._pictures_came)

    def show_name(self, side: int, name: str, folder: str = "") -> None:
        """Says what stands at one side, and in which folder, since copies often have one name."""
        text = f"{name}   {folder}".rstrip()
        self._names[side].setText(text)
        self._names[side].setToolTip(text)

    def show_photo(self, side: int, library: Library, number: int) -> None:
        """Shows a photo of a library at one side."""
        path = library.photos[number].path
        self.show_name(side, words.shown(path.name), words.shown(path.parent))
        self._pictures[side].show_picture(partial(self._picture, library, number))

    def _picture(self, library: Library, number: int) -> QPixmap | None:
        large = self._thumbnails.picture(library, number, Size.LARGE)
        return large if large is not None else self._thumbnails.picture(library, number, Size.SMALL)

    @Slot(object)
    def _pictures_came(self, _: set[bytes]) -> None:
        for picture in self._pictures:
            picture.update()
