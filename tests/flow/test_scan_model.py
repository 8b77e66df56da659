"""A scan with a neural network of the person's own: groups, JSON, wrong models, and what asks for none."""

import json
from pathlib import Path

import pytest

pytest.importorskip("onnx", reason="tests make models with onnx")
pytest.importorskip("onnxruntime", reason="photodedup[model] is not installed")

from photodedup.cli import run_command
from photodedup.core.match.embedding import likest
from tests.flow.running import photodedup, scan
from tests.models import no_picture_model, tiny_model
from tests.pictures import shots


@pytest.fixture
def folder(tmp_path):
    return shots(tmp_path / "Photos")


@pytest.fixture
def model(tmp_path):
    return tiny_model(tmp_path / "tiny.onnx", [1, 3, 32, 32])


def test_a_scan_with_a_model_tells_similar_shots_with_their_cosine(folder, model, tmp_path):
    plan = tmp_path / "plan.json"
    options = folder, "--no-catalogue", "--model", model, "--model-threshold", "0.97"
    found = scan(*options)
    assert found["model_threshold"] == 0.97
    group = found["groups"][-1]
    assert (group["kind"], group["keeper"]) == ("similar-shot", None)
    assert group["why"] == "shots of one moment, or alike to the network: look which are worth keeping"
    names = [Path(photo["path"]).name for photo in group["photos"]]
    likeness = [photo["likeness"] for photo in group["photos"]]
    assert dict(zip(names, likeness, strict=True))["1.jpg"] >= 97
    assert not any(photo["proposed"] for photo in group["photos"])
    told = photodedup("scan", *options, "--plan", plan)
    assert "similar shot" in told.stdout
    assert "Shots" not in plan.read_text()
    assert json.loads(plan.read_text())["removals"]


def test_without_a_model_nothing_is_said_of_it(folder):
    assert scan(folder, "--no-catalogue")["model_threshold"] is None


def test_a_wrong_model_is_one_sentence(folder, tmp_path, capsys):
    no_picture_model(tmp_path / "words.onnx")
    (tmp_path / "garbage.onnx").write_bytes(b"x" * 100)
    for name, sentence in (
        ("words.onnx", "words.onnx takes no pictures: choose a model"),
        ("garbage.onnx", "is no model in ONNX, or a damaged one: choose another file."),
        ("none.onnx", "There is no model"),
    ):
        assert run_command(["scan", str(folder), "--no-catalogue", "--model", str(tmp_path / name)]) == 2
        told = capsys.readouterr()
        assert sentence in told.err
        assert (told.out, told.err.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--model-threshold", "0.9"], "--model-threshold needs --model"),
        (["--model", "m.onnx", "--kinds", "near-duplicate"], "add similar-shot to --kinds"),
        (["--model", "m.onnx", "--model-threshold", "90"], "a number above 0 and up to 1, not '90'"),
        (["--model", "m.onnx", "--model-threshold", "nan"], "a number above 0 and up to 1, not 'nan'"),
        (["--model", "m.onnx", "--model-threshold", "high"], "a number above 0 and up to 1, not 'high'"),
    ],
)
def test_options_that_make_no_sense_are_told(tmp_path, capsys, options, sentence):
    assert run_command(["scan", str(tmp_path), "--no-catalogue", *options]) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert told.count("\n") == 1


def test_a_threshold_that_had_to_rise_is_told(folder, model, capsys, monkeypatch):
    monkeypatch.setattr(likest, "MOST", 2)
    options = ["--no-catalogue", "--model", str(model), "--model-threshold", "0.1", "--json"]
    assert run_command(["scan", str(folder), *options]) == 0
    told = capsys.readouterr()
    assert "too many photos are alike to the model at 0.1" in told.err
    assert json.loads(told.out)["model_threshold"] > 0.1


def test_the_help_names_the_usual_cosines(capsys):
    with pytest.raises(SystemExit):
        run_command(["scan", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "0.75 for sscd" in told
    assert "--model FILE" in told
