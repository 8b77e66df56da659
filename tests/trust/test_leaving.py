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
from tests.trust import mounting
from tests.trust.breaking import files
from tests.trust.fusing import Mounted

pytestmark = [
    pytest.mark.skipif(bool(mounting.why_not()), reason=str(mounting.why_not())),
    pytest.mark.skipif(not Path("/dev/fuse").exists(), reason="there is no /dev/fuse"),
]

ALL = ["pictures", "move", "find", "compare", "scan"]
LIMIT = 1.2
"""Seconds that closing may take; a fifth of it for a machine that does other things too."""
ENDING = 5.0
"""Seconds that Python may then take to its end; threads in the drive stay until the kernel lets them go."""


def left(drive, place, what):
    """Opens the window, lets the drive hang, and closes it: seconds to the end of both."""
    command = [sys.executable, "-m", "tests.trust.leaving", place, what]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        drive.hang()
        process.stdin.write("\n")
        process.stdin.flush()
        closed = float(process.stdout.readline())
        began = time.monotonic()
        while not ended(process.pid) and time.monotonic() < began + 30:
            time.sleep(0.02)
        seconds = time.monotonic() - began
        drive.vanish()
        assert process.wait(30) == 0
        return closed, seconds


def ended(pid):
    """Whether the first thread of a process is over, and with it Python."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


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
