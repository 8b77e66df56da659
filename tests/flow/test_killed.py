"""The app may die at any moment of a scan: what was measured stays, no process stays, the end is the same."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.pictures import save, scene


def command(folder, catalogue):
    return [
        sys.executable, "-m", "photodedup", "scan", "--json", "--catalogue", str(catalogue), str(folder)
    ]  # fmt: skip


def children(pid):
    """The processes below a process, those that their parent left included."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"PHOTODEDUP_TEST_MARK={pid}".encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_an_app_killed_at_random_leaves_no_process_and_finds_the_same_in_the_end(tmp_path):
    folder, dice = tmp_path / "photos", random.Random(3)
    for seed in range(60):
        save(scene(seed % 20, 640, 480), folder / f"{seed}.jpg", quality=70 + seed % 25)
    calm = subprocess.run(command(folder, tmp_path / "calm"), capture_output=True, text=True, check=True)
    mark = str(random.SystemRandom().getrandbits(60))
    for _ in range(4):
        process = subprocess.Popen(
            command(folder, tmp_path / "rough"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PHOTODEDUP_TEST_MARK": mark},
        )
        time.sleep(0.3 + dice.random() * 0.6)
        process.kill()
        process.wait()
        end = time.monotonic() + 5
        while children(mark) and time.monotonic() < end:
            time.sleep(0.02)
        assert children(mark) == []
    rough = subprocess.run(command(folder, tmp_path / "rough"), capture_output=True, text=True, check=True)
    assert json.loads(rough.stdout) == json.loads(calm.stdout)
    assert json.loads(calm.stdout)["photos"] == 60
