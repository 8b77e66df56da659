"""What the person prefers, kept between two starts: the fingerprint and the look.

In: a choice in a menu. Out: the settings of a search, and signals that say what was chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from photodedup.core.fingerprint import DEFAULT_RECIPE, RECIPES
from photodedup.core.line import Settings
from photodedup.gui.theme import choose_scheme

HASH, SLIDER, LOOK = "scan/hash", "scan/slider", "window/look"
LOOKS = {"": "As the system", "light": "Light", "dark": "Dark"}


class Preferences(QObject):
    """The preferences and their menus.

    Signals:
        hash_chosen: Another perceptual hash.
        look_chosen: Another look, which is in use already.
    """

    hash_chosen = Signal()
    look_chosen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        hashes = {name: f"{name[: -len(str(each.bits))]}, {each.bits} bits" for name, each in RECIPES.items()}
        self.menus = [
            choice_menu("Fingerprint", hashes, self.settings().recipe.name, self._choose_hash, parent),
            choice_menu("Look", LOOKS, str(QSettings().value(LOOK, "")), self._choose_look, parent),
        ]

    def settings(self) -> Settings:
        """The settings of a search."""
        name = str(QSettings().value(HASH, DEFAULT_RECIPE.name))
        return Settings(recipe=RECIPES.get(name, DEFAULT_RECIPE))

    @staticmethod
    def thresholds() -> dict[str, int]:
        """Where the slider was left, by perceptual hash."""
        kept = {name: QSettings().value(f"{SLIDER}/{name}") for name in RECIPES}
        return {
            name: min(int(value), RECIPES[name].furthest)
            for name, value in kept.items()
            if str(value).isdigit()
        }

    @staticmethod
    def keep_thresholds(thresholds: Mapping[str, int]) -> None:
        """Remembers where the slider was left."""
        for name, value in thresholds.items():
            QSettings().setValue(f"{SLIDER}/{name}", value)

    def _choose_hash(self, name: str) -> None:
        QSettings().setValue(HASH, name)
        self.hash_chosen.emit()

    def _choose_look(self, name: str) -> None:
        QSettings().setValue(LOOK, name)
        choose_scheme(name)
        self.look_chosen.emit()


def choice_menu(
    title: str, choices: Mapping[str, str], chosen: str, choose: Callable[[str], None], parent: QWidget
) -> QMenu:
    """A menu of which one entry holds; `choices` are the words by name, `choose` takes a name."""
    menu = QMenu(title, parent)
    group = QActionGroup(menu)
    for name, words_shown in choices.items():
        action = group.addAction(QAction(words_shown, menu))
        action.setCheckable(True)
        action.setChecked(name == chosen)
        action.triggered.connect(partial(choose, name))
        menu.addAction(action)
    return menu
