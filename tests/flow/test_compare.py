"""Two photos compared on the command line."""

import json
from datetime import datetime, timedelta

import pytest

from photodedup.cli import run_command
from tests.pictures import save, scene

MEASURES = ["euclidean", "ssim", "image_hash", "cosine", "network"]


@pytest.fixture
def photo(tmp_path):
    return save(scene(1), tmp_path / "a.jpg")


def compared(capsys, *arguments):
    assert run_command(["compare", *map(str, arguments), "--no-catalogue", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_an_identical_file_is_alike_by_every_measure(photo, tmp_path, capsys):
    (tmp_path / "b.jpg").write_bytes(photo.read_bytes())
    found = compared(capsys, photo, tmp_path / "b.jpg")
    assert (found["kind"], found["distance"], found["likeness"]) == ("identical-file", 0, 100)
    assert found["photos"] == [str(photo), str(tmp_path / "b.jpg")]
    assert list(found["measures"]) == MEASURES
    assert [found["measures"][name] for name in MEASURES] == [100, 100, 100, 100, None]


def test_a_turned_copy_is_turned_before_it_is_measured(photo, tmp_path, capsys):
    turned = save(scene(1).rotate(90, expand=True), tmp_path / "b.png")
    found = compared(capsys, photo, turned)
    assert found["kind"] == "near-duplicate"
    assert found["turn"] == "left"
    assert found["measures"]["ssim"] > 90


def test_other_pictures_are_no_copies(photo, tmp_path, capsys):
    found = compared(capsys, photo, save(scene(2), tmp_path / "b.jpg"))
    assert (found["kind"], found["transform"]) == (None, None)
    assert found["measures"]["ssim"] < 50


def test_shots_of_one_moment_are_told(tmp_path, capsys):
    wide, began = scene(9, 900, 640), datetime(2020, 5, 1, 9, 0)
    shots = [
        save(wide.crop(box), tmp_path / f"{at}.jpg", taken=began + timedelta(seconds=at))
        for at, box in enumerate([(0, 0, 640, 480), (60, 60, 700, 540)])
    ]
    assert compared(capsys, *shots)["kind"] == "similar-shot"


def test_a_model_adds_the_fifth_measure(photo, tmp_path, capsys):
    pytest.importorskip("onnx", reason="tests make models with onnx")
    from tests.models import tiny_model

    model = tiny_model(tmp_path / "tiny.onnx", [1, 3, 32, 32])
    other = save(scene(1), tmp_path / "b.jpg", quality=50)
    assert compared(capsys, photo, other, "--model", model)["measures"]["network"] > 95


def test_people_read_the_measures_as_lines(photo, tmp_path, capsys):
    assert (
        run_command(["compare", str(photo), str(save(scene(2), tmp_path / "b.jpg")), "--no-catalogue"]) == 0
    )
    told = capsys.readouterr().out
    assert told.startswith("no copies of each other, ")
    assert "structural similarity" in told
    assert "neural network          no --model" in told


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ("a.jpg", "are one file"),
        ("none.jpg", "There is no photo"),
        ("notes.txt", "Name another photo"),
    ],
)
def test_what_cannot_be_compared_is_told(photo, tmp_path, capsys, other, sentence):
    (tmp_path / "notes.txt").write_text("hello")
    assert run_command(["compare", str(photo), str(tmp_path / other), "--no-catalogue"]) == 2
    assert sentence in capsys.readouterr().err
