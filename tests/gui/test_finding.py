"""Search by photo in the window, by key, by menu and by dropping a photo, with the ways on from a copy."""

from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu, QTableView

from photodedup.core.values import Kind
from photodedup.gui.find_dialog import FindDialog
from photodedup.gui.finding import url_of
from photodedup.gui.window import path_of
from tests.pictures import library, save, scene


def found(journey) -> FindDialog:
    """The dialog, when the search has come to its end."""
    dialog = journey.dialog(FindDialog)
    journey.until(lambda: not dialog._bar.isVisible())
    return dialog


def rows(dialog: FindDialog) -> list[tuple[str, str]]:
    model = dialog.findChild(QTableView).model()
    return [(model.index(row, 0).data(), model.index(row, 1).data()) for row in range(model.rowCount())]


class Opener(QObject):
    """Takes the addresses that would be opened in the file manager."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[QUrl] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(url)


def test_a_key_finds_the_copies_of_the_photo_that_is_looked_at(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.press("Down")
    journey.press("F")
    dialog = found(journey)
    assert dialog.windowTitle() == "Copies of IMG_0001.jpg"
    assert dialog.text == "1 copy among 6 photos."
    assert rows(dialog)[0][0] == "received.jpg"
    assert rows(dialog)[0][1].startswith("near-duplicate, ")
    dialog.close()


def test_a_dropped_photo_is_sought_in_the_folders_that_were_scanned(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    sought = save(scene(2).resize((400, 300)), tmp_path / "sent/picture.jpg", quality=70)
    journey.drop(sought)
    dialog = found(journey)
    assert [name for name, _ in rows(dialog)] == ["IMG_0002.jpg"]
    dialog.close()


def test_a_photo_dropped_on_the_start_page_is_sought_in_the_last_library(journey, qt, tmp_path):
    from tests.gui.journey import open_window

    folder = library(tmp_path / "Photos")
    journey.scan(folder)
    journey.window.close()
    later = open_window(qt)
    later.drop(folder / "2019/IMG_0000.jpg")
    dialog = found(later)
    assert rows(dialog) == [("IMG_0000 (1).jpg", "identical file")]
    dialog.close()
    later.window.close()


def test_a_photo_without_copies_says_so(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.drop(save(scene(77), tmp_path / "other.jpg"))
    dialog = found(journey)
    assert dialog.text == "No copies among 6 photos."
    assert not dialog._group.isEnabled()
    dialog.close()


def test_a_dropped_file_that_is_no_photo_is_told(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    (tmp_path / "notes.txt").write_text("no picture")
    journey.drop(tmp_path / "notes.txt")
    dialog = found(journey)
    assert dialog.text.endswith("Name another photo.")
    dialog.close()


def test_a_copy_is_shown_in_its_group_whatever_kinds_were_chosen(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.desk.review.kinds.toggle(Kind.NEAR_DUPLICATE)
    journey.drop(tmp_path / "Photos/2019/IMG_0000.jpg")
    dialog = found(journey)
    journey.click(dialog, "Show in its group")
    journey.until(lambda: not dialog.isVisible())
    assert journey.desk.session.current_path() == tmp_path / "Photos/Backup/IMG_0000 (1).jpg"
    assert journey.desk.session.kinds == frozenset()


def test_a_copy_in_no_group_is_told(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.drop(save(scene(3).resize((400, 300)), tmp_path / "sent.jpg"))
    dialog = found(journey)
    journey.click(dialog, "Show in its group")
    assert "IMG_0003.jpg is in no group that is shown." in journey.desk.review.footer.text
    dialog.close()


def test_the_folder_of_a_photo_is_opened(journey, tmp_path):
    opener = Opener()
    QDesktopServices.setUrlHandler("file", opener, "take")
    folder = library(tmp_path / "Photos")
    journey.scan(folder)
    journey.desk.actions_by_name["show-folder"].trigger()
    journey.drop(folder / "2019/IMG_0001.jpg")
    dialog = found(journey)
    journey.click(dialog, "Show in its folder")
    QDesktopServices.unsetUrlHandler("file")
    assert [path_of(url) for url in opener.opened] == [folder / "2019", folder / "Messenger"]
    dialog.close()


def test_the_menu_of_a_photo_offers_what_its_keys_do(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    card = [card for card in journey.desk.review.view._cards if card.isVisible()][1]
    card.menu.emit(card.photo, QPoint(40, 40))
    assert journey.desk.session.photo == 1
    menu = next(each for each in journey.desk.findChildren(QMenu) if each.isVisible())
    assert [action.text() for action in menu.actions()][:3] == [
        "Keep this photo",
        "Mark this photo for the trash",
        "Find copies of this photo…",
    ]
    menu.close()


def test_closing_the_dialog_stops_the_search(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.drop(tmp_path / "Photos/2019/IMG_0000.jpg")
    journey.dialog(FindDialog).close()
    journey.window.close()
    assert not journey.desk.finding._thread.isRunning()


def test_an_address_keeps_the_bytes_of_a_path():
    assert path_of(url_of(Path("/photos/caf\udce9 #1?"))) == Path("/photos/caf\udce9 #1?")
