"""What a newcomer to the window meets: every key works where it is tried, and nothing is left unsaid."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

from photodedup.core.values import Failure
from photodedup.gui.dialogs import FoldersDialog, KeysDialog, SkippedDialog
from photodedup.gui.history import HistoryDialog
from photodedup.gui.move_dialogs import ReportDialog, failure_row
from tests.pictures import large_photos, library, save, scene


@pytest.mark.parametrize(
    ("key", "held", "opened"),
    [
        (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier, KeysDialog),
        (Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier, FoldersDialog),
    ],
)
def test_keys_work_on_the_start_page(journey, key, held, opened):
    journey.window.activateWindow()
    journey.until(journey.window.isActiveWindow)
    QTest.keyClick(journey.window.start.button, key, held)
    dialog = journey.dialog(opened)
    for chooser in dialog.findChildren(QFileDialog):
        chooser.close()
    dialog.close()


def test_the_start_page_says_that_there_is_no_history_yet(journey):
    journey.window.activateWindow()
    journey.until(journey.window.isActiveWindow)
    QTest.keyClick(journey.window.start.button, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    journey.until(lambda: journey.window.start.text == "Nothing was moved to the trash yet.")


def test_enter_presses_the_button_of_the_start_page(journey):
    journey.window.activateWindow()
    journey.window.start.button.setFocus()
    QTest.keyClick(journey.window.start.button, Qt.Key.Key_Return)
    dialog = journey.dialog(FoldersDialog)
    journey.dialog(QFileDialog).close()
    dialog.close()


def test_a_scan_that_was_stopped_says_so_over_its_groups(journey, tmp_path):
    folder = large_photos(tmp_path / "Photos", 300)
    journey.window.scan([folder])
    journey.until(lambda: len(journey.desk.session.shown) > 0)
    journey.desk.strip._stop.click()
    journey.until(lambda: not journey.desk.strip.isVisible())
    assert "The scan was stopped after" in journey.desk.review.footer.text


def test_what_was_skipped_stays_in_sight_after_the_scan(journey, tmp_path):
    folder = library(tmp_path / "Photos")
    journey.scan(folder)
    link = journey.desk.review.footer.skipped
    assert not link.isVisible()
    (folder / "empty.jpg").touch()
    journey.scan(folder)
    assert (link.isVisible(), link.text()) == (True, "1 skipped")
    QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    journey.dialog(SkippedDialog).close()


def test_what_is_skipped_is_one_number_while_a_scan_runs_and_after_it(journey, tmp_path):
    folder = library(tmp_path / "Photos")
    (folder / "empty.jpg").touch()
    (folder / "note.txt").write_text("no photo")
    (folder / "cut.jpg").write_bytes((folder / "2019/IMG_0001.jpg").read_bytes()[:300])
    (folder / "2019/IMG_0001.CR2").write_bytes(b"raw photo")
    numbers = []
    journey.desk.strip._skipped.setText("")
    journey.window.scan([folder])

    def ended():
        numbers.append(journey.desk.strip._skipped.text())
        return not journey.desk.strip.isVisible()

    journey.until(ended)
    told = [int(text.split()[0]) for text in numbers if text]
    assert told == sorted(told)
    assert numbers[-1] == journey.desk.review.footer.skipped.text() == "4 skipped"
    journey.desk.show_skipped()
    dialog = journey.dialog(SkippedDialog)
    assert "4 files and folders left out." in [label.text() for label in dialog.findChildren(QLabel)]
    dialog.close()


def test_two_photos_of_one_name_that_stay_are_told_apart():
    rows = [failure_row(Failure(Path(folder) / "a.jpg", "a.jpg stays.")) for folder in ("/one", "/two")]
    assert rows == [("a.jpg", "/one", "a.jpg stays."), ("a.jpg", "/two", "a.jpg stays.")]


def test_the_keys_fit_on_the_screen(journey):
    journey.desk.show_keys()
    dialog = journey.dialog(KeysDialog)
    assert dialog.minimumHeight() < journey.window.screen().availableGeometry().height()
    assert dialog.findChildren(QPushButton)
    dialog.close()


def test_what_is_put_back_from_the_history_is_not_marked_again(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.move_proposals()
    journey.desk.moves.show_history()
    journey.click(journey.dialog(HistoryDialog), "Put back all")
    journey.click(journey.dialog(ReportDialog), "Close")
    assert len(journey.desk.session.shown) == 2
    assert set(journey.marks().values()) == {"keep"}


def test_home_and_end_go_to_the_first_and_the_last_group(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.press("Down")
    assert journey.desk.session.current == 1
    QTest.keyClick(journey.desk.review.list, Qt.Key.Key_Home)
    assert journey.desk.session.current == 0
    QTest.keyClick(journey.desk.review.list, Qt.Key.Key_End)
    assert journey.desk.session.current == 1


def test_a_library_without_copies_does_not_send_to_the_slider(journey, tmp_path):
    save(scene(1), tmp_path / "a.jpg")
    journey.scan(tmp_path)
    assert journey.desk.review.view._nothing.text() == "No copies among 1 photo, at any similarity."


def test_an_empty_folder_does_not_send_to_skipped_files(journey, tmp_path):
    journey.scan(tmp_path)
    assert journey.desk.review.view._nothing.text() == "There are no photos in these folders."
