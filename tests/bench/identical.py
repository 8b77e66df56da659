"""Measures `--kinds identical-file` alone next to jdupes, on many small files and on photos.

Enters: `--quick` for a tenth of the small files; folders of photos (four copies of the corpus' photos by
default, where it is there). Leaves: a small table, then one JSON line. The catalogue is empty each time and
the files are in the page cache. "search" is the line in one process that runs already, as in the window;
"command" is `photodedup scan`, with the start of Python and the printing of the groups.
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

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.line import Crew, Settings, search
from photodedup.core.values import Kind
from tests.bench.invented import small_files

PHOTOS = Path(__file__).parents[3] / "shared" / "corpus" / "photos"
ONLY = Settings(kinds=frozenset({Kind.IDENTICAL_FILE}))
RUNS = 5


def searched(folder: Path) -> int:
    """How many groups there are."""
    with Catalogue(None) as catalogue, Workers(1) as workers:
        return search([folder], ONLY, Crew(catalogue, workers)).group_count


def commanded(folder: Path) -> int:
    """How many groups the command line prints."""
    command = [sys.executable, "-m", "photodedup", "scan", folder, "--no-catalogue"]
    command += ["--kinds", "identical-file"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return sum(": " in line and not line.startswith(" ") for line in done.stdout.splitlines())


def with_jdupes(folder: Path) -> int:
    """How many groups the peer prints; they end with an empty line each."""
    done = subprocess.run(["jdupes", "-q", "-r", folder], capture_output=True, text=True, check=True)
    return done.stdout.count("\n\n")


def measured(folder: Path) -> dict[str, tuple[float, int]]:
    """Median seconds and groups of each."""
    ways = {"jdupes": with_jdupes} if shutil.which("jdupes") else {}
    ways |= {"search": searched, "command": commanded}
    results = {}
    for name, way in ways.items():
        times = []
        for _ in range(RUNS):
            began = time.perf_counter()
            groups = way(folder)
            times.append(time.perf_counter() - began)
        results[name] = (statistics.median(times), groups)
    return results


def main() -> None:
    """Builds the files, measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.identical", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the small files")
    parser.add_argument("folders", nargs="*", type=Path)
    options = parser.parse_args()
    if not shutil.which("jdupes"):
        print("jdupes     skipped: it is not installed")
    count, everything = 10_000 if options.quick else 100_000, {}
    with tempfile.TemporaryDirectory(prefix="photodedup-bench-") as made:
        small_files(Path(made) / "small", count, count // 20)
        folders = {f"{count} small files": Path(made) / "small"}
        if PHOTOS.is_dir() and not options.folders:
            for number in range(4):
                shutil.copytree(PHOTOS, Path(made) / "photos" / str(number))
            folders["photos, four copies of each"] = Path(made) / "photos"
        folders |= {str(folder): folder for folder in options.folders}
        for name, folder in folders.items():
            results = measured(folder)
            peer = results["jdupes"][0] if "jdupes" in results else None
            for way, (took, groups) in results.items():
                ratio = f"{took / peer:6.2f} times jdupes" if peer else ""
                print(f"{name:30} {way:8} {took:7.3f} s {groups:7} groups {ratio}")
            everything[name] = {way: round(took, 4) for way, (took, _) in results.items()}
    print(json.dumps({"bench": "identical", "results": everything}))


if __name__ == "__main__":
    main()
