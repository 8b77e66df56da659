"""Every dialog and the bar fit a small screen, also with large letters, and nothing in them is cut."""

import pytest
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from photodedup.gui.dialogs import FoldersDialog, KeysDialog, SkippedDialog
from photodedup.gui.elided import ElidedLabel
from photodedup.gui.find_dialog import FindDialog
from photodedup.gui.group_list import THUMB
from photodedup.gui.history import HistoryDialog
from photodedup.gui.measure_dialog import MeasureDialog
from photodedup.gui.move_dialogs import MoveDialog, ReportDialog
from photodedup.gui.theme import GRID, fonts
from tests.gui.journey import open_window
from tests.pictures import library, save, scene


@pytest.fixture(params=[1.0, 1.5])
def letters(qt, request):
    """A window with letters of another size, on the small screen of the tests: 800 x 800."""
    usual = QApplication.font()
    font = QFont(usual)
    font.setPointSizeF(usual.pointSizeF() * request.param)
    QApplication.setFont(font)
    begun = open_window(qt)
    yield begun
    begun.window.close()
    qt(lambda: not begun.window.isVisible())
    begun.window.deleteLater()
    QApplication.setFont(usual)


def assert_fits(journey, dialog):
    """The dialog is not larger than the screen, and shows each button and each word of its labels."""
    room = dialog.screen().availableSize()
    assert dialog.width() <= room.width() and dialog.height() <= room.height()
    assert dialog.layout().minimumSize().width() <= dialog.width()
    for button in dialog.findChildren(QPushButton):
        assert dialog.rect().contains(button.geometry().translated(button.parentWidget().pos()))
    for label in dialog.findChildren(QLabel):
        if label.isVisible() and not label.wordWrap() and not isinstance(label, ElidedLabel):
            assert label.width() >= label.sizeHint().width(), label.text()
    dialog.close()
    journey.until(lambda: not journey.desk.moves.busy)


def test_every_dialog_fits_a_small_screen_also_with_large_letters(letters, tmp_path):
    folder = library(tmp_path / "Photos")
    save(scene(9, 960, 640), folder / "Export/large.jpg")
    save(scene(9, 480, 320), folder / "Camera/IMG_1.JPG")
    (folder / "Camera/IMG_1.CR2").write_bytes(b"raw photo")
    letters.scan(folder)
    desk = letters.desk
    for show, kind in (
        (desk.find_copies, FindDialog),
        (desk.actions_by_name["measure"].trigger, MeasureDialog),
        (desk.choose_folders, FoldersDialog),
        (desk.show_keys, KeysDialog),
        (desk.show_skipped, SkippedDialog),
    ):
        show()
        assert_fits(letters, letters.dialog(kind))
    letters.mark_proposals()
    desk.session.look_for(folder / "Camera/IMG_1.JPG")
    letters.press("X")
    desk.moves.ask()
    question = letters.dialog(MoveDialog)
    assert question.plan.refusals
    assert_fits(letters, question)
    desk.moves.ask()
    letters.click(letters.dialog(MoveDialog), "Move to trash")
    assert_fits(letters, letters.dialog(ReportDialog))
    desk.moves.show_history()
    assert_fits(letters, letters.dialog(HistoryDialog))


@pytest.mark.parametrize("width", [800, 944, 1280])
def test_what_the_bar_and_the_footer_say_is_never_cut_in_a_word(letters, tmp_path, width):
    letters.scan(library(tmp_path / "Photos"))
    letters.mark_proposals()
    letters.window.setMinimumWidth(0)
    letters.window.resize(width, 600)
    QApplication.processEvents()
    similarity = letters.desk.bar.similarity
    for label in similarity.findChildren(QLabel):
        if label.isVisible():
            assert label.width() >= label.sizeHint().width(), label.text()
    assert "groups" in similarity.text and similarity._words.isVisible()
    assert similarity.slider.width() >= similarity.slider.minimumWidth()
    footer = letters.desk.review.footer
    assert footer.button.geometry().right() <= footer.width()
    assert footer._text.toolTip() == footer._text.text()


def test_a_row_of_the_list_names_its_kind_whole(letters, tmp_path):
    letters.scan(library(tmp_path / "Photos"))
    review = letters.desk.review
    bold = fonts(review.list.font())[1]
    needed = QFontMetrics(bold).horizontalAdvance("2 photos, near-duplicate")
    assert review.list.width() >= needed + THUMB + 2 * GRID + 4 + 4 * GRID
    letters.window.resize(960, 600)
    QApplication.processEvents()
    assert review.view.columns == 2
