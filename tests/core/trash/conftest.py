"""What the tests of the trash share: a way to move, and a second volume."""

import os
import shutil
import uuid
from pathlib import Path

import pytest

from photodedup.core.trash import move_to_trash, trash_can


@pytest.fixture
def move(data_home, tmp_path):
    """Moves removals with the journal of this test."""
    return lambda removals, **more: move_to_trash(removals, tmp_path / "journal", trash_can(), **more)


@pytest.fixture
def second(data_home):
    """A folder on another volume than the home trash."""
    base = Path("/dev/shm")
    if not os.access(base, os.W_OK) or base.stat().st_dev == data_home.stat().st_dev:
        pytest.skip("there is no second volume at /dev/shm to write to")
    folder = base / f"photodedup-{uuid.uuid4().hex}"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)
