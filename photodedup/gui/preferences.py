"""What the person prefers, kept between two starts: what to look for, the fingerprint and the look.

In: a choice in a menu. Out: the settings of a search, and signals that say what was chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from photodedup.core.fingerprint import DEFAULT_RECIPE, RECIPES
from photodedup.core.line import LOOKED_FOR, Settings
from photodedup.core.match import ModelChoice
from photodedup.core.values import Kind
from photodedup.gui import words
from photodedup.gui.theme import choose_scheme

HASH, LEFT_OUT, SLIDER, LOOK = "scan/hash", "scan/left-out", "scan/slider", "window/look"
MODEL, MODEL_SCANS = "compare/model", "scan/with-model"
OPTIONAL = {
    kind: text
    for kind, text in {Kind.EDITED_COPY: "Edited copies", Kind.SIMILAR_SHOT: "Similar shots"}.items()
    if kind in LOOKED_FOR
}
"""What a scan looks for unless the person does not want it."""
LOOKS = {"": "As the system", "light": "Light", "dark": "Dark"}


class Preferences(QObject):
    """The preferences and their menus.

    Signals:
        search_chosen: Another perceptual hash, or other kinds to look for.
        look_chosen: Another look, which is in use already.
    """

    search_chosen = Signal()
    look_chosen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        hashes = {name: f"{name[: -len(str(each.bits))]}, {each.bits} bits" for name, each in RECIPES.items()}
        self.menus = [
            *([self._kinds_menu(parent)] if OPTIONAL else []),
            choice_menu("Fingerprint", hashes, self.settings().recipe.name, self._choose_hash, parent),
            self._model_menu(parent),
            choice_menu("Look", LOOKS, str(QSettings().value(LOOK, "")), self._choose_look, parent),
        ]

    def settings(self) -> Settings:
        """The settings of a search."""
        name = str(QSettings().value(HASH, DEFAULT_RECIPE.name))
        asked = self.model if self._scans_with_model() else None
        model = None if asked is None else ModelChoice(asked)
        return Settings(RECIPES.get(name, DEFAULT_RECIPE), LOOKED_FOR - self._left_out(), model=model)

    @property
    def model(self) -> Path | None:
        """The model file of a neural network that the person chose."""
        kept = str(QSettings().value(MODEL, ""))
        return Path(kept) if kept else None

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

    def _model_menu(self, parent: QWidget) -> QMenu:
        menu = QMenu("Neural network", parent)
        self._model_name = menu.addAction("")
        self._model_name.setEnabled(False)
        menu.addAction("Choose a model file…").triggered.connect(self._ask_model)
        self._no_model = menu.addAction("Use none")
        self._no_model.triggered.connect(self._drop_model)
        menu.addSeparator()
        self._scan_model = menu.addAction("Find similar shots with it")
        self._scan_model.setCheckable(True)
        self._scan_model.setChecked(self._scans_with_model())
        self._scan_model.triggered.connect(self._choose_scan_model)
        self._show_model()
        return menu

    @Slot()
    def _ask_model(self) -> None:
        chooser = QFileDialog(self.parent().window(), "Choose a model", filter="Models in ONNX (*.onnx)")
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.fileSelected.connect(self._keep_model)
        chooser.open()

    @Slot()
    def _drop_model(self) -> None:
        self._keep_model("")

    @Slot(str)
    def _keep_model(self, file: str) -> None:
        QSettings().setValue(MODEL, file)
        self._show_model()
        if self._scans_with_model():
            self.search_chosen.emit()

    def _show_model(self) -> None:
        self._model_name.setText(words.shown(self.model.name) if self.model else "No model")
        self._no_model.setEnabled(self.model is not None)
        self._scan_model.setEnabled(self.model is not None)

    @staticmethod
    def _scans_with_model() -> bool:
        return str(QSettings().value(MODEL_SCANS, "")) == "yes"

    @Slot(bool)
    def _choose_scan_model(self, wanted: bool) -> None:
        QSettings().setValue(MODEL_SCANS, "yes" if wanted else "")
        self.search_chosen.emit()

    def _kinds_menu(self, parent: QWidget) -> QMenu:
        menu = QMenu("Look for", parent)
        for kind, text in OPTIONAL.items():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(kind not in self._left_out())
            action.setData(kind)
        menu.triggered.connect(self._choose_kind)
        return menu

    @staticmethod
    def _left_out() -> frozenset[Kind]:
        labels = str(QSettings().value(LEFT_OUT, "")).split()
        return frozenset(kind for kind in OPTIONAL if kind.label in labels)

    @Slot(QAction)
    def _choose_kind(self, action: QAction) -> None:
        left_out = self._left_out() ^ {Kind(action.data())}
        QSettings().setValue(LEFT_OUT, " ".join(sorted(each.label for each in left_out)))
        self.search_chosen.emit()

    def _choose_hash(self, name: str) -> None:
        QSettings().setValue(HASH, name)
        self.search_chosen.emit()

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
