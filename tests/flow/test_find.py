"""Search by photo as a person does it: `photodedup find PHOTO --in FOLDER`."""

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photodedup.__main__ import main
from tests.pictures import library, save, scene


@pytest.fixture
def catalogue(tmp_path) -> Path:
    return tmp_path / "catalogue.sqlite"


@pytest.fixture
def find(catalogue, capsys):
    """Searches in this process and gives the JSON object."""

    def search(photo, *folders, options=()):
        given = [each for folder in folders for each in ("--in", str(folder))]
        code = main(["find", str(photo), *given, "--json", "--catalogue", str(catalogue), *options])
        out, complaints = capsys.readouterr()
        assert code == 0, complaints
        return json.loads(out)

    return search


def kinds(found, folder):
    return [(str(Path(each["path"]).relative_to(folder)), each["kind"]) for each in found["matches"]]


def test_every_kind_is_found_the_best_first(tmp_path, find):
    folder = library(tmp_path / "Photos")
    original = folder / "2019/IMG_0001.jpg"
    raw = original.read_bytes()
    (folder / "Backup/told.jpg").write_bytes(raw[:2] + b"\xff\xfe\x00\x0aedited!!" + raw[2:])
    shutil.copy(original, folder / "Backup/same.jpg")
    found = find(original, folder)
    assert kinds(found, folder) == [
        ("Backup/same.jpg", "identical-file"),
        ("Backup/told.jpg", "identical-picture"),
        ("Messenger/received.jpg", "near-duplicate"),
    ]
    first, _, last = found["matches"]
    assert (first["distance"], first["likeness"]) == (0, 100)
    assert 0 < last["likeness"] < 100 or last["distance"] == 0
    assert (last["width"], last["height"]) == (320, 240)
    assert (found["photos"], found["found"], found["photo"]) == (8, 3, str(original))


def test_a_photo_elsewhere_is_searched_in_several_folders(tmp_path, find):
    folder = library(tmp_path / "Photos")
    asked = save(scene(1).resize((500, 375)), tmp_path / "Desktop/asked.jpg", quality=70)
    found = find(asked, folder / "2019", folder / "Messenger")
    assert {path for path, _ in kinds(found, folder)} == {"2019/IMG_0001.jpg", "Messenger/received.jpg"}
    assert len(find(asked, folder, options=["--limit", "1"])["matches"]) == 1
    assert find(asked, folder, options=["--kinds", "identical-file"])["matches"] == []
    other = find(save(scene(99), tmp_path / "Desktop/other.jpg"), folder)
    assert (other["found"], other["matches"]) == (0, [])


def test_a_picture_saved_anew_without_loss_is_identical_only_where_that_is_proven(tmp_path, find):
    folder = tmp_path / "Photos"
    original = save(scene(2), folder / "a.png")
    save(scene(2), folder / "b.webp", lossless=True)
    almost = scene(2)
    almost.putpixel((5, 5), (255, 0, 255))
    save(almost, folder / "c.tiff")
    assert dict(kinds(find(original, folder), folder)) == {
        "b.webp": "identical-picture",
        "c.tiff": "near-duplicate",
    }


def test_a_part_of_a_photo_is_found_under_it_and_it_under_the_part(tmp_path, find):
    folder = tmp_path / "Photos"
    whole = save(scene(5, 1200, 900), folder / "whole.jpg")
    save(scene(6, 1200, 900), folder / "other.jpg")
    part = save(scene(5, 1200, 900).crop((240, 180, 1080, 810)), tmp_path / "part.jpg", quality=80)
    (match,) = find(part, folder)["matches"]
    assert (Path(match["path"]), match["kind"]) == (whole, "edited-copy")
    assert np.abs(np.array(match["transform"]) - [[0.7, 0, 0.2], [0, 0.7, 0.2]]).max() < 0.01
    assert match["likeness"] > 50
    (match,) = find(whole, tmp_path, options=["--kinds", "edited-copy"])["matches"]
    assert Path(match["path"]) == part
    assert np.abs(np.array(match["transform"])[:, 2] + 0.2 / 0.7).max() < 0.02
    assert find(part, folder, options=["--kinds", "near-duplicate"])["matches"] == []


