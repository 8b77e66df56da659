"""What the person prefers is used by the next scan and is there again after a restart."""

from PySide6.QtGui import QAction

from photodedup.core.line import LOOKED_FOR
from photodedup.core.values import Kind
from photodedup.gui.preferences import Preferences
from tests.pictures import library


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
