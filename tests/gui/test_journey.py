"""The main job in the window, from the folder to the trash and back, by hand and by key."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QTableView

from photodedup.gui.dialogs import FoldersDialog, KeysDialog, SkippedDialog
from photodedup.gui.history import HistoryDialog
from photodedup.gui.move_dialogs import MoveDialog, ReportDialog
from tests.flow.running import snapshot
from tests.pictures import large_photos, library, save, scene


def test_choose_scan_slide_mark_trash_and_undo(journey, tmp_path):
    folder = library(tmp_path / "Photos")
    before = snapshot(folder)
    journey.desk.choose_folders()
    dialog = journey.dialog(FoldersDialog)
    chooser = journey.dialog(QFileDialog)
    chooser.fileSelected.emit(str(folder))
    chooser.close()
    journey.click(dialog, "Scan")
    journey.until(lambda: len(journey.desk.session.shown) == 2)
    journey.until(lambda: not journey.desk.strip.isVisible())
    assert journey.desk.bar.similarity.text == "48 bits: 2 groups"
    journey.desk.bar.similarity.slider.setValue(0)
    assert journey.desk.session.threshold == 0
    journey.desk.bar.similarity.slider.setValue(48)
    assert journey.names() == ["IMG_0000.jpg", "IMG_0000 (1).jpg"]
    journey.press("Enter")
    journey.press("Enter")
    assert sorted(journey.marks().values()) == ["keep", "keep", "trash", "trash"]
    assert journey.desk.review.footer.text.startswith("2 photos marked for trash")
    QTest.mouseClick(journey.desk.review.footer.button, Qt.MouseButton.LeftButton)
    question = journey.dialog(MoveDialog)
    assert question.focusWidget().text().replace("&", "") == "Cancel"
    journey.click(question, "Move to trash")
    report = journey.dialog(ReportDialog)
    assert not (folder / "Messenger/received.jpg").exists()
    assert len(journey.desk.session.shown) == 0
    journey.click(report, "Undo")
    journey.until(lambda: (folder / "Messenger/received.jpg").exists() and not journey.desk.moves.busy)
    journey.click(journey.dialog(ReportDialog), "Close")
    assert snapshot(folder) == before
    assert len(journey.desk.session.shown) == 2


def test_the_whole_review_works_from_the_keyboard(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.press("X")
    assert journey.marks() == {"IMG_0000.jpg": "trash"}
    journey.press("Right")
    journey.press("X")
    assert journey.marks() == {"IMG_0000.jpg": "trash"}
    assert "is the last photo of its group. Keep another one first." in journey.desk.review.footer.text
    journey.press("K")
    assert journey.marks()["IMG_0000 (1).jpg"] == "keep"
    journey.press("Left")
    journey.press("Space")
    assert journey.marks()["IMG_0000.jpg"] == "keep"
    journey.press("2")
    assert journey.marks() == {"IMG_0000.jpg": "trash", "IMG_0000 (1).jpg": "keep"}
    journey.press("A")
    assert set(journey.marks().values()) == {"keep"}
    journey.press("Down")
    assert "received.jpg" in journey.names()
    journey.press("Up")
    assert "received.jpg" not in journey.names()


def test_a_click_on_a_picture_and_the_buttons_mark(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    cards = [card for card in journey.desk.review.view._cards if card.isVisible()]
    QTest.mouseClick(cards[1]._picture, Qt.MouseButton.LeftButton)
    assert journey.marks() == {"IMG_0000 (1).jpg": "trash"}
    QTest.mouseClick(cards[1]._keep, Qt.MouseButton.LeftButton)
    QTest.mouseClick(cards[0]._trash, Qt.MouseButton.LeftButton)
    assert journey.marks() == {"IMG_0000 (1).jpg": "keep", "IMG_0000.jpg": "trash"}


def test_history_puts_back_after_a_restart(journey, qt, tmp_path):
    from tests.gui.journey import open_window

    folder = library(tmp_path / "Photos")
    before = snapshot(folder)
    journey.scan(folder)
    journey.move_proposals()
    journey.window.close()
    later = open_window(qt)
    later.desk.moves.show_history()
    history = later.dialog(HistoryDialog)
    photos = history.findChildren(QTableView)[1]
    assert photos.model().rowCount() == 2
    photos.selectRow(0)
    later.click(history, "Put back selected")
    later.click(later.dialog(ReportDialog), "Close")
    assert len(snapshot(folder)) == len(before) - 1
    later.desk.moves.show_history()
    later.click(later.dialog(HistoryDialog), "Put back all")
    later.click(later.dialog(ReportDialog), "Close")
    assert snapshot(folder) == before
    later.window.close()


def test_dropped_folders_are_scanned(journey, tmp_path):
    folder = library(tmp_path / "Photos")
    journey.drop(folder)
    journey.until(lambda: len(journey.desk.session.shown) == 2)


def test_a_scan_can_be_stopped_and_keeps_what_it_found(journey, tmp_path):
    folder = large_photos(tmp_path / "Photos", 300)
    journey.window.scan([folder])
    journey.until(lambda: journey.desk.strip.text.startswith("Reading"))
    journey.until(lambda: len(journey.desk.session.found.library) > 0)
    journey.desk.strip._stop.click()
    journey.until(lambda: not journey.desk.strip.isVisible())
    assert 0 < len(journey.desk.session.found.library) < 300
    assert not journey.desk.session.found.complete


def test_a_folder_that_has_gone_is_told(journey, tmp_path):
    journey.window.scan([tmp_path / "gone"])
    journey.until(lambda: not journey.desk.strip.isVisible())
    assert "gone" in journey.desk.review.view._nothing.text()


def test_a_folder_without_copies_is_told(journey, tmp_path):
    save(scene(1), tmp_path / "a.jpg")
    journey.scan(tmp_path)
    assert journey.desk.review.view._nothing.text().startswith("No copies among 1 photo")


def test_skipped_files_and_keys_are_shown(journey, tmp_path):
    (tmp_path / "empty.jpg").touch()
    journey.scan(tmp_path)
    journey.desk.show_skipped()
    skipped = journey.dialog(SkippedDialog)
    assert skipped._model.rowCount() == 1
    skipped._filter.setText("nothing like this")
    journey.until(lambda: skipped._model.rowCount() == 0)
    skipped.close()
    journey.desk.show_keys()
    journey.dialog(KeysDialog).close()


def test_recent_libraries_are_on_the_start_page(journey, tmp_path):
    folder = library(tmp_path / "Photos")
    journey.scan(folder)
    journey.window.show_start()
    journey.until(lambda: journey.window.start._recent.count() == 1)
    button = journey.window.start._recent.itemAt(0).widget()
    assert "Photos" in button.accessibleName()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    journey.until(lambda: journey.window.pages.currentWidget() is journey.desk)
    journey.until(lambda: not journey.desk.strip.isVisible())


def test_a_file_that_is_dropped_keeps_its_bytes():
    from photodedup.gui.window import path_of

    url = QUrl("file:///photos/caf%E9")
    assert path_of(url) == Path("/photos/caf\udce9")


def test_what_was_asked_is_what_is_moved(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.mark_proposals()
    journey.desk.moves.ask()
    journey.desk.moves.ask()
    assert not journey.desk.review.photos.isEnabled()
    assert not journey.desk.actions_by_name["undo"].isEnabled()
    assert not journey.desk.bar.similarity.isEnabled()
    question = journey.dialog(MoveDialog)
    journey.click(question, "Cancel")
    journey.until(lambda: not journey.desk.moves.busy)
    assert [each for each in journey.window.findChildren(MoveDialog) if each.isVisible()] == []
    assert journey.desk.review.photos.isEnabled()


def test_photos_that_came_back_by_another_way_are_shown_after_a_scan(journey, tmp_path):
    from photodedup.core.undo import put_back

    folder = library(tmp_path / "Photos")
    journey.scan(folder)
    journey.move_proposals()
    assert len(journey.desk.session.shown) == 0
    put_back(journey.desk.moves._places.journal)
    journey.scan(folder)
    assert len(journey.desk.session.shown) == 2
    assert set(journey.marks().values()) == {"keep"}


def test_the_slider_leaves_the_keys_to_the_photos(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.press("Down")
    QTest.mouseClick(journey.desk.bar.similarity.slider, Qt.MouseButton.LeftButton, pos=QPoint(40, 20))
    assert journey.desk.review.list.hasFocus()


def test_the_slider_is_where_it_was_left(journey, qt, tmp_path):
    from tests.gui.journey import open_window

    journey.scan(library(tmp_path / "Photos"))
    journey.desk.bar.similarity.slider.setValue(31)
    journey.window.close()
    later = open_window(qt)
    assert later.desk.session.threshold == 31
    later.window.close()
