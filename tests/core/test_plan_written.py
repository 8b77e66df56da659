"""A plan outlives the program in a file, which is never written over anything else."""

import json
import os
from pathlib import Path

import pytest

from photodedup.core import disk
from photodedup.core.errors import NoKeeperError, WrongUseError
from photodedup.core.plan import Plan, check_destination, read_plan, write_plan
from photodedup.core.values import Kind, Removal, Witness
from tests.core.test_plan import removal, witness


def test_a_plan_is_read_as_it_was_written(tmp_path):
    odd = Path("/photos/caf\udce9\n📷.jpg")
    plan = Plan((Removal(Witness(odd, 1, 2, 3, 4, b"x" * 32), witness("b", 9), Kind.NEAR_DUPLICATE, 12),))
    write_plan(plan, tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == plan


def test_a_plan_that_was_altered_to_remove_a_keeper_is_refused(tmp_path):
    path = tmp_path / "plan.json"
    write_plan(Plan((removal("a", "b"), removal("c", "d"))), path)
    path.write_text(path.read_text().replace("/photos/d", "/photos/a"))
    with pytest.raises(NoKeeperError):
        read_plan(path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("no json", "is not a plan"),
        ("[]", "is not a plan"),
        ('{"photodedup": "plan", "schema": 2, "removals": []}', "another version"),
        ('{"photodedup": "plan", "schema": 99}', "another version"),
        ('{"photodedup": "plan", "schema": 3}', "is damaged"),
        ('{"photodedup": "plan", "schema": 3, "removals": [{"photo": 1}]}', "is damaged"),
        ('{"photodedup": "plan", "schema": 3, "removals": {"a": 1}}', "is damaged"),
        ('{"photodedup": "plan", "schema": [3], "removals": []}', "another version"),
        ("[" * 100_000, "is not a plan"),
    ],
)
def test_a_file_that_is_no_plan_is_told(tmp_path, content, sentence):
    path = tmp_path / "plan.json"
    path.write_text(content)
    with pytest.raises(WrongUseError, match=sentence):
        read_plan(path)


@pytest.mark.parametrize(
    ("name", "value"),
    [("path", "a"), ("path", "/a\0.jpg"), ("size", float("inf")), ("content", "00")],
)
def test_what_cannot_be_a_photo_in_a_plan_is_damage(tmp_path, name, value):
    path = tmp_path / "plan.json"
    write_plan(Plan((removal("a", "b"),)), path)
    document = json.loads(path.read_text())
    document["removals"][0]["photo"][name] = value
    path.write_text(json.dumps(document))
    with pytest.raises(WrongUseError, match="is damaged"):
        read_plan(path)


def test_a_missing_plan_is_told(tmp_path):
    with pytest.raises(WrongUseError, match=r"cannot be read: No such file"):
        read_plan(tmp_path / "none.json")


def test_a_plan_replaces_only_a_plan(tmp_path):
    path = tmp_path / "plan.json"
    write_plan(Plan(()), path)
    write_plan(Plan((removal("a", "b"),)), path)
    assert len(read_plan(path).removals) == 1
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"\xff\xd8")
    with pytest.raises(WrongUseError, match="exists and is not a plan"):
        write_plan(Plan(()), photo)
    assert photo.read_bytes() == b"\xff\xd8"


@pytest.mark.parametrize("schema", [1, 2])
def test_a_plan_of_an_earlier_version_is_not_run_but_replaced(tmp_path, schema):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"photodedup": "plan", "schema": schema, "removals": []}))
    with pytest.raises(WrongUseError, match=r"made by another version of photodedup\. Make a new one"):
        read_plan(path)
    check_destination(path)
    write_plan(Plan((removal("a", "b"),)), path)
    assert len(read_plan(path).removals) == 1


def test_the_place_of_a_plan_is_looked_at_before(tmp_path):
    path = tmp_path / "plan.json"
    check_destination(path)
    write_plan(Plan(()), path)
    check_destination(path)
    with pytest.raises(WrongUseError, match=r"there is no folder .*none\. Choose another one"):
        check_destination(tmp_path / "none" / "plan.json")


def test_a_read_only_folder_for_a_plan_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    with pytest.raises(WrongUseError, match="is read-only"):
        check_destination(tmp_path / "plan.json")


@pytest.mark.parametrize(
    "what", ["photo", "folder", "pipe", "dangling link", "link to a plan", "altered plan"]
)
def test_what_is_no_plan_is_never_replaced(tmp_path, what):
    path = tmp_path / "plan.json"
    if what == "photo":
        path.write_bytes(b"\xff\xd8")
    elif what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "dangling link":
        path.symlink_to(tmp_path / "nowhere")
    elif what == "link to a plan":
        write_plan(Plan(()), tmp_path / "other.json")
        path.symlink_to(tmp_path / "other.json")
    else:
        write_plan(Plan((removal("a", "b"), removal("c", "d"))), path)
        path.write_text(path.read_text().replace("/photos/d", "/photos/a"))
    before = os.lstat(path)
    for call in (check_destination, lambda place: write_plan(Plan(()), place)):
        with pytest.raises(WrongUseError, match="exists and is not a plan"):
            call(path)
    assert os.lstat(path) == before


def test_a_plan_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "create_exclusive", full)
    with pytest.raises(WrongUseError, match=r"could not be written to .*: No space left on device"):
        write_plan(Plan(()), tmp_path / "plan.json")
