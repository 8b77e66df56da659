"""What the person prefers is used by the next scan and is there again after a restart."""

import pytest
from PySide6.QtGui import QAction

from photodedup.core.line import LOOKED_FOR
from photodedup.core.values import Kind
from photodedup.gui.matching import match_in_group
from photodedup.gui.preferences import Preferences
from tests.pictures import library, save, scene


def kinds_offered(journey) -> dict[str, QAction]:
    menu = next(menu for menu in journey.desk.preferences.menus if menu.title() == "Look for")
    return {action.text(): action for action in menu.actions()}


def test_a_scan_looks_for_every_kind_unless_the_person_does_not_want_it(journey):
    assert journey.desk.preferences.settings().kinds == LOOKED_FOR
    for action in kinds_offered(journey).values():
        assert action.isChecked()


def test_edited_copies_and_similar_shots_can_be_left_out(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    for text, kind in (("Edited copies", Kind.EDITED_COPY), ("Similar shots", Kind.SIMILAR_SHOT)):
        kinds_offered(journey)[text].trigger()
        journey.until(lambda: not journey.desk.strip.isVisible())
        assert kind not in journey.desk.session.found.kinds
    assert Preferences(journey.desk).settings().kinds == LOOKED_FOR - {Kind.EDITED_COPY, Kind.SIMILAR_SHOT}
    kinds_offered(journey)["Edited copies"].trigger()
    journey.until(lambda: not journey.desk.strip.isVisible())
    assert Kind.EDITED_COPY in journey.desk.session.found.kinds


def test_a_model_finds_similar_shots_in_scans_where_that_is_wanted(journey, tmp_path):
    pytest.importorskip("onnx", reason="tests make models with onnx")
    from tests.models import tiny_model

    def scanned():
        journey.until(lambda: not journey.desk.strip.isVisible())
        return journey.desk.session.found

    folder, wide = library(tmp_path / "Photos", 1), scene(9, 900, 640)
    for at, box in enumerate([(0, 0, 640, 480), (60, 60, 700, 540)]):
        save(wide.crop(box), folder / f"Shots/{at}.jpg")
    journey.scan(folder)
    preferences = journey.desk.preferences
    assert not preferences._scan_model.isEnabled()
    preferences._keep_model(str(tiny_model(tmp_path / "sscd.onnx", [1, 3, 32, 32])))
    assert preferences.settings().model is None
    preferences._scan_model.trigger()
    assert scanned().alike_from == 0.75
    last = journey.desk.session.shown.groups[-1]
    photos = [scanned().library.photos[photo].path.name for photo in last]
    assert {"0.jpg", "1.jpg"} <= set(photos)
    shown = journey.desk.session.shown
    assert " % alike" in match_in_group(scanned(), shown, len(shown) - 1, int(last[1])).words
    assert Preferences(journey.desk).settings().model.path == tmp_path / "sscd.onnx"
    preferences._no_model.trigger()
    assert scanned().alike_from is None


def test_the_look_is_chosen_in_the_menu(journey):
    from photodedup.gui.theme import DARK, LIGHT, tones

    looks = next(menu for menu in journey.desk.preferences.menus if menu.title() == "Look")
    by_text = {action.text(): action for action in looks.actions()}
    by_text["Dark"].trigger()
    assert tones() is DARK
    by_text["Light"].trigger()
    assert tones() is LIGHT
    by_text["As the system"].trigger()
    assert tones() is LIGHT
