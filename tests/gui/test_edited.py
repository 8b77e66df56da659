"""An edited copy is shown as one, says what it shows, and goes only where its picture stays."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from photodedup.gui.matching import corners_of, likeness_words, place_words, share_shown
from tests.gui.edited import HALF, MIRRORED, add_edits, with_edited_copies


def lines(journey) -> dict[str, str]:
    """What the cards say below their pictures, by the name of the photo."""
    cards = [card for card in journey.desk.review.view._cards if card.isVisible()]
    return {card.accessibleName(): card._line.text() for card in cards}


def card_of(journey, name: str):
    return next(card for card in journey.desk.review.view._cards if card.accessibleName() == name)


def test_an_edited_copy_says_what_it_shows_of_its_picture(journey, tmp_path):
    with_edited_copies(journey, tmp_path)
    said = lines(journey)
    assert said["original.jpg"].startswith("proposed: ")
    assert said["small.jpg"].startswith("near-duplicate, ")
    assert said["small.jpg"].endswith(" % alike")
    assert said["crop.jpg"] == "edited copy, shows 25 % of the picture"
    assert said["mirrored.jpg"] == "edited copy, mirrored, shows 64 % of the picture"


def test_edited_copies_are_framed_in_another_way_and_drawn_where_they_lie(journey, tmp_path):
    with_edited_copies(journey, tmp_path)
    for name, satellite in (("original.jpg", False), ("small.jpg", False), ("crop.jpg", True)):
        assert bool(card_of(journey, name).property("satellite")) is satellite
        assert card_of(journey, name)._where.isVisible() is satellite
    empty = card_of(journey, "crop.jpg")._where.grab().toImage()
    assert empty != card_of(journey, "mirrored.jpg")._where.grab().toImage()


def test_proposals_leave_edited_copies_to_the_person(journey, tmp_path):
    with_edited_copies(journey, tmp_path)
    journey.mark_proposals()
    assert journey.marks() == {"original.jpg": "keep", "small.jpg": "trash"}


def test_enter_leaves_edited_copies_to_the_person(journey, tmp_path):
    with_edited_copies(journey, tmp_path)
    journey.press("Enter")
    assert journey.marks() == {"original.jpg": "keep", "small.jpg": "trash"}


def test_a_group_of_edited_copies_alone_proposes_nothing_and_says_so(journey, tmp_path):
    with_edited_copies(journey, tmp_path)
    add_edits(journey, [("crop.jpg", "alone.jpg", HALF)])
    journey.desk.review.kinds.buttons[3].click()
    assert journey.names() == ["alone.jpg", "crop.jpg"]
    journey.press("Enter")
    assert journey.marks() == {}
    assert "Edited copies are yours to judge." in journey.desk.review.footer.text


def test_the_picture_of_marked_copies_cannot_go_after_them(journey, tmp_path):
    with_edited_copies(journey, tmp_path)
    for name in ("crop.jpg", "small.jpg"):
        QTest.mouseClick(card_of(journey, name)._trash, Qt.MouseButton.LeftButton)
    QTest.mouseClick(card_of(journey, "original.jpg")._trash, Qt.MouseButton.LeftButton)
    assert journey.marks()["original.jpg"] == "trash"  # the mirrored copy stays and shows the most of it
    said = journey.desk.review.footer.text
    assert "2 marked photos will stay: no photo that matches them is kept." in said
    assert "Every group keeps at least one" not in said
    QTest.mouseClick(card_of(journey, "mirrored.jpg")._trash, Qt.MouseButton.LeftButton)
    assert "mirrored.jpg is the last photo of its group." in journey.desk.review.footer.text
    assert "mirrored.jpg" not in journey.marks()


def test_keep_only_marks_what_matches_directly(journey, tmp_path):
    with_edited_copies(journey, tmp_path)
    place = journey.names().index("crop.jpg") + 1
    journey.press(str(place))
    assert journey.marks() == {"original.jpg": "trash", "crop.jpg": "keep"}


@pytest.mark.parametrize(("transform", "share"), [(HALF, 0.25), (MIRRORED, 0.64)])
def test_the_share_that_a_crop_shows_is_its_area(transform, share):
    assert share_shown(transform) == pytest.approx(share)


def test_a_photo_that_shows_more_says_which_part_was_sought():
    assert place_words(HALF) == "of which the photo shows 25 % of the picture"
    assert place_words(np.array([[2, 0, -0.5], [0, 2, -0.5]], np.float32)) == "shows 25 % of the picture"


def test_a_frame_around_a_copy_shows_no_more_than_the_whole_picture():
    framed = np.array([[1.2, 0, -0.1], [0, 1.2, -0.1]], np.float32)
    assert share_shown(framed) == pytest.approx(1.0)
    assert corners_of(framed)[0] == pytest.approx((-0.1, -0.1))


def test_a_copy_that_lies_elsewhere_shows_nothing():
    assert share_shown(np.array([[0.5, 0, 2], [0, 0.5, 2]], np.float32)) == 0


def test_only_no_difference_is_wholly_alike():
    assert likeness_words(0, 256) == "0 bits, 100 % alike"
    assert likeness_words(1, 256) == "1 bit, 99 % alike"
    assert likeness_words(48, 256) == "48 bits, 62 % alike"
    assert likeness_words(200, 256) == "200 bits, 0 % alike"


def test_a_group_without_a_proposal_names_its_source_and_no_keeper(journey, tmp_path):
    with_edited_copies(journey, tmp_path)
    assert card_of(journey, "original.jpg")._badge.text() == "Proposed keeper"
    add_edits(journey, [("crop.jpg", "alone.jpg", HALF)])
    journey.desk.review.kinds.buttons[3].click()
    assert card_of(journey, "alone.jpg")._badge.text() == "Source of the copies"
    assert lines(journey)["alone.jpg"] == "the picture that the other was made from"
    assert not journey.desk.actions_by_name["auto-mark"].isEnabled()


def test_a_hint_goes_when_another_group_is_looked_at(journey, tmp_path):
    with_edited_copies(journey, tmp_path)
    add_edits(journey, [("crop.jpg", "alone.jpg", HALF)])
    journey.desk.review.kinds.buttons[3].click()
    journey.press("Enter")
    assert "yours to judge" in journey.desk.review.footer.text
    journey.press("Right")
    assert "yours to judge" not in journey.desk.review.footer.text


def test_a_line_that_is_too_long_ends_in_an_ellipsis(journey, tmp_path):
    with_edited_copies(journey, tmp_path)
    line = card_of(journey, "original.jpg")._line
    line.setText("the picture that the others were made from " * 9)
    assert line.shown_text().endswith("…")
