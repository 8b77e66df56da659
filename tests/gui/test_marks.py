"""Marks belong to photos with a content: they survive slider and restart, and never pass to another photo."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from photodedup.gui.move_dialogs import MoveDialog, ReportDialog
from tests.pictures import library, save, scene


def test_marks_survive_the_slider_and_can_be_undone(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.mark_proposals()
    marks = journey.marks()
    assert len(marks) == 4
    journey.desk.bar.similarity.slider.setValue(0)
    journey.desk.bar.similarity.slider.setValue(64)
    assert journey.marks() == marks
    journey.desk.actions_by_name["undo"].trigger()
    assert journey.marks() == {}
    journey.desk.actions_by_name["redo"].trigger()
    assert journey.marks() == marks


def test_a_group_that_keeps_none_after_a_move_of_the_slider_is_refused(journey, tmp_path):
    folder = tmp_path / "Photos"
    near = scene(1)
    save(near, folder / "a.jpg", quality=95)
    save(near.rotate(1.2), folder / "b.jpg", quality=90)
    (folder / "c.jpg").write_bytes((folder / "b.jpg").read_bytes())
    journey.scan(folder)
    journey.desk.bar.similarity.slider.setValue(64)
    assert len(journey.names()) == 3
    review, session = journey.desk.session.review, journey.desk.session
    paths = session.paths(session.group())
    session.apply(review.keep_only(folder / "a.jpg", paths))
    journey.desk.bar.similarity.slider.setValue(0)
    assert sorted(journey.names()) == ["b.jpg", "c.jpg"]
    assert "2 marked photos will stay" in journey.desk.review.footer.text
    assert session.plan()().removals == ()


def test_marks_are_there_again_after_a_restart(journey, qt, tmp_path):
    from tests.gui.journey import open_window

    folder = library(tmp_path / "Photos")
    journey.scan(folder)
    journey.mark_proposals()
    marks = journey.marks()
    journey.window.close()
    later = open_window(qt)
    later.scan(folder)
    assert later.marks() == marks
    later.window.close()


def test_enter_leaves_a_decided_group_alone(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.press("Right")
    journey.press("K")
    journey.press("Enter")
    assert journey.marks() == {"IMG_0000 (1).jpg": "keep"}
    assert "received.jpg" in journey.names()


def test_a_mark_does_not_pass_to_a_photo_that_was_changed(journey, tmp_path):
    folder = library(tmp_path / "Photos")
    journey.scan(folder)
    journey.mark_proposals()
    changed = folder / "Messenger/received.jpg"
    save(scene(1).resize((320, 240)).rotate(0.5), changed, quality=70)
    journey.scan(folder)
    assert "received.jpg" in [path.name for group in _groups(journey) for path in group]
    assert "received.jpg" not in journey.marks()
    assert len(journey.marks()) == 3


def test_a_mark_that_was_taken_back_during_a_scan_stays_away(journey, tmp_path):
    folder = library(tmp_path / "Photos")
    journey.scan(folder)
    journey.mark_proposals()
    journey.until(lambda: not journey.desk.session.decisions.has_unsaved)
    journey.window.scan([folder])
    journey.desk.review.undo()
    journey.until(lambda: not journey.desk.strip.isVisible())
    assert journey.marks() == {}


def test_marks_are_remembered_when_other_folders_are_opened_at_once(journey, tmp_path):
    folder = library(tmp_path / "Photos")
    other = tmp_path / "Other"
    save(scene(8), other / "a.jpg")
    journey.scan(folder)
    journey.mark_proposals()
    marks = journey.marks()
    journey.scan(other)
    assert journey.marks() == {}
    journey.scan(folder)
    assert journey.marks() == marks


def test_marks_that_could_not_be_remembered_are_told_and_kept(journey, tmp_path, monkeypatch):
    from photodedup.core.catalogue import Catalogue
    from photodedup.core.errors import CatalogueError

    def fail(*_: object) -> None:
        raise CatalogueError("The disk is full. Make room.")

    journey.scan(library(tmp_path / "Photos"))
    monkeypatch.setattr(Catalogue, "save_marks", fail)
    journey.press("K")
    journey.until(lambda: "not remembered yet. The disk is full." in journey.desk.review.footer.text)
    assert journey.desk.session.decisions.has_unsaved


def test_undo_shows_what_it_took_back(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.press("X")
    journey.press("Down")
    assert "received.jpg" in journey.names()
    journey.desk.actions_by_name["undo"].trigger()
    assert "IMG_0000.jpg" in journey.names()


def test_a_button_never_contradicts_the_mark(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    card = next(card for card in journey.desk.review.view._cards if card.isVisible())
    for _ in range(2):
        QTest.mouseClick(card._trash, Qt.MouseButton.LeftButton)
        assert (card._trash.isChecked(), card._keep.isChecked()) == (True, False)


def test_undo_of_a_move_brings_the_marks_back(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.mark_proposals()
    marks = journey.marks()
    journey.desk.moves.ask()
    journey.click(journey.dialog(MoveDialog), "Move to trash")
    journey.click(journey.dialog(ReportDialog), "Undo")
    journey.until(lambda: not journey.desk.moves.busy and len(journey.desk.session.shown) == 2)
    journey.click(journey.dialog(ReportDialog), "Close")
    assert journey.marks() == marks


def _groups(journey):
    session = journey.desk.session
    return [session.paths(int(photo) for photo in group) for group in session.shown.groups]