def test_turned_copies_and_shots_of_the_same_moment_are_named(tmp_path, find):
    folder = tmp_path / "Photos"
    taken = datetime(2020, 5, 1, 10, 0, 0)
    whole = scene(7, 1200, 900)
    asked = save(whole, folder / "a.jpg", taken=taken)
    save(whole.transpose(Image.Transpose.ROTATE_90), folder / "turned.jpg", quality=80)
    moved = whole.crop((60, 45, 1200, 900)).resize((1200, 900))
    save(moved, folder / "moved.jpg", taken=taken + timedelta(seconds=2))
    save(scene(8), folder / "elsewhere.jpg", taken=taken + timedelta(seconds=1))
    names = dict(kinds(find(asked, folder, options=["--kinds", "near-duplicate,similar-shot"]), folder))
    assert names == {"turned.jpg": "near-duplicate", "moved.jpg": "similar-shot"}


def test_the_file_itself_is_no_copy_under_any_name(tmp_path, find):
    folder = library(tmp_path / "Photos")
    original = folder / "2019/IMG_0002.jpg"
    (tmp_path / "link.jpg").symlink_to(original)
    os.link(original, tmp_path / "second name.jpg")
    assert find(original, folder)["matches"] == []
    assert find(tmp_path / "link.jpg", folder)["matches"] == []
    assert find(tmp_path / "second name.jpg", folder)["matches"] == []


def test_what_the_catalogue_knows_is_not_read_again(tmp_path, find, catalogue):
    folder = library(tmp_path / "Photos")
    asked = save(scene(1), tmp_path / "asked.jpg", quality=60)
    first = find(asked, folder)
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    trace = tmp_path / "trace"
    command = ["strace", "-f", "-e", "trace=openat", "-o", str(trace), sys.executable, "-m", "photodedup"]
    options = ["find", str(asked), "--in", str(folder), "--json", "--catalogue", str(catalogue)]
    again = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    assert json.loads(again.stdout) == first
    assert ".jpg" not in trace.read_text(errors="replace")


def test_lines_for_people_name_kind_and_likeness(tmp_path, capsys, catalogue):
    folder = library(tmp_path / "Photos")
    asked = folder / "2019/IMG_0000.jpg"
    assert main(["find", str(asked), "--in", str(folder), "--catalogue", str(catalogue)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("identical file     100.0 %")
    assert out[0].endswith("IMG_0000 (1).jpg")
    assert out[-1] == "1 copy among 6 photos."


def test_names_that_are_no_text_are_found(tmp_path, find):
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9\n"))
    original = save(scene(1), folder / "-a.jpg")
    shutil.copy(original, folder / "b \U0001f600.jpg")
    assert kinds(find(original, folder), folder) == [("b \U0001f600.jpg", "identical-file")]


@pytest.mark.parametrize(
    ("photo", "sentence"),
    [
        ("nothing.jpg", "There is no photo"),
        ("2019", "is a folder: name one photo"),
        ("empty.jpg", "is empty"),
        ("text.jpg", "holds no picture"),
    ],
)
def test_what_is_no_photo_is_told_in_one_sentence(tmp_path, capsys, photo, sentence):
    folder = library(tmp_path / "Photos")
    (folder / "empty.jpg").touch()
    (folder / "text.jpg").write_text("hello there " * 9)
    assert main(["find", str(folder / photo), "--in", str(folder), "--no-catalogue"]) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("photodedup: ")]
    assert len(lines) == 1
    assert sentence in lines[0]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "--in"),
        (("--in", "nowhere"), "There is no folder nowhere"),
        (("--in", ".", "--limit", "0"), "--limit takes a whole number, 1 or more"),
        (("--in", ".", "--threshold", "99"), "--threshold goes up to 64"),
    ],
)
def test_wrong_use_of_find_is_told_in_one_sentence(tmp_path, monkeypatch, capsys, options, sentence):
    monkeypatch.chdir(tmp_path)
    save(scene(1), tmp_path / "a.jpg")
    assert main(["find", "a.jpg", *options, "--no-catalogue"]) == 2
    complaint = capsys.readouterr().err
    assert sentence in complaint
    assert complaint.count("\n") == 1
