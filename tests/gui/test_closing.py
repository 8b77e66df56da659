"""The window can be closed at any moment; what is being moved is finished photo by photo first."""

import threading

from photodedup.core.trash import move_to_trash
from photodedup.gui import work
from photodedup.gui.move_dialogs import MoveDialog, ReportDialog
from tests.pictures import library, save, scene


def test_closing_during_a_scan_ends_everything(journey, tmp_path):
    folder = tmp_path / "Photos"
    raw = save(scene(1, 3000, 2000), folder / "0.jpg").read_bytes()
    for number in range(1, 200):
        (folder / f"{number}.jpg").write_bytes(raw[:2] + b"\xff\xfe\x00\x08%06d" % number + raw[2:])
    journey.window.scan([folder])
    journey.until(lambda: journey.desk.strip.text.startswith("Reading"))
    journey.window.close()
    assert not journey.window.isVisible()
    assert not journey.desk.scans._thread.isRunning()


def test_closing_during_a_move_waits_until_it_has_stopped(journey, tmp_path, monkeypatch):
    gate = threading.Event()

    def slowly(*arguments):
        gate.wait(20)
        return move_to_trash(*arguments)

    folder = library(tmp_path / "Photos")
    monkeypatch.setattr(work, "move_to_trash", slowly)
    journey.scan(folder)
    journey.mark_proposals()
    journey.desk.moves.ask()
    journey.click(journey.dialog(MoveDialog), "Move to trash")
    journey.until(lambda: journey.desk.moves.moving)
    journey.window.close()
    assert journey.window.isVisible()
    assert "can be closed when that has stopped" in journey.desk.review.footer.text
    gate.set()
    journey.click(journey.dialog(ReportDialog), "Close")
    assert (folder / "Messenger/received.jpg").exists()
    journey.window.close()
    assert not journey.window.isVisible()
