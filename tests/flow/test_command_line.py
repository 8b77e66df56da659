"""The whole line without a window: scan, plan, trash, history, undo, as a script would do it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from photodedup import cli
from photodedup.__main__ import main
from photodedup.cli import moves, run_command, scanning
from photodedup.core import disk
from photodedup.core.catalogue import journal_folder
from photodedup.core.patience import TWICE
from photodedup.core.plan import Plan
from photodedup.core.values import Kind, Removal, Witness
from tests.flow.running import photodedup, scan, snapshot
from tests.pictures import large_photos, library, save, scene


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


@pytest.mark.parametrize("plan", ["none/plan.json", "photo.jpg"])
def test_a_bad_place_for_a_plan_is_told_before_the_search(tmp_path, home, plan):
    photo = save(scene(1), tmp_path / "photo.jpg")
    before = photo.read_bytes()
    result = photodedup("scan", tmp_path, "--plan", tmp_path / plan)
    assert (result.returncode, result.stdout) == (2, "")
    assert "plan" in result.stderr
    assert photo.read_bytes() == before
    assert not list(home.rglob("*.sqlite"))


@pytest.mark.parametrize("json", [[], ["--json"]])
def test_what_was_found_is_told_even_where_the_plan_cannot_be_written(tmp_path, monkeypatch, capsys, json):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    folder = library(tmp_path / "Photos")
    monkeypatch.setattr(disk, "create_exclusive", full)
    arguments = ["scan", str(folder), "--no-catalogue", "--plan", str(tmp_path / "plan.json"), *json]
    assert run_command(arguments) == 2
    told = capsys.readouterr()
    assert str(folder / "2019/IMG_0000.jpg") in told.out
    assert "The plan is in" not in told.out
    assert "could not be written" in told.err


def test_count_and_size_of_a_plan_leave_out_photos_without_a_trash(capsys):
    content = b"x" * 32
    going, staying, keeper = (
        Witness(Path("/photos") / name, size, 7, 1, inode, content)
        for inode, (name, size) in enumerate([("a.jpg", 1000), ("b.jpg", 5000), ("c.jpg", 9000)], 1)
    )
    plan = Plan(tuple(Removal(photo, keeper, Kind.IDENTICAL_FILE, 0) for photo in (going, staying)))
    moves.print_plan(plan, {staying.path: "there is no trash."})
    assert "1 photo to be moved to the trash, 1.0 KB." in capsys.readouterr().out


def test_an_unreadable_journal_is_listed_as_damaged(home):
    (journal_folder() / "20200101-000000-000000-abcd.jsonl").mkdir(parents=True)
    result = photodedup("history")
    assert result.returncode == 0, result.stderr
    assert "20200101-000000-000000-abcd" in result.stdout
    assert "the record is damaged" in result.stdout


def test_a_photo_is_never_taken_for_a_catalogue(tmp_path):
    folder = library(tmp_path / "Photos")
    before = snapshot(folder)
    photo = folder / "2019/IMG_0003.jpg"
    result = photodedup("scan", folder, "--catalogue", photo)
    sentence = f"{photo} exists and is not a catalogue of photodedup. Choose another name with --catalogue."
    assert (result.returncode, result.stderr) == (2, f"photodedup: {sentence}\n")
    assert snapshot(folder) == before


def test_an_earlier_plan_is_replaced(tmp_path):
    folder = library(tmp_path / "Photos")
    for _ in range(2):
        assert photodedup("scan", folder, "--plan", tmp_path / "plan.json").returncode == 0


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


def long_scan(folder: Path) -> subprocess.Popen[str]:
    """A scan that takes a while, at the moment when it begins to read photos."""
    large_photos(folder, 300)
    command = [sys.executable, "-m", "photodedup", "scan", folder, "--json", "--jobs", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "Reading photos" in next(line for line in process.stderr if "Reading" in line)
    return process


def test_ctrl_c_stops_and_lists_what_was_found(tmp_path):
    process = long_scan(tmp_path / "Photos")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "stopped" in err
    assert json.loads(out)["photos"] < 200


def test_a_second_ctrl_c_ends_at_once_without_a_traceback(capsys, monkeypatch):
    def interrupted_twice(*_: object) -> None:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)  # the same one, sent to the group as well as to the process
            time.sleep(2 * TWICE)
        time.sleep(10)
        raise AssertionError("the second one did not end it")

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(scanning, "search", interrupted_twice)
    assert main(["scan", "."]) == 130
    assert capsys.readouterr() == ("", "photodedup: ended by Ctrl+C.\n")
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_while_it_loads_leaves_no_traceback(monkeypatch):
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run_command", interrupted)
    assert main(["history"]) == 130


def test_a_full_disk_under_the_output_is_told(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    save(scene(1), tmp_path / "a.jpg")
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "photodedup", "scan", tmp_path, "--no-catalogue"]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.endswith("No space left on device: the output could not be written whole.\n")


def test_what_was_skipped_is_counted_by_reason(tmp_path):
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "notes.txt").write_text("hello")
    out = photodedup("scan", tmp_path, "--no-catalogue").stdout
    assert "2 skipped: 1 empty, 1 not a picture. --json lists them." in out
