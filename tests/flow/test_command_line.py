"""The whole line without a window: scan, plan, trash, history, undo, as a script would do it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pictures import library, save, scene


def photodedup(*arguments: object, **options) -> subprocess.CompletedProcess[str]:
    """Runs photodedup as a person would."""
    command = [sys.executable, "-m", "photodedup", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, **options)


def scan(*arguments: object) -> dict:
    """Scans and gives the JSON object."""
    result = photodedup("scan", *arguments, "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def snapshot(folder: Path) -> dict:
    """Every file and folder with content, mode and time."""
    return {
        path.relative_to(folder): (
            path.read_bytes() if path.is_file() else None,
            path.stat().st_mode,
            path.stat().st_mtime_ns,
        )
        for path in [folder, *folder.rglob("*")]
    }


def test_scan_says_what_it_found(tmp_path):
    folder = library(tmp_path / "Photos")
    found = scan(folder)
    assert {key: found[key] for key in ("schema", "threshold", "hash", "photos", "skipped")} == {
        "schema": 1,
        "threshold": 48,
        "hash": "phash256",
        "photos": 6,
        "skipped": [],
    }
    identical, near = found["groups"]
    assert (identical["kind"], near["kind"]) == ("identical-file", "near-duplicate")
    assert identical["keeper"] == str(folder / "2019/IMG_0000.jpg")
    assert identical["why"] == "plainest name"
    assert [photo["distance"] for photo in identical["photos"]] == [0, 0]
    small = next(photo for photo in near["photos"] if "Messenger" in photo["path"])
    assert (small["width"], small["height"], small["taken"]) == (320, 240, None)
    assert 0 <= small["distance"] <= 48
    large = next(photo for photo in near["photos"] if "2019" in photo["path"])
    assert large["taken"] == "2019-07-21T12:30:00"
    copies = [folder / "Backup/IMG_0000 (1).jpg", folder / "Messenger/received.jpg"]
    assert found["space_to_free"] == sum(path.stat().st_size for path in copies)


def test_other_metadata_make_an_identical_picture(tmp_path):
    original = save(scene(1), tmp_path / "a.jpg")
    raw = original.read_bytes()
    (tmp_path / "b.jpg").write_bytes(raw[:2] + b"\xff\xfe\x00\x0aedited!!" + raw[2:])
    assert [group["kind"] for group in scan(tmp_path)["groups"]] == ["identical-picture"]


def test_a_second_scan_decodes_nothing(tmp_path):
    folder = library(tmp_path / "Photos")
    first = scan(folder)
    trace = tmp_path / "trace"
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    command = ["strace", "-f", "-e", "trace=openat", "-o", trace, sys.executable, "-m", "photodedup"]
    again = subprocess.run([*command, "scan", folder, "--json"], capture_output=True, text=True, check=True)
    assert json.loads(again.stdout) == first
    assert ".jpg" not in trace.read_text(errors="replace")


def test_trash_and_undo_leave_the_same_tree(tmp_path):
    folder = library(tmp_path / "Photos")
    before, plan = snapshot(folder), tmp_path / "plan.json"
    assert photodedup("scan", folder, "--plan", plan).returncode == 0
    listed = photodedup("trash", plan)
    assert listed.returncode == 0
    assert "2 photos to be moved to the trash" in listed.stdout
    assert snapshot(folder) == before
    moved = photodedup("trash", plan, "--yes")
    assert moved.returncode == 0, moved.stderr
    gone = {path for path in before if not (folder / path).exists()}
    assert gone == {Path("Backup/IMG_0000 (1).jpg"), Path("Messenger/received.jpg")}
    batch = moved.stdout.split("batch ")[1].strip()
    history = json.loads(photodedup("history", "--json").stdout)
    assert [each["batch"] for each in history["batches"]] == [batch]
    assert {photo["state"] for photo in history["batches"][0]["photos"]} == {"moved"}
    assert batch in photodedup("history").stdout
    assert photodedup("undo", batch).returncode == 0
    assert snapshot(folder) == before


def test_undo_without_a_name_takes_the_latest_batch(tmp_path):
    folder = library(tmp_path / "Photos")
    before = snapshot(folder)
    photodedup("scan", folder, "--plan", tmp_path / "plan.json")
    photodedup("trash", tmp_path / "plan.json", "--yes")
    assert "2 photos put back" in photodedup("undo").stdout
    assert snapshot(folder) == before


def test_a_stale_plan_moves_nothing(tmp_path):
    folder = library(tmp_path / "Photos")
    photodedup("scan", folder, "--plan", tmp_path / "plan.json")
    for path in folder.rglob("*.jpg"):
        path.write_bytes(path.read_bytes() + b"x")
    before = snapshot(folder)
    result = photodedup("trash", tmp_path / "plan.json", "--yes")
    assert result.returncode == 1
    assert "has changed since the scan" in result.stderr
    assert snapshot(folder) == before


def test_a_plan_never_replaces_a_photo(tmp_path):
    folder = library(tmp_path / "Photos")
    photo = folder / "2019/IMG_0003.jpg"
    before = photo.read_bytes()
    result = photodedup("scan", folder, "--plan", photo)
    assert result.returncode == 2
    assert "is not a plan" in result.stderr
    assert photo.read_bytes() == before


def test_an_earlier_plan_is_replaced(tmp_path):
    folder = library(tmp_path / "Photos")
    for _ in range(2):
        assert photodedup("scan", folder, "--plan", tmp_path / "plan.json").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["scan", "/no/such/folder"], "/no/such/folder"),
        (["scan"], "FOLDER"),
        (["scan", ".", "--threshold", "65"], "--threshold goes up to 64 bits with phash256, not 65."),
        (["scan", ".", "--threshold", "-1"], "--threshold"),
        (["scan", ".", "--threshold", "many"], "takes a whole number of bits"),
        (["scan", ".", "--hash", "md5"], "md5"),
        (["scan", ".", "--kinds", "twins"], "'twins' is no kind"),
        (["scan", ".", "--jobs", "0"], "--jobs takes a whole number, 1 or more"),
        (["scan", ".", "--catalogue", "x", "--no-catalogue"], "not allowed with"),
        (["trash", "/no/such/plan"], "cannot be read"),
        (["trash", __file__], "is not a plan"),
        (["--wrong"], "--wrong"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(tmp_path, arguments, sentence):
    result = photodedup(*arguments, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    assert result.returncode == 2, result.stdout
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_undo_of_an_unknown_batch_is_told(tmp_path):
    result = photodedup("undo", "no-such-batch")
    assert result.returncode in (1, 2)
    assert "no-such-batch" in result.stderr
    assert "Traceback" not in result.stderr


def test_undo_without_any_batch_is_told():
    result = photodedup("undo")
    assert result.returncode in (1, 2)
    assert "Traceback" not in result.stderr


def test_skipped_files_are_no_failure(tmp_path):
    save(scene(1), tmp_path / "whole.jpg")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff broken")
    (tmp_path / os.fsdecode(b"n\xe9on.jpg")).write_bytes((tmp_path / "whole.jpg").read_bytes())
    found = scan(tmp_path, "--no-catalogue")
    reasons = {Path(each["path"]).name: each["reason"] for each in found["skipped"]}
    assert reasons == {"empty.jpg": "empty", "notes.txt": "not-a-picture", "broken.jpg": "damaged"}
    assert all(each["detail"] for each in found["skipped"])
    assert [os.fsencode(photo["path"])[-8:] for photo in found["groups"][0]["photos"]] == [
        b"n\xe9on.jpg",
        b"hole.jpg",
    ]


def test_only_the_wanted_kinds_are_listed(tmp_path):
    folder = library(tmp_path / "Photos")
    kinds = [group["kind"] for group in scan(folder, "--kinds", "identical-file")["groups"]]
    assert kinds == ["identical-file"]


@pytest.mark.parametrize("name", ["phash64", "dhash256", "dhash64", "ahash64", "whash256"])
def test_every_hash_finds_the_copies(tmp_path, name):
    folder = library(tmp_path / "Photos")
    found = scan(folder, "--hash", name, "--no-catalogue")
    assert found["hash"] == name
    assert "identical-file" in {group["kind"] for group in found["groups"]}


def test_no_catalogue_leaves_nothing_behind(tmp_path, home):
    scan(library(tmp_path / "Photos"), "--no-catalogue")
    assert not list(home.rglob("*.sqlite"))


def test_ctrl_c_stops_and_lists_what_was_found(tmp_path):
    import signal

    folder = tmp_path / "Photos"
    raw = save(scene(1, 4000, 3000), folder / "0.jpg").read_bytes()
    for number in range(1, 200):
        (folder / f"{number}.jpg").write_bytes(raw[:2] + b"\xff\xfe\x00\x08%06d" % number + raw[2:])
    command = [sys.executable, "-m", "photodedup", "scan", folder, "--json", "--jobs", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "Reading photos" in next(line for line in process.stderr if "Reading" in line)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "stopped" in err
    assert json.loads(out)["photos"] < 200
