"""On real photos with ground truth: what must be found is found, and nothing else is put together."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from tests.flow.running import photodedup, scan, snapshot

pytestmark = pytest.mark.corpus
FOLDERS = ("photos", "photos-small", "hard_negatives", "groups")


@pytest.fixture
def truth(corpus) -> dict[str, dict[str, str]]:
    """The rows of groups.csv by path, of the folders that are measured."""
    with (corpus / "groups.csv").open(newline="") as rows:
        return {row["path"]: row for row in csv.DictReader(rows) if row["path"].split("/")[0] in FOLDERS}


@pytest.fixture
def corpus(corpus) -> Path:
    """The corpus by its real path, as a scan tells it."""
    return corpus.resolve()


@pytest.fixture
def found(corpus) -> dict:
    return scan(*(corpus / folder for folder in FOLDERS), "--no-catalogue")


def groups_of(corpus, found, wanted) -> list[list[str]]:
    """The groups of the wanted kinds as paths in the corpus."""
    return [
        [str(Path(photo["path"]).relative_to(corpus)) for photo in group["photos"]]
        for group in found["groups"]
        if wanted(group["kind"])
    ]


def test_shots_of_one_moment_are_of_one_scene(corpus, truth, found):
    groups = groups_of(corpus, found, lambda kind: kind == "similar-shot")
    assert all(len({truth[path]["scene"] for path in group}) == 1 for group in groups)
    shots = ["hard_negatives/banana/DSC_0423.JPG", "hard_negatives/banana/DSC_0424.JPG"]
    assert shots in groups


def test_the_default_finds_what_it_must_and_joins_nothing_else(corpus, truth, found):
    groups = groups_of(corpus, found, lambda kind: kind != "similar-shot")
    wrong = [group for group in groups if len({truth[path]["group"] for path in group}) > 1]
    assert wrong == []
    together = {path for group in groups for path in group}
    missed = {
        expect: sorted(
            path for path, row in truth.items() if row["expect"] == expect and path not in together
        )
        for expect in ("must", "should")
    }
    should = sum(row["expect"] == "should" for row in truth.values())
    assert missed["must"] == []
    assert len(missed["should"]) <= should / 10, missed["should"]


def test_every_must_photo_is_in_the_largest_group_of_its_picture(corpus, truth, found):
    place = {
        str(Path(photo["path"]).relative_to(corpus)): number
        for number, group in enumerate(found["groups"])
        for photo in group["photos"]
    }
    pictures = {row["group"] for row in truth.values() if row["expect"] == "must"}
    for picture in pictures:
        members = [path for path, row in truth.items() if row["group"] == picture and row["expect"] == "must"]
        assert len({place[path] for path in members}) == 1, members


def test_every_file_is_a_photo_or_a_reasoned_skip(corpus):
    hostile = [corpus / name for name in ("hostile", "formats")]
    result = scan(*hostile, "--no-catalogue")
    files = sum(path.is_file() for folder in hostile for path in folder.rglob("*"))
    assert result["photos"] + len(result["skipped"]) == files
    assert all(each["reason"] and each["detail"] for each in result["skipped"])


def test_trash_and_undo_of_real_groups_leave_the_same_tree(corpus, tmp_path):
    folder, plan = tmp_path / "groups", tmp_path / "plan.json"
    shutil.copytree(corpus / "groups", folder)
    before = snapshot(folder)
    photodedup("scan", folder, "--plan", plan)
    removals = len(json.loads(plan.read_text())["removals"])
    assert removals > 50
    moved = photodedup("trash", plan, "--yes")
    assert moved.returncode == 0, moved.stderr
    assert len(snapshot(folder)) == len(before) - removals
    assert photodedup("undo").returncode == 0
    assert snapshot(folder) == before
