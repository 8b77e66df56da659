"""The kinds at the left count the groups and choose which are shown."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from photodedup.core.values import Kind
from photodedup.gui.opened import make_ready
from tests.pictures import library


def counts(journey) -> dict[str, str]:
    buttons = journey.desk.review.kinds.buttons.values()
    return dict(button.accessibleName().split(": ") for button in buttons)


def kinds_shown(journey) -> list[Kind]:
    return [Kind(kind) for kind in journey.desk.session.shown.kind.tolist()]


def test_each_kind_tells_its_number_of_groups(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    assert counts(journey) == {
        "All groups": "2",
        "Identical files": "1",
        "Identical pictures": "0",
        "Near-duplicates": "1",
        "Edited copies": "0",
        "Similar shots": "0",
    }


def test_the_numbers_follow_the_slider(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.desk.bar.similarity.slider.setValue(0)
    assert counts(journey)["Near-duplicates"] == "0"
    assert counts(journey)["All groups"] == "1"


def test_one_kind_or_several_are_shown(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    buttons = journey.desk.review.kinds.buttons
    QTest.mouseClick(buttons[Kind.NEAR_DUPLICATE], Qt.MouseButton.LeftButton)
    assert kinds_shown(journey) == [Kind.NEAR_DUPLICATE]
    assert not buttons[None].isChecked()
    QTest.mouseClick(buttons[Kind.IDENTICAL_FILE], Qt.MouseButton.LeftButton)
    assert kinds_shown(journey) == [Kind.IDENTICAL_FILE, Kind.NEAR_DUPLICATE]
    QTest.mouseClick(buttons[Kind.NEAR_DUPLICATE], Qt.MouseButton.LeftButton)
    assert kinds_shown(journey) == [Kind.IDENTICAL_FILE]
    QTest.mouseClick(buttons[None], Qt.MouseButton.LeftButton)
    assert len(journey.desk.session.shown) == 2


def test_kinds_are_chosen_from_the_keyboard(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.window.activateWindow()
    QTest.keyClick(journey.window, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert kinds_shown(journey) == [Kind.NEAR_DUPLICATE]
    QTest.keyClick(journey.window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert kinds_shown(journey) == [Kind.IDENTICAL_FILE]
    QTest.keyClick(journey.window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert kinds_shown(journey) == [Kind.IDENTICAL_FILE, Kind.NEAR_DUPLICATE]
    QTest.keyClick(journey.window, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(journey.window, Qt.Key.Key_0, Qt.KeyboardModifier.AltModifier)
    assert len(journey.desk.session.shown) == 2
    button = journey.desk.review.kinds.buttons[Kind.IDENTICAL_FILE]
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert kinds_shown(journey) == [Kind.IDENTICAL_FILE]


def test_a_list_that_is_empty_because_of_the_kinds_says_so(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.desk.review.kinds.toggle(Kind.EDITED_COPY)
    assert "The other kinds are at the left." in journey.desk.review.view._nothing.text()
    journey.desk.review.kinds.toggle(None)
    assert len(journey.names()) == 2


def test_marks_of_groups_that_are_not_shown_still_count(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.mark_proposals()
    journey.desk.review.kinds.toggle(Kind.IDENTICAL_PICTURE)
    assert journey.desk.review.footer.text.startswith("2 photos marked for trash")


def test_kinds_without_a_group_do_not_sound_final_while_the_search_goes_on(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    session = journey.desk.session
    session.set_kinds(frozenset({Kind.EDITED_COPY}))
    assert "at this similarity" in journey.desk.review.view._nothing.text()
    session.show_found(make_ready(replace(session.found, complete=False), {}))
    assert "so far" in journey.desk.review.view._nothing.text()
