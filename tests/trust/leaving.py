"""The window, launched as photodedup is, on a drive that hangs: does one thing, is closed, and ends.

In: a folder, and what to do once the drive hangs (`pictures`, `find`, `compare`, `move`, `scan`). Says
`ready` when it was scanned, waits for a line, and then says after how many seconds it was closed.
"""

import sys
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from photodedup.app import make_application, open_desk
from photodedup.gui.move_dialogs import MoveDialog
from photodedup.gui.window import Window
from photodedup.launch import launch

BUSY = 0.5
"""Seconds that it hangs before the window is closed."""


def say(what):
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def wait(true, seconds=60.0):
    """Lets Qt work until something is true; gives up after so many seconds."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        QCoreApplication.processEvents()
        time.sleep(0.005)


def prepare(window, what):
    """What the person did while the drive still answered."""
    desk = window.furnish()
    wait(lambda: not desk.strip.isVisible() and len(desk.session.shown))
    if what == "move":
        desk.actions_by_name["auto-mark"].trigger()
        wait(lambda: desk.session.review.can_undo)
        desk.moves.ask()
        wait(lambda: window.findChildren(MoveDialog))


def begin(window, what):
    """What the person does when it hangs."""
    desk = window.furnish()
    if what == "pictures":
        desk.thumbnails._cache.clear()
        desk.review.next_group()
        desk.review.next_photo()
    elif what == "find":
        desk.find_copies()
    elif what == "compare":
        desk._measure()
    elif what == "move":
        window.findChildren(MoveDialog)[0].accept()
    else:
        desk.scan_again()


def main():
    folder, what = Path(sys.argv[1]), sys.argv[2]
    application = make_application()
    window = Window(open_desk, [folder])
    window.show()
    prepare(window, what)
    say("ready")
    sys.stdin.readline()
    begin(window, what)
    wait(lambda: False, BUSY)
    began = time.monotonic()
    window.close()
    wait(lambda: not window.isVisible())
    say(time.monotonic() - began)
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(launch(main))
