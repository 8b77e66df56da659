"""A drive that hangs keeps neither the window nor Python from ending; the photos are whole afterwards."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from photodedup.core.catalogue import journal_folder
from photodedup.core.errors import UndoError
from photodedup.core.undo import put_back
from tests.pictures import library
from tests.trust import mounting, remains
from tests.trust.breaking import files
from tests.trust.fusing import Mounted

pytestmark = [
    pytest.mark.skipif(bool(mounting.why_not()), reason=str(mounting.why_not())),
    pytest.mark.skipif(not Path("/dev/fuse").exists(), reason="there is no /dev/fuse"),
]

ALL = ["pictures", "move", "find", "compare", "scan"]
LIMIT = 1.2
"""Seconds that closing may take; a fifth of it for a machine that does other things too."""
ENDING = 2.0
"""Seconds that the process which was started may then take to its end; half of it, again, for the machine."""


def left(drive, place, what):
    """Opens the window, lets the drive hang, and closes it: seconds to the end of both."""
    command = [sys.executable, "-m", "tests.trust.leaving", place, what]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes, start_new_session=True) as process:
        assert process.stdout.readline() == "ready\n"
        drive.hang()
        process.stdin.write("\n")
        process.stdin.flush()
        closed = float(process.stdout.readline())
        began = time.monotonic()
        assert process.wait(30) == 0
        seconds = time.monotonic() - began
        print(f"{what}: closed after {closed:.2f} s, ended {seconds:.2f} s later")  # noqa: T201
        assert remains.only_held(process.pid)
        drive.vanish()
        assert remains.gone(process.pid)
        return closed, seconds


@pytest.mark.parametrize("what", ALL if "PHOTODEDUP_SWEEP" in os.environ else ALL[:2])
def test_a_drive_that_hangs_keeps_neither_window_nor_process(tmp_path, what):
    place, shown = tmp_path / "place", tmp_path / "shown"
    place.mkdir()
    shown.mkdir()

    def task():
        library(shown / "Photos", 3)
        before = files(shown)
        drive = Mounted(shown, place)
        closed, ending = left(drive, place, what)
        assert closed < LIMIT, closed
        assert ending < ENDING, ending
        mounting.unmount(place)
        again = Mounted(shown, place)
        with suppress(UndoError):  # it hung before anything was moved
            put_back(journal_folder())
        assert files(shown) == before
        again.vanish()

    assert mounting.alone(task) == 0
