"""Numbers, times and paths read as people read them."""

from pathlib import Path

import pytest

from photodedup.core.values import Progress, Stage
from photodedup.gui import words


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 KB"),
        (412_300, "412 KB"),
        (999_600, "1.0 MB"),
        (1_400_000_000, "1.4 GB"),
        (5 * 10**15, "5000 TB"),
    ],
)
def test_sizes_have_decimal_units(number, text):
    assert words.size(number) == text


def test_counts_take_the_plural_and_thousands():
    assert words.count(1, "photo") == "1 photo"
    assert words.count(12345, "photo") == "12,345 photos"
    assert words.count(2, "file or folder", "files and folders") == "2 files and folders"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(3, "a few seconds left"), (42, "40 s left"), (240, "4 min left"), (7800, "2 h 10 min left")],
)
def test_time_left_is_coarse(seconds, text):
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("stage", "done", "total", "text"),
    [
        (Stage.LOOKING, 1, None, "Looking for photos   1 file"),
        (Stage.READING, 1, 1200, "Reading photos   1 of 1,200"),
        (Stage.RECOGNISING, 301, None, "Looking for edited copies   301 photos"),
        (Stage.RECOGNISING, 12, 4096, "Looking for edited copies   12 of 4,096 likely pairs"),
        (Stage.PROVING, 0, 1, "Proving identical pictures   0 of 1 photo"),
        (Stage.RESTORING, 2, 3, "Putting back   2 of 3 files"),
    ],
)
def test_progress_says_what_it_counts(stage, done, total, text):
    assert words.progress(Progress(stage, done, total)) == text


def test_names_that_are_no_text_can_be_shown():
    assert words.shown(Path("/a/\udcff\n.jpg")) == "/a/��.jpg"


def test_a_folder_is_told_from_the_chosen_one_on():
    roots = [Path("/home/me/Photos"), Path("/mnt/Backup")]
    assert words.folder(Path("/home/me/Photos/2019/07/a.jpg"), roots) == "Photos/2019/07"
    assert words.folder(Path("/mnt/Backup/a.jpg"), roots) == "Backup"
    assert words.folder(Path("/else/where/a.jpg"), roots) == "/else/where"


def test_chosen_folders_of_one_name_are_told_apart():
    roots = [Path("/home/me/Photos"), Path("/mnt/nas/Photos")]
    assert words.folder(Path("/home/me/Photos/2019/a.jpg"), roots) == "/home/me/Photos/2019"
    assert words.folder(Path("/mnt/nas/Photos/2019/a.jpg"), roots) == "/mnt/nas/Photos/2019"


def test_folder_names_count_the_rest():
    assert words.folder_names([]) == ""
    assert words.folder_names([Path("/a/Photos")]) == "Photos"
    assert words.folder_names([Path("/a/Photos"), Path("/b"), Path("/c")]) == "Photos and 2 more"
    assert words.folder_names([Path("/")]) == "/"
