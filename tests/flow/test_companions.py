"""Photos with companions, folders without a trash and moves that were killed, on the command line."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from photodedup.cli import run_command
from photodedup.core.errors import TrashError
from photodedup.core.trash import removed
from photodedup.core.trash.freedesktop import FreedesktopTrash
from tests.flow.running import photodedup, scan, snapshot
from tests.pictures import save, scene


@pytest.fixture
def photos(tmp_path):
    """Two equal raw pairs with sidecars in two folders, and a pair without a copy of its raw photo."""
    folder = tmp_path / "Photos"
    for place in ("2019", "Backup"):
        for number in (1, 2):
            photo = save(scene(number, 480, 320), folder / place / f"IMG_{number}.JPG")
            os.utime(photo, ns=(10**18, 10**18))
        (folder / place / "IMG_1.CR2").write_bytes(b"raw photo 1")
    (folder / "Backup/IMG_1.xmp").write_bytes(b"<x:xmpmeta/>")
    (folder / "Backup/IMG_2.CR2").write_bytes(b"raw photo 2")
    (folder / "2019/IMG_2.xmp").write_bytes(b"<x:xmpmeta/>")
    (folder / "2019/IMG_2.AAE").write_bytes(b"<plist/>")
    return folder


def planned(tmp_path, photos, *more):
    plan = tmp_path / "plan.json"
    result = photodedup("scan", photos, "--plan", plan, "--no-catalogue", *more)
    assert result.returncode == 0, result.stderr
    return plan, result


def test_a_pair_is_one_photo_and_moves_and_comes_back_as_one(photos, tmp_path):
    found = scan(photos, "--no-catalogue")
    assert found["photos"] == 4
    assert [each["path"] for each in found["skipped"] if each["reason"] == "companion"] == [
        str(photos / name) for name in ("2019/IMG_1.CR2", "Backup/IMG_1.CR2", "Backup/IMG_2.CR2")
    ]
    before = snapshot(photos)
    plan, result = planned(tmp_path, photos)
    assert "stays" not in result.stderr
    listed = photodedup("trash", plan)
    assert "    with IMG_1.CR2\n" in listed.stdout
    assert "    with IMG_2.AAE, IMG_2.xmp\n" in listed.stdout
    assert photodedup("trash", plan, "--yes").stdout.startswith("2 photos and 3 companion files moved")
    assert list((photos / "2019").iterdir()) == []
    history = json.loads(photodedup("history", "--json").stdout)["batches"][0]
    assert (len(history["photos"]), len(history["companions"])) == (2, 3)
    assert "2 moved, 3 companion files" in photodedup("history").stdout
    assert photodedup("undo").stdout.startswith("2 photos and 3 companion files put back")
    assert snapshot(photos) == before


def test_a_raw_photo_without_a_copy_keeps_its_photo(photos, tmp_path):
    (photos / "2019/IMG_1.CR2").write_bytes(b"another raw photo")
    plan, result = planned(tmp_path, photos)
    expected = "2019/IMG_1.JPG stays: its raw photo IMG_1.CR2 has no copy beside Backup/IMG_1.JPG.\n"
    assert f"photodedup: {photos}/{expected}" in result.stderr
    assert [each["photo"]["path"] for each in json.loads(plan.read_text())["removals"]] == [
        str(photos / "2019/IMG_2.JPG")
    ]


def test_a_raw_photo_that_the_larger_keeper_lacks_is_never_planned_and_refused(tmp_path):
    folder = tmp_path / "Photos"
    save(scene(1, 960, 640), folder / "Export/large.jpg")
    save(scene(1, 480, 320), folder / "Camera/IMG_1.JPG")
    (folder / "Camera/IMG_1.CR2").write_bytes(b"raw photo")
    plan, result = planned(tmp_path, folder)
    assert "stays for its raw photo or film" in result.stdout
    assert "IMG_1.JPG stays:" not in result.stderr
    assert json.loads(plan.read_text())["removals"] == []
    plan, _ = planned(tmp_path, folder, "--pairs", "jpeg")
    assert [each["photo"]["path"] for each in json.loads(plan.read_text())["removals"]] == [
        str(folder / "Camera/IMG_1.JPG")
    ]


@pytest.mark.parametrize("pairs", ["raw", "jpeg"])
def test_the_person_chooses_raw_or_jpeg(photos, tmp_path, pairs):
    plan, _ = planned(tmp_path, photos, "--pairs", pairs)
    endings = {each["photo"]["path"][-4:] for each in json.loads(plan.read_text())["removals"]}
    companions = [
        one["role"] for each in json.loads(plan.read_text())["removals"] for one in each["companions"]
    ]
    assert (".CR2" in endings) == (pairs == "raw")
    assert "raw" not in companions
    assert photodedup("trash", plan, "--yes").returncode == 0


def test_pairs_of_no_kind_are_wrong_use(photos):
    result = photodedup("scan", photos, "--pairs", "both")
    assert result.returncode == 2
    assert "--pairs takes together, raw or jpeg, not 'both'" in result.stderr


def test_where_there_is_no_trash_the_folder_is_offered(photos, tmp_path, capsys, monkeypatch):
    plan, _ = planned(tmp_path, photos)
    before = snapshot(photos)

    def no_trash(_, photo):
        raise TrashError(f"{photo.name} has no trash.")

    monkeypatch.setattr(FreedesktopTrash, "check", no_trash)
    monkeypatch.setattr(removed, "top_of", lambda _: photos)
    run_command(["trash", str(plan)])
    told = capsys.readouterr().out
    assert "stays: IMG_" in told
    assert "2 photos without a trash: --quarantine uses their own drive." in told
    run_command(["trash", str(plan), "--quarantine"])
    assert "to the folder photodedup-removed on its drive" in capsys.readouterr().out
    assert run_command(["trash", str(plan), "--quarantine", "--yes"]) == 0
    assert "moved to the trash or to photodedup-removed" in capsys.readouterr().out
    assert list((photos / "photodedup-removed").rglob("*.CR2"))
    assert run_command(["undo"]) == 0
    assert {path: facts[0] for path, facts in snapshot(photos).items()} == {
        path: facts[0] for path, facts in before.items()
    }


def test_a_move_that_was_killed_is_called_interrupted_and_can_be_undone(tmp_path):
    from tests.core.trash.library import contents
    from tests.core.trash.units import units

    script = tmp_path / "move.py"
    script.write_text(
        "import sys, pathlib\n"
        "from tests.core.trash.units import units\n"
        "from photodedup.core.catalogue import journal_folder\n"
        "from photodedup.core.trash import move_to_trash, trash_can\n"
        "removals = units(pathlib.Path(sys.argv[1]), 400)\n"
        "print('begin', flush=True)\n"
        "move_to_trash(removals, journal_folder(), trash_can())\n"
    )
    folder = tmp_path / "library"
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, str(script), str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    process.stdout.readline()
    time.sleep(0.1)
    process.kill()
    process.wait()
    process.stdout.close()
    assert "interrupted" in photodedup("history").stdout
    assert photodedup("undo").returncode == 0
    assert "interrupted" not in photodedup("history").stdout
    assert contents(folder) == contents(units(tmp_path / "fresh", 400)[0].photo.path.parents[1])
