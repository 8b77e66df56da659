"""Puts the parts together for the window: looks whether there is a screen, then starts Qt.

In: folders from the command line. Out: the window, and the exit code; 3 with one sentence where something
that the window needs is missing.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from photodedup.core.patience import patiently

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from photodedup.gui.desk import Desk
    from photodedup.gui.window import Window

NO_SCREEN = 3
QUIT_AFTER_START = "--quit-after-start"
OFFSCREEN = ("offscreen", "minimal", "vnc")
SWITCH = 0.0005
"""Seconds that the window waits for Python while other threads work, at each of the many calls of a paint."""


def run_window(arguments: Sequence[str]) -> int:
    """Shows the window.

    Args:
        arguments: Folders to scan at once; `--quit-after-start` ends after the window has been painted, for
        trials.

    Returns:
        The exit code.
    """
    options = [each for each in arguments if each.startswith("--") and each != "--"]
    if unknown := [each for each in options if each != QUIT_AFTER_START]:
        print(f"photodedup does not know {unknown[0]}. See: photodedup --help", file=sys.stderr)  # noqa: T201
        return 2
    folders = [Path(each).absolute() for each in arguments if each not in (*options, "--")]
    if gone := patiently(lambda: [each for each in folders if not each.is_dir()], Event()):
        print(f"photodedup: {gone[0]} is no folder, and no command. See: photodedup --help", file=sys.stderr)  # noqa: T201
        return 2
    if sentence := missing():
        print(sentence, file=sys.stderr)  # noqa: T201
        return NO_SCREEN
    return _run(folders, QUIT_AFTER_START in options)


def missing() -> str | None:
    """One sentence that names what the window lacks on this machine, or None."""
    if find_spec("PySide6") is None:
        return (
            "photodedup needs PySide6 for its window. Install it, or start photodedup with packaging/run.sh."
        )
    try:
        from PySide6 import QtGui, QtSvg, QtWidgets  # noqa: F401, PLC0415 - looked at, not used
    except ImportError as error:
        return _library_sentence(error)
    return _missing_screen() if sys.platform == "linux" else None


def _missing_screen() -> str | None:
    chosen = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if chosen in OFFSCREEN:
        return None
    wayland, x11 = _wayland_answers(), bool(os.environ.get("DISPLAY"))
    if not (wayland or x11):
        return "photodedup found no screen: DISPLAY and WAYLAND_DISPLAY lead to none. Start it on a desktop."
    if chosen.startswith("wayland") or (wayland and not chosen and not x11):
        sentence = "photodedup found no Wayland screen. Unset QT_QPA_PLATFORM and start it again."
        return None if wayland else sentence
    return _missing_xcb() if x11 else None


def _wayland_answers() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY")
    return bool(name) and (Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / str(name)).exists()


def _missing_xcb() -> str | None:
    """Tries what Qt would abort for: a missing library of its X11 plugin, an X server that is silent."""
    import ctypes  # noqa: PLC0415 - the window does not need it elsewhere

    import PySide6  # noqa: PLC0415 - known to be there by now

    plugin = Path(PySide6.__file__).parent / "Qt/plugins/platforms/libqxcb.so"
    try:
        if plugin.exists():
            ctypes.CDLL(str(plugin))
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError as error:
        return _library_sentence(error)
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    display = os.environ.get("DISPLAY")
    sentence = f"photodedup found no screen: nothing answers at DISPLAY={display}. Start it on a desktop."
    return sentence if failed else None


def _library_sentence(error: Exception) -> str:
    library = str(error).partition(":")[0].strip()
    return (
        f"photodedup needs a system library that is not installed: {library}. "
        "Start it once with: sh packaging/run.sh --yes"
    )


def _run(folders: Sequence[Path], quit_after_start: bool) -> int:
    from PySide6.QtCore import QTimer  # noqa: PLC0415 - only now it is known that Qt loads

    from photodedup.gui.window import Window  # noqa: PLC0415

    app = make_application()
    window = Window(open_desk, folders)
    window.show()
    signal.signal(signal.SIGINT, lambda *_: app.closeAllWindows())
    beat = QTimer(window)  # Python only sees a signal when it gets a turn
    beat.start(500)
    if quit_after_start:
        QTimer.singleShot(500, window, window.close)
    code = app.exec()
    # A window must not outlive its application.
    whole = window.desk is not None
    del beat, window
    return code if whole or not quit_after_start else 1


def make_application() -> QApplication:
    """Makes the application with its names and its look."""
    from PySide6.QtCore import QSettings  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    from photodedup.gui.theme import apply_theme, choose_scheme  # noqa: PLC0415

    sys.setswitchinterval(SWITCH)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("photodedup")
    app.setOrganizationName("photodedup")
    app.setDesktopFileName("photodedup")
    choose_scheme(str(QSettings().value("window/look", "")))
    apply_theme(app)
    return app


def open_desk(window: Window) -> Desk:
    """Loads the engine and the review; called when the window has shown."""
    from photodedup.core.catalogue import default_catalogue, journal_folder  # noqa: PLC0415
    from photodedup.gui.desk import Desk  # noqa: PLC0415
    from photodedup.gui.platform_trash import trash_of_platform  # noqa: PLC0415
    from photodedup.gui.work import Places  # noqa: PLC0415

    return Desk(Places(default_catalogue(), journal_folder(), trash_of_platform), window)
