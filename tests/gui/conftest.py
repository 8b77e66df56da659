"""The application for tests of the window; every Qt warning fails the test that caused it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

HARMLESS = ("This plugin does not support",)
"""What the offscreen platform says of itself and not of us."""


@pytest.fixture
def qt(tmp_path) -> Iterator[Callable[..., None]]:
    """The application; called, it lets Qt work until something is true."""
    from PySide6.QtCore import QCoreApplication, QEvent, QSettings, qInstallMessageHandler

    from photodedup.app import make_application

    said: list[str] = []
    before = qInstallMessageHandler(lambda _kind, _context, text: said.append(text))
    application = QCoreApplication.instance() or make_application()
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))

    def until(true: Callable[[], object], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not true():
            application.processEvents()
            if time.monotonic() > end:
                raise AssertionError("what was waited for did not come")
            time.sleep(0.005)
        application.processEvents()

    yield until
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    application.processEvents()
    qInstallMessageHandler(before)
    assert [text for text in said if not any(word in text for word in HARMLESS)] == []


@pytest.fixture
def journey(qt):
    """A window that is closed at the end."""
    from tests.gui.journey import open_window

    begun = open_window(qt)
    yield begun
    begun.window.close()
    qt(lambda: not begun.window.isVisible())
    begun.window.deleteLater()
