"""A scan that is killed goes on where it was, and what was measured stays known wherever the file goes."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress

import pytest

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.fingerprint import DEFAULT_RECIPE, fingerprints
from photodedup.core.fingerprint.stream import wanted_of
from photodedup.core.scan import look
from tests.pictures import save, scene

PHOTOS = 90
POISON = 1234
"""A width that no picture has: who tells it was not decoded again."""


def command(folder, place, *more):
    return [sys.executable, "-m", "photodedup", "scan", *folder, "--catalogue", place, "--json", *more]


def scan(place, *folder, more=()):
    done = subprocess.run(command(folder, place, *more), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def widths(found):
    return {photo["width"] for group in found["groups"] for photo in group["photos"]}


def change(place, *statements):
    with closing(sqlite3.connect(place)) as raw, raw:
        for statement in statements:
            raw.execute(statement)


def rows(place):
    if not place.exists():
        return 0
    with closing(sqlite3.connect(place)) as raw, suppress(sqlite3.OperationalError):
        return raw.execute("SELECT count(*) FROM file").fetchone()[0]
    return 0


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A library that takes a second to read: near-duplicates, copies, and files that are no photos."""
    root = tmp_path_factory.mktemp("many")
    for number in range(PHOTOS):
        large = scene(number // 2, 80, 60).resize((1600 - number % 2 * 400, 1200 - number % 2 * 300))
        save(large, root / f"{number // 30}/IMG_{number:03}.jpg", quality=85)
    shutil.copytree(root / "0", root / "copies")
    (root / "1/text.jpg").write_bytes(b"no picture")
    (root / "1/cut.jpg").write_bytes((root / "1/IMG_031.jpg").read_bytes()[:20_000])
    return root


@pytest.fixture(scope="module")
def undisturbed(many, tmp_path_factory):
    """The result, and how long it took."""
    began = time.monotonic()
    found = scan(tmp_path_factory.mktemp("whole") / "c.sqlite", many)
    return found, time.monotonic() - began


def killed(many, place, moment):
    """Starts a scan and kills it without a warning; says whether it was still at work."""
    with subprocess.Popen(
        command([many], place), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as own:
        time.sleep(moment)
        own.send_signal(signal.SIGKILL)
        return own.wait() == -signal.SIGKILL


def kill_and_compare(many, undisturbed, place, seed):
    """Kills some scans of one catalogue one after the other, then scans to the end."""
    found, took = undisturbed
    moments = random.Random(seed)
    before = 0
    for _ in range(2):
        killed(many, place, moments.uniform(0.2, took))
        assert rows(place) >= before, f"seed {seed}"
        before = rows(place)
    assert scan(place, many) == found, f"seed {seed}"
    assert scan(place, many) == found, f"seed {seed}"


@pytest.mark.skipif(os.name == "nt", reason="kills by signal")
@pytest.mark.parametrize("seed", [1, 2])
def test_the_results_after_a_kill_are_those_of_an_undisturbed_scan(many, undisturbed, tmp_path, seed):
    kill_and_compare(many, undisturbed, tmp_path / "c.sqlite", seed)


@pytest.mark.sweep
@pytest.mark.skipif("PHOTODEDUP_SWEEP" not in os.environ, reason="long; set PHOTODEDUP_SWEEP")
@pytest.mark.parametrize("seed", range(100, 130))
def test_the_results_after_many_kills_are_those_of_an_undisturbed_scan(many, undisturbed, tmp_path, seed):
    kill_and_compare(many, undisturbed, tmp_path / "c.sqlite", seed)


def test_what_was_measured_is_kept_even_if_nothing_follows(many, tmp_path):
    photos = look([many]).photos
    place = tmp_path / "c.sqlite"
    with Catalogue(place) as catalogue, Workers(1) as workers, Catalogue(place) as other:
        stream = fingerprints(photos, DEFAULT_RECIPE, catalogue, workers)
        photo, seen = next(stream)
        end = time.monotonic() + 30
        while other.lookup([photo], wanted_of(DEFAULT_RECIPE)) != [seen]:
            assert time.monotonic() < end, "what was measured did not reach the catalogue"
            time.sleep(0.05)
        stream.close()


def test_moved_and_renamed_files_keep_what_was_measured(tmp_path):
    folder, place = tmp_path / "Photos", tmp_path / "c.sqlite"
    one = save(scene(1), folder / "one.jpg")
    shutil.copyfile(one, folder / "two.jpg")
    scan(place, folder)
    change(place, f"UPDATE picture SET width = {POISON}")
    (folder / "sub").mkdir()
    one.rename(folder / "sub/other name.jpg")
    moved = folder.rename(tmp_path / "Moved")
    found = scan(place, moved)
    assert widths(found) == {POISON}
    assert {photo["path"] for photo in found["groups"][0]["photos"]} == {
        str(moved / "sub/other name.jpg"),
        str(moved / "two.jpg"),
    }


def test_a_drive_that_is_unplugged_keeps_what_was_measured(tmp_path):
    drive, stays, place = tmp_path / "drive", tmp_path / "stays", tmp_path / "c.sqlite"
    one = save(scene(1), drive / "one.jpg")
    (stays / "sub").mkdir(parents=True)
    shutil.copyfile(one, stays / "sub/two.jpg")
    scan(place, stays, drive)
    change(place, f"UPDATE picture SET width = {POISON}", "DELETE FROM page")
    away = drive.rename(tmp_path / "away")
    drive.mkdir()
    assert scan(place, stays, drive)["photos"] == 1
    drive.rmdir()
    away.rename(drive)
    assert widths(scan(place, stays, drive)) == {POISON}


def test_another_recipe_leaves_what_the_first_one_measured(tmp_path):
    folder, place = tmp_path / "Photos", tmp_path / "c.sqlite"
    one = save(scene(1), folder / "one.jpg")
    shutil.copyfile(one, folder / "two.jpg")
    first = scan(place, folder)
    scan(place, folder, more=("--hash", "dhash64"))
    assert scan(place, folder) == first
    change(place, f"UPDATE picture SET width = {POISON}", "DELETE FROM page")
    for name in ("phash256", "dhash64"):
        assert widths(scan(place, folder, more=("--hash", name))) == {POISON}
