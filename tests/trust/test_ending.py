"""A drive that takes a question and never answers keeps no process that was started from ending."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.pictures import library
from tests.trust import mounting, remains
from tests.trust.breaking import files
from tests.trust.fusing import Mounted

pytestmark = [
    pytest.mark.skipif(bool(mounting.why_not()), reason=str(mounting.why_not())),
    pytest.mark.skipif(not Path("/dev/fuse").exists(), reason="there is no /dev/fuse"),
]

PHOTODEDUP = [sys.executable, "-m", "photodedup"]
SCAN = [*PHOTODEDUP, "scan", "--no-catalogue", "--jobs", "1"]
SWEEPING = "PHOTODEDUP_SWEEP" in os.environ
LIMIT = 2.0
"""Seconds from the stop to the end; half of it for a machine that does other things too."""
ALL = ["readdir", "lookup", "getattr", "open", "read", "flush", "release"]
FILES = ["--kinds", "identical-file"]


@pytest.fixture
def mounted(tmp_path):
    """Mounts photos as a drive that gives no answer to some questions once it hangs."""
    (tmp_path / "place").mkdir()

    def mount(at):
        for name in ("Photos", "Copies"):
            if not (tmp_path / "shown" / name).exists():
                library(tmp_path / "shown" / name, 3)
        return Mounted(tmp_path / "shown", tmp_path / "place", "plain", at), tmp_path / "place"

    return mount


def started(*arguments):
    return subprocess.Popen(
        [*map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )


def stopped(process):
    """Stops it as Ctrl+C does: the seconds to its end and to that of what it said, and that."""
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=10)
    return time.monotonic() - began, said.decode()


def check(drive, process, question, code=1):
    assert drive.wait_until_asked(), question
    time.sleep(0.3)
    seconds, said = stopped(process)
    print(f"{question}: ended {seconds:.2f} s after the stop, {len(remains.left(process.pid))} held")  # noqa: T201
    assert seconds < LIMIT, (question, seconds)
    assert process.returncode == code, (question, said)
    assert ("topped" if code == 1 else "ended by Ctrl+C") in said
    assert remains.only_held(process.pid), question
    drive.vanish()
    assert remains.gone(process.pid), question


QUICK = [("readdir", []), ("flush", FILES), ("read", [])]
SWEEP = [(each, kinds) for kinds in ([], FILES) for each in ALL if each != "release"]


@pytest.mark.parametrize(
    ("question", "kinds"),
    SWEEP if SWEEPING else QUICK,
    ids=lambda each: each if isinstance(each, str) else " ".join(each[1:]) or "all",
)
def test_a_scan_that_is_stopped_ends_though_its_drive_hangs(mounted, question, kinds):
    def task():
        drive, place = mounted(question)
        drive.hang()
        check(drive, started(*SCAN, *kinds, place), question)

    assert mounting.alone(task) == 0


def test_a_drive_that_never_confirms_what_was_let_go_changes_nothing(mounted):
    def task():
        drive, place = mounted("release")
        drive.hang()
        process = started(*SCAN, place)
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        assert b"topped" not in said
        assert not remains.left(process.pid)
        drive.vanish()

    assert mounting.alone(task) == 0


def photodedup(*arguments):
    return subprocess.run([*PHOTODEDUP, *map(str, arguments)], capture_output=True, text=True, check=True)


@pytest.mark.parametrize("question", ["rename rename2", *(["read"] if SWEEPING else [])])
@pytest.mark.parametrize("command", ["trash", "undo"])
def test_a_move_that_is_stopped_ends_though_its_drive_hangs(mounted, tmp_path, question, command):
    def task():
        drive, place = mounted(question)
        before = files(place)
        plan = tmp_path / "plan.json"
        photodedup("scan", place, "--plan", plan)
        arguments = ["trash", plan, "--yes"]
        if command == "undo":
            assert "moved to the trash" in photodedup(*arguments).stdout
            arguments = ["undo"]
        drive.hang()
        check(drive, started(*PHOTODEDUP, *arguments), f"{command}: {question}")
        mounting.unmount(place)
        again, _ = mounted("")
        with suppress(subprocess.CalledProcessError):  # where it hung before anything was moved
            photodedup("undo")
        assert files(place) == before
        again.vanish()

    assert mounting.alone(task) == 0


COMMANDS = {
    "find": ["find", "{}/Photos/2019/IMG_0000.jpg", "--in", "{}", "--no-catalogue"],
    "compare": ["compare", "{}/Photos/2019/IMG_0000.jpg", "{}/Copies/2019/IMG_0000.jpg", "--no-catalogue"],
    "model": ["scan", "{}", "--no-catalogue", "--model", "{}/model.onnx"],
    "plan": ["trash", "{}/plan.json", "--yes"],
    "window": ["{}"],
}


@pytest.mark.parametrize("command", COMMANDS if SWEEPING else ["window"])
def test_every_command_ends_though_all_that_it_is_given_hangs(mounted, command):
    def task():
        drive, place = mounted("")
        drive.hang()
        process = started(*PHOTODEDUP, *(each.format(place) for each in COMMANDS[command]))
        check(drive, process, command, 130 if command == "window" else 1)

    assert mounting.alone(task) == 0
