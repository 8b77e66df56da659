"""The journeys once more on a real X server, where Xvfb is there."""

import os
import shutil
import subprocess
import sys

import pytest


@pytest.fixture
def display():
    """An X server without a screen."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x830x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as number:
        name = number.readline().strip()
    if not name:
        pytest.skip("Xvfb does not start here")
    yield f":{name}"
    server.terminate()
    server.wait()


@pytest.mark.parametrize(
    "journey",
    ["test_choose_scan_slide_mark_trash_and_undo", "test_a_click_on_a_picture_and_the_buttons_mark"],
)
def test_the_journey_goes_on_a_real_screen(display, journey):
    environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        f"tests/gui/test_journey.py::{journey}",
    ]
    result = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=180
    )
    assert result.returncode == 0, result.stdout[-3000:]
