"""Kinds on the command line: chosen, counted, told for each photo, and only some of them proposed."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photodedup.cli import output
from photodedup.core.values import Kind
from tests.core.match.library import fingerprint
from tests.core.test_found import found_of
from tests.flow.running import photodedup, scan
from tests.pictures import library, save, scene

BEGAN = datetime(2020, 5, 1, 9, 0)


def burst(folder):
    """Two shots of one scene, a second apart, the hand a little lower in the second."""
    wide = scene(9, 900, 640)
    for number, box in enumerate([(0, 0, 640, 480), (60, 60, 700, 540)]):
        save(wide.crop(box), folder / f"burst{number}.jpg", taken=BEGAN + timedelta(seconds=number))


@pytest.fixture
def folder(tmp_path):
    burst(tmp_path / "Photos")
    return library(tmp_path / "Photos", 2)


def test_all_kinds_are_looked_for_and_counted(folder):
    found = scan(folder, "--no-catalogue")
    assert list(found["kinds"]) == [kind.label for kind in Kind]
    assert found["kinds"]["identical-file"] == {"groups": 1, "photos": 1}
    assert found["kinds"]["similar-shot"] == {"groups": 1, "photos": 1}
    shots = found["groups"][-1]
    assert (shots["kind"], shots["keeper"]) == ("similar-shot", None)
    assert [Path(photo["path"]).name for photo in shots["photos"]] == ["burst0.jpg", "burst1.jpg"]
    assert not any(photo["proposed"] for photo in shots["photos"])
    assert shots["photos"][1]["kind"] == "similar-shot"


@pytest.mark.parametrize("kind", ["similar-shot", "identical-file,similar-shot", "edited-copy"])
def test_kinds_can_be_chosen(folder, kind):
    found = scan(folder, "--no-catalogue", "--kinds", kind)
    assert {group["kind"] for group in found["groups"]} <= set(kind.split(","))
    assert set(found["kinds"]) == set(kind.split(","))


def test_a_plan_leaves_similar_shots_alone(folder, tmp_path):
    plan = tmp_path / "plan.json"
    told = photodedup("scan", folder, "--no-catalogue", "--plan", plan)
    going = {Path(each["photo"]["path"]).name for each in json.loads(plan.read_text())["removals"]}
    assert going == {"IMG_0000 (1).jpg", "received.jpg"}
    assert "1 of similar shots" in told.stdout
    assert "?     similar shot" in told.stdout
    assert "copy  identical file" in told.stdout


def test_an_unknown_kind_is_told_with_all_known_ones(tmp_path):
    told = photodedup("scan", tmp_path, "--kinds", "alike")
    assert told.returncode == 2
    assert all(kind.label in told.stderr for kind in Kind)


def test_an_edited_copy_is_told_with_its_place_in_the_source():
    shots = [fingerprint(at, at * (2**40 - 1) << 8, small=at) for at in range(3)]
    found = found_of(shots, [(1, 0, 0.9)])
    found.matches.edits.transform[0] = np.array([[0.5, 0, 0.25], [0, 0.5, 0.25]])
    told = output.as_json(found, found.suggest(0), 0)
    assert told["kinds"]["edited-copy"] == {"groups": 1, "photos": 1}
    source, crop = told["groups"][0]["photos"]
    assert (source["transform"], source["direct"], source["likeness"]) == (None, True, 100)
    assert (crop["kind"], crop["likeness"], crop["direct"]) == ("edited-copy", 90, True)
    assert crop["transform"] == [[0.5, 0, 0.25], [0, 0.5, 0.25]]
    assert not crop["proposed"]


def test_it_is_told_how_a_near_duplicate_is_turned(tmp_path):
    picture = scene(4)
    save(picture, tmp_path / "a.jpg")
    save(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), tmp_path / "mirror.jpg", quality=80)
    save(picture, tmp_path / "same.jpg", quality=70)
    photos = scan(tmp_path, "--no-catalogue")["groups"][0]["photos"]
    turns = {Path(photo["path"]).name: photo["turn"] for photo in photos}
    assert turns == {"a.jpg": None, "mirror.jpg": "mirrored", "same.jpg": "upright"}
