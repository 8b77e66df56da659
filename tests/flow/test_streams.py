"""What is done to photos does not hang on whether somebody can be told of it: closed and broken streams."""

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flow.running import photodedup
from tests.pictures import library

PHOTODEDUP = f'"{sys.executable}" -m photodedup'


def planned(tmp_path, copies=1):
    """A library with a plan for it, and how many photos of it are to go."""
    folder, plan = library(tmp_path / "photos"), tmp_path / "plan.json"
    for number in range(copies):
        shutil.copytree(folder / "2019", folder / f"copy {number}")
    assert photodedup("scan", folder, "--plan", plan).returncode == 0
    return plan, len(json.loads(plan.read_text())["removals"])


def batches():
    return json.loads(photodedup("history", "--json").stdout)["batches"]


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "2>/dev/full"])
def test_a_plan_is_made_and_done_though_streams_are_closed(tmp_path, closed):
    folder, plan = library(tmp_path / "photos"), tmp_path / "plan.json"
    for command in (f'scan "{folder}" --plan "{plan}"', f'trash "{plan}" --yes'):
        result = subprocess.run(
            f"{PHOTODEDUP} {command} {closed}", shell=True, capture_output=True, text=True, check=False
        )
        assert (result.returncode, result.stderr.count("Traceback")) == (0, 0), result.stderr
    (batch,) = batches()
    assert [photo["state"] for photo in batch["photos"]] == ["moved"] * 2
    assert (batch["damaged"], batch["finished"]) == (False, True)


def test_a_terminal_that_goes_does_not_end_a_batch_in_its_middle(tmp_path):
    plan, count = planned(tmp_path, copies=20)
    try:
        ours, theirs = pty.openpty()
    except OSError as error:
        pytest.skip(f"there are no terminals here: {error}")
    command = [sys.executable, "-m", "photodedup", "trash", str(plan), "--yes"]
    with subprocess.Popen(command, stderr=theirs, stdout=subprocess.PIPE, text=True) as process:
        os.close(theirs)
        os.read(ours, 1)  # the first it says of its progress
        os.close(ours)
        told, _ = process.communicate(timeout=60)
    assert told.startswith(f"{count} photos moved to the trash")
    assert process.returncode == 0
    assert batches()[0]["finished"]


def test_a_complaint_names_the_folder_too(tmp_path):
    plan, _ = planned(tmp_path)
    (removal, *_) = json.loads(plan.read_text())["removals"]
    photo = Path(removal["photo"]["path"])
    photo.write_bytes(photo.read_bytes() + b"more")
    result = photodedup("trash", plan, "--yes")
    assert result.returncode == 1
    assert (
        f"photodedup: {photo} has changed since the scan. It stays where it is. Scan again." in result.stderr
    )
