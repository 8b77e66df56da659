"""Companions, folders without a trash and interrupted moves, as a person meets them in the window."""

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QTableView

from photodedup.core import journal
from photodedup.core.catalogue import journal_folder
from photodedup.core.errors import TrashError
from photodedup.core.trash import move_to_trash, removed, trash_can
from photodedup.core.trash.freedesktop import FreedesktopTrash
from photodedup.gui import words
from photodedup.gui.move_dialogs import MoveDialog, RecoveryDialog, ReportDialog
from tests.core.test_crash import in_a_child
from tests.core.trash.units import away, units
from tests.flow.running import snapshot
from tests.pictures import save, scene


@pytest.fixture
def photos(tmp_path):
    """Two equal raw pairs, one of them with a sidecar."""
    folder = tmp_path / "Photos"
    for place in ("2019", "Backup"):
        photo = save(scene(1, 480, 320), folder / place / "IMG_1.JPG")
        os.utime(photo, ns=(10**18, 10**18))
        (folder / place / "IMG_1.CR2").write_bytes(b"raw photo")
    (folder / "Backup/IMG_1.xmp").write_bytes(b"<x:xmpmeta/>")
    return folder


def texts(dialog):
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def ask(journey, folder):
    """Marks the proposal and asks for the move."""
    journey.scan(folder)
    journey.press("Enter")
    journey.desk.moves.ask()
    return journey.dialog(MoveDialog)


def test_a_pair_is_one_card_that_names_its_companions(journey, photos):
    journey.scan(photos)
    cards = [card for card in journey.desk.review.view._cards if card.isVisible()]
    rows = sorted(fact.text for card in cards for fact in card._facts._rows if fact.name == "Companions")
    assert rows == ["with IMG_1.CR2", "with IMG_1.CR2, IMG_1.xmp"]


def test_a_pair_moves_and_comes_back_with_its_companions(journey, photos):
    before = snapshot(photos)
    question = ask(journey, photos)
    assert "Move 1 photo and 1 companion file to the trash?" in texts(question)
    journey.click(question, "Move to trash")
    report = journey.dialog(ReportDialog)
    assert "1 photo and 1 companion file moved to the trash" in texts(report)
    assert len(list(photos.rglob("*.*"))) == 3
    journey.click(report, "Undo")
    journey.until(lambda: snapshot(photos) == before and not journey.desk.moves.busy)
    journey.click(journey.dialog(ReportDialog), "Close")


@pytest.fixture
def larger(tmp_path):
    """A raw pair, and a larger JPEG of the same photo without a raw photo."""
    folder = tmp_path / "Photos"
    save(scene(1, 960, 640), folder / "Export/large.jpg")
    save(scene(1, 480, 320), folder / "Camera/IMG_1.JPG")
    for name in ("IMG_1.CR2", "IMG_1.xmp"):
        (folder / "Camera" / name).write_bytes(b"raw photo")
    return folder


def test_a_raw_photo_that_the_keeper_lacks_keeps_its_photo_from_being_proposed(journey, larger):
    journey.scan(larger)
    assert journey.names() == ["large.jpg", "IMG_1.JPG"]
    cards = [card for card in journey.desk.review.view._cards if card.isVisible()]
    assert [card._badge.text() for card in cards] == ["Proposed keeper", "Stays for its raw photo or film"]
    assert cards[0]._line.text().endswith("largest, but another stays for its raw photo or film")
    journey.press("Enter")
    assert "a raw photo or a film that the keeper lacks is yours to judge" in journey.desk.review.footer.text
    assert journey.marks() == {}


@pytest.mark.parametrize("key", ["X", "1"])
def test_marking_a_photo_whose_raw_photo_has_no_copy_says_at_once_that_it_stays(journey, larger, key):
    journey.scan(larger)
    if key == "X":
        journey.press("Right")
    journey.press(key)
    footer = journey.desk.review.footer
    assert "IMG_1.JPG will stay: no photo that is kept has a copy of IMG_1.CR2." in footer.text
    journey.press("Left")
    journey.press("Right")
    staying = "Nothing can move yet. 1 marked photo will stay: no copy of its raw photo or film is kept."
    assert (footer.text, footer.button.isEnabled()) == (staying, True)
    QTest.mouseClick(footer.button, Qt.MouseButton.LeftButton)
    question = journey.dialog(MoveDialog)
    assert not question._go.isEnabled()
    question.findChild(QComboBox).activated.emit(2)
    journey.until(lambda: not question.isVisible())
    again = journey.dialog(MoveDialog)
    assert "Move 1 photo to the trash?" in texts(again)
    journey.click(again, "Cancel")
    assert footer.text.startswith("1 photo marked for trash, ")


def test_keeping_only_one_of_many_asks_for_no_matches_of_each_other_one(journey, photos, monkeypatch):
    for number in range(20):
        save(scene(1, 480, 320), photos / f"More/{number}.JPG")
    journey.scan(photos)
    session, asked = journey.desk.session, []
    matching = session.matching
    monkeypatch.setattr(session, "matching", lambda photo: asked.append(photo) or matching(photo))
    journey.press("1")
    assert list(journey.marks().values()).count("trash") >= 20
    assert len(asked) < 5


