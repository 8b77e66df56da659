"""What is told before the question: photos that could not be moved."""

import os
from pathlib import Path

import pytest

from photodedup.core.errors import TrashError
from photodedup.core.trash import freedesktop
from photodedup.core.trash.freedesktop import FreedesktopTrash
from tests.core.trash.library import pair


def test_a_read_only_folder_is_told_before_anything_is_moved(data_home, tmp_path, monkeypatch):
    made = pair(tmp_path)
    able = os.access

    def access(path, mode, **options):
        return Path(path) != made.photo.path.parent and able(path, mode, **options)

    monkeypatch.setattr(freedesktop.os, "access", access)
    with pytest.raises(TrashError, match=r"its folder is read-only\. It stays where it is\."):
        FreedesktopTrash().check(made.photo.path)
