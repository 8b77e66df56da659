"""Every command by name, with its key, once: menus, keys and the list of shortcuts are made from this table.

In: the methods that do them. Out: actions. A command that changes marks is flagged as editing, so that it can
be switched off as a whole while photos are being moved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from photodedup.core.values import Kind
from photodedup.gui.theme import icon


@dataclass(frozen=True)
class Command:
    """One thing that the person can do.

    Attributes:
        name: Its name in code and settings.
        title: Its name in menus.
        keys: The keys, the first one is shown.
        symbol: The icon's name, or the empty string.
        editing: True where it changes marks.
        everywhere: True where its keys work in the whole window, not only over the photos.
    """

    name: str
    title: str
    keys: tuple[str, ...] = ()
    symbol: str = ""
    editing: bool = False
    everywhere: bool = False


COMMANDS = (
    Command("next-group", "Next group", ("Down",)),
    Command("previous-group", "Previous group", ("Up",)),
    Command("next-photo", "Next photo", ("Right",)),
    Command("previous-photo", "Previous photo", ("Left",)),
    Command("keep", "Keep this photo", ("K",), "keep", editing=True),
    Command("trash", "Mark this photo for the trash", ("X", "Del"), "trash", editing=True),
    Command("other", "The other one: keep or trash", ("Space",), editing=True),
    *(Command(f"keep-only-{n}", f"Keep only photo {n}", (str(n),), editing=True) for n in range(1, 10)),
    Command("accept", "Take the proposal and go on", ("Return", "Enter"), editing=True),
    Command("keep-all", "Keep all photos of the group", ("A",), editing=True),
    Command("find-copies", "Find copies of this photo…", ("F",)),
    Command("measure", "Measure against the keeper…", ("M",)),
    Command("show-folder", "Show in its folder", ("Ctrl+Return",)),
    Command("less-alike", "Slider: less alike", ("+", "="), everywhere=True),
    Command("more-alike", "Slider: more alike", ("-",), everywhere=True),
    Command("all-kinds", "Show every kind", ("Alt+0",), everywhere=True),
    *(
        Command(
            f"kind-{kind.label}",
            f"Show only one kind, or all again: {kind.words}",
            (f"Alt+{kind + 1}",),
            everywhere=True,
        )
        for kind in Kind
    ),
    Command("undo", "Undo", ("Ctrl+Z",), "undo", editing=True, everywhere=True),
    Command("redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", editing=True, everywhere=True),
    Command("auto-mark", "Mark all proposals", ("Ctrl+M",), "auto-mark", editing=True, everywhere=True),
    Command("move", "Move to trash…", ("Ctrl+T",), "trash", editing=True, everywhere=True),
    Command("history", "History…", ("Ctrl+H",), "history", everywhere=True),
    Command("folders", "Folders…", ("Ctrl+O",), "folders", everywhere=True),
    Command("scan", "Scan again", ("F5", "Ctrl+R"), "scan", everywhere=True),
    Command("skipped", "Skipped files…", (), "warning", everywhere=True),
    Command("start", "Start page", (), "", everywhere=True),
    Command("shortcuts", "Keys", ("F1", "?"), "", everywhere=True),
    Command("quit", "Quit", ("Ctrl+Q",), "", everywhere=True),
)
BY_NAME = {command.name: command for command in COMMANDS}
ON_START = ("history", "folders", "shortcuts", "quit")
"""What also works on the start page, where there are no photos yet."""


def make_actions(
    handlers: Mapping[str, Callable[[], None]], window: QWidget, photos: QWidget
) -> dict[str, QAction]:
    """Makes an action for each command that has a handler.

    Args:
        handlers: Bound methods of widgets by command name.
        window: Where keys work everywhere.
        photos: The part of the window where the single keys work; buttons outside keep Space and Enter.

    Returns:
        The actions by command name.
    """
    actions = {}
    for name, handler in handlers.items():
        command = BY_NAME[name]
        owner = window if command.everywhere else photos
        action = QAction(command.title, owner)
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        contexts = Qt.ShortcutContext
        action.setShortcutContext(
            contexts.WindowShortcut if command.everywhere else contexts.WidgetWithChildrenShortcut
        )
        if command.symbol:
            action.setIcon(icon(command.symbol))
        if command.keys:
            action.setToolTip(f"{command.title} ({key_text(command.keys[0])})")
        action.triggered.connect(handler)
        owner.addAction(action)
        actions[name] = action
    return actions


def key_text(key: str) -> str:
    """A key as it is written on the platform's keyboards."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
