"""The recent libraries on the start page: a button each, loaded after the window has shown.

In: a recent library. Out: its button, which opens it again.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from photodedup.core.catalogue import Recent
from photodedup.gui import words
from photodedup.gui.theme import GRID

WIDE = 66 * GRID


def recent_button(library: Recent, chosen: SignalInstance, column: QVBoxLayout) -> None:
    """Adds the button of a library to a column; a click gives its folders to a signal."""
    names = words.folder_names(library.folders)
    found = f"{words.count(library.photos, 'photo')}, {words.count(library.groups, 'group')}"
    button = QPushButton(column.parentWidget())
    button.setAccessibleName(f"Continue {names}, {found}")
    button.setProperty("role", "recent")
    button.setAutoDefault(True)  # Enter presses it, too
    button.setFixedSize(WIDE, 7 * GRID)
    grid = QGridLayout(button)
    grid.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
    grid.setSpacing(0)
    grid.addWidget(_label(names, "strong", button), 0, 0)
    grid.addWidget(_label(f"{found}   {library.scanned:%Y-%m-%d}", "dim", button), 1, 0)
    grid.addWidget(_label("Continue", "accent", button), 0, 1, 2, 1)
    grid.setColumnStretch(0, 1)
    button.setToolTip("\n".join(words.shown(folder) for folder in library.folders))
    button.clicked.connect(partial(chosen.emit, list(library.folders)))
    column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)


def _label(text: str, role: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return label