def test_the_footer_names_the_companions_that_go_along(journey, photos):
    journey.scan(photos)
    journey.press("Enter")
    size = (photos / "2019/IMG_1.JPG").stat().st_size
    promise = f"{words.size(size)} to free, plus companion files. Every group keeps at least one."
    assert journey.desk.review.footer.text == f"1 photo marked for trash, {promise}"
    journey.desk.moves.ask()
    question = journey.dialog(MoveDialog)
    whole = words.size(size + (photos / "2019/IMG_1.CR2").stat().st_size)
    assert question._title.text() == f"Move 1 photo and 1 companion file to the trash? ({whole})"
    assert list(question._question.folders) == [("1", "1", whole, "Photos/2019")]
    assert "Companion files" in [
        question.findChild(QTableView).model().headerData(n, Qt.Orientation.Horizontal) for n in range(4)
    ]
    journey.click(question, "Cancel")


def test_the_choice_of_raw_or_jpeg_is_asked_for_and_kept(journey, photos):
    question = ask(journey, photos)
    choice = question.findChild(QComboBox)
    assert choice.currentText() == "all of it goes together"
    choice.activated.emit(0)
    assert question.isVisible()
    choice.activated.emit(2)
    journey.until(lambda: not question.isVisible())
    again = journey.dialog(MoveDialog)
    assert again.findChild(QComboBox).currentText() == "only the JPEG or HEIC goes"
    assert "Move 1 photo to the trash?" in texts(again)
    assert again.plan.companions == 0
    journey.click(again, "Cancel")
    journey.until(lambda: not journey.desk.moves.busy)
    journey.desk.moves.ask()
    last = journey.dialog(MoveDialog)
    assert last.findChild(QComboBox).currentText() == "only the JPEG or HEIC goes"
    journey.click(last, "Cancel")


def test_photos_without_a_trash_are_told_and_a_folder_is_offered(journey, photos, monkeypatch):
    def no_trash(_, photo):
        raise TrashError(f"{photo.name} has no trash.")

    monkeypatch.setattr(FreedesktopTrash, "check", no_trash)
    monkeypatch.setattr(removed, "top_of", lambda _: photos)
    question = ask(journey, photos)
    box = question.findChild(QCheckBox)
    assert box.text() == "1 photo has no trash: move to a folder photodedup-removed on the same drive"
    assert not box.isChecked()
    assert not question._go.isEnabled()
    box.click()
    assert "to the trash or to photodedup-removed?" in texts(question)
    journey.click(question, "Move to trash")
    report = journey.dialog(ReportDialog)
    assert len(list((photos / "photodedup-removed").rglob("*.CR2"))) == 1
    journey.click(report, "Undo")
    journey.until(lambda: not (photos / "photodedup-removed").exists() and not journey.desk.moves.busy)
    journey.click(journey.dialog(ReportDialog), "Close")


def test_what_is_looked_for_before_the_question_can_be_stopped(journey, photos, monkeypatch):
    monkeypatch.setattr("photodedup.gui.work.with_companions", stopped_by_the_person)
    journey.scan(photos)
    journey.press("Enter")
    journey.desk.moves.ask()
    assert journey.desk.strip.isVisible()
    journey.desk.stop()
    journey.until(lambda: not journey.desk.moves.busy)
    assert not journey.desk.strip.isVisible()


def stopped_by_the_person(plan, pairs, tell, stop):
    from photodedup.core.errors import StoppedError

    assert stop.wait(30)
    raise StoppedError("It was stopped.")


@pytest.fixture
def killed(tmp_path):
    """A move of three units that was killed in its middle, before the window opens."""
    removals = units(tmp_path / "library", 3)
    assert in_a_child(lambda: move_to_trash(removals, journal_folder(), trash_can()), 52, True)
    assert 0 < sum(away(each) for each in removals) < 9
    return removals


@pytest.mark.parametrize("answer", ["Put back", "Leave in the trash", "Close"])
def test_a_move_that_ended_in_the_middle_is_asked_about(killed, qt, answer):
    from tests.gui.journey import open_window

    gone = sum(away(each) for each in killed)
    photos = sum(not each.photo.path.exists() for each in killed)
    begun = open_window(qt)
    dialog = begun.dialog(RecoveryDialog)
    assert f"{photos} of 3 photos are in the trash." in texts(dialog)
    assert "The others are where they were. What you marked still is" in texts(dialog)
    begun.click(dialog, answer)
    if answer == "Put back":
        begun.click(begun.dialog(ReportDialog), "Close")
    elif answer == "Leave in the trash":
        qt(lambda: journal.batches(journal_folder())[0].finished)
    assert sum(away(each) for each in killed) == (0 if answer == "Put back" else gone)
    begun.window.close()
    qt(lambda: not begun.window.isVisible())
    assert journal.is_interrupted(journal.batches(journal_folder())[0]) == (answer == "Close")


def test_a_move_that_ended_before_it_moved_anything_is_settled_without_a_word(journey, tmp_path):
    removals = units(tmp_path / "library", 1)
    assert in_a_child(lambda: move_to_trash(removals, journal_folder(), trash_can()), 24, True)
    assert away(removals[0]) == 0
    journey.desk.moves.recover()
    journey.until(lambda: journal.batches(journal_folder())[0].finished)
    assert journey.window.findChildren(RecoveryDialog) == []
