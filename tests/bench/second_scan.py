"""Measures the second scan of many unchanged files, next to `find FOLDER -printf '%p %s %T@'`.

Enters: `--quick` for a tenth of the photos. Leaves: a small table, then one JSON line. The files are invented
small JPEGs; the catalogue is filled with what a first scan would have measured, random hashes included, so
that no time is lost on decoding them. "walk and look-up" is all that touches the disk and the catalogue;
"scan" goes on to the groups, in one process, as the window does it; "command" is `photodedup scan`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from photodedup.core.catalogue import Catalogue, Record, Wanted
from photodedup.core.decode import Workers
from photodedup.core.fingerprint import DEFAULT_RECIPE, Reading
from photodedup.core.fingerprint.stream import wanted_of
from photodedup.core.line import Crew, Settings, search
from photodedup.core.scan import look
from photodedup.core.values import Fingerprint, Kind
from tests.bench.invented import small_files

RUNS = 5


def filled(folder: Path, place: Path) -> None:
    """A catalogue that knows every file of a folder."""
    random = np.random.default_rng(2)
    wanted: Wanted = wanted_of(DEFAULT_RECIPE)
    records = [
        Record(photo, Fingerprint(random.bytes(32), random.bytes(32), random.bytes(16), False, 64, 48, "JPEG",
                                  None, "Acme One"))
        for photo in look([folder]).photos
    ]  # fmt: skip
    with Catalogue(place) as catalogue:
        for start in range(0, len(records), 5000):
            catalogue.remember(records[start : start + 5000], wanted)


def median(call):
    """The median seconds of a few calls, and the last result."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        result = call()
        times.append(time.perf_counter() - began)
    return statistics.median(times), result


def with_find(folder: Path) -> None:
    """The peer."""
    command = ["find", folder, "-printf", r"%p %s %T@\n"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def remembered(folder: Path, place: Path) -> int:
    """Walk and look-up; how many photos need no reading."""
    with Catalogue(place) as catalogue:
        looked = look([folder])
        reading = Reading(looked.photos, looked.skipped, DEFAULT_RECIPE)
        reading.remember(catalogue)
        return len(reading.library())


def scanned(folder: Path, place: Path, kinds: frozenset[Kind]) -> int:
    """The whole line; how many photos there are."""
    with Catalogue(place) as catalogue, Workers(1) as workers:
        return len(search([folder], Settings(kinds=kinds), Crew(catalogue, workers)).library)


def commanded(folder: Path, place: Path) -> None:
    """The command line, from the start of Python on."""
    command = [sys.executable, "-m", "photodedup", "scan", folder, "--catalogue", place]
    command += ["--kinds", "identical-file,identical-picture,near-duplicate"]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def main() -> None:
    """Builds the files, measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.second_scan", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the photos")
    count = 10_000 if parser.parse_args().quick else 100_000
    with tempfile.TemporaryDirectory(prefix="photodedup-bench-") as made:
        folder, place = Path(made) / "photos", Path(made) / "catalogue.sqlite"
        small_files(folder, count)
        filled(folder, place)
        near = frozenset({Kind.IDENTICAL_FILE, Kind.IDENTICAL_PICTURE, Kind.NEAR_DUPLICATE})
        scanned(folder, place, near)
        known = remembered(folder, place)
        if known != count:
            raise SystemExit(f"only {known} of {count} photos were known")
        steps = {"walk": lambda: look([folder]), "walk and look-up": lambda: remembered(folder, place)}
        steps["scan, identical files"] = lambda: scanned(folder, place, frozenset({Kind.IDENTICAL_FILE}))
        steps["scan, near-duplicates too"] = lambda: scanned(folder, place, near)
        steps["command, near-duplicates too"] = lambda: commanded(folder, place)
        results = {}
        if shutil.which("find"):
            results["find -printf"] = median(lambda: with_find(folder))[0]
        else:
            print("find -printf                  skipped: find is not installed")
        results |= {name: median(call)[0] for name, call in steps.items()}
    peer = results.get("find -printf")
    for name, took in results.items():
        print(f"{name:30} {took:7.3f} s" + (f" {took / peer:7.2f} times find" if peer else ""))
    rounded = {name: round(took, 4) for name, took in results.items()}
    print(json.dumps({"bench": "second_scan", "photos": count, "results": rounded}))


if __name__ == "__main__":
    main()
