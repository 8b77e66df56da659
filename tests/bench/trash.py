"""Measures the safe move to the trash and undo: files a second, and large identical files next to cmp.

Enters: `--quick` for a quarter of it; a folder on the disk to measure (the one for temporary files by
default). Leaves: a small table, then one JSON line. Every file is proven by its bytes and everything is
synced, as always. The large files are put out of the page cache before each run, so that the disk reads them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from photodedup.core.trash import move_to_trash, trash_can
from photodedup.core.undo import put_back
from photodedup.core.values import Removal
from tests.core.trash.library import put, removal

SMALL = 100_000
LARGE = 128 << 20
RUNS = 3


def pairs(folder: Path, count: int, size: int) -> list[Removal]:
    """Pairs of equal files, on the disk."""
    made = []
    for number in range(count):
        data = os.urandom(4096) * (size // 4096)
        photo, keeper = (put(folder / name / f"IMG_{number}.jpg", data) for name in ("copies", "kept"))
        made.append(removal(photo, keeper))
    os.sync()
    return made


def forget(removals: Sequence[Removal]) -> None:
    """Puts files out of the page cache."""
    for path in (each.path for both in removals for each in (both.photo, both.keeper)):
        descriptor = os.open(path, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor, its children included."""

    def spent() -> float:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(each.ru_utime + each.ru_stime for each in used)

    before, began = spent(), time.perf_counter()
    call()
    return time.perf_counter() - began, spent() - before


def moved(removals: Sequence[Removal], journal: Path) -> None:
    """Moves all."""
    report = move_to_trash(removals, journal, trash_can())
    if len(report.moved) != len(removals):
        raise SystemExit(report.failures[0].sentence)


def compared(removals: Sequence[Removal]) -> None:
    """The peer of large files."""
    for each in removals:
        subprocess.run(["cmp", each.photo.path, each.keeper.path], check=True)


def small(base: Path, count: int) -> dict[str, tuple[float, float]]:
    """Moves many small files and puts them back."""
    removals, journal = pairs(base / "small", count, SMALL), base / "journal"
    runs = [(timed(lambda: moved(removals, journal)), timed(lambda: put_back(journal))) for _ in range(RUNS)]
    return {
        "move": min(run[0] for run in runs),
        "undo": min(run[1] for run in runs),
    }


def large(base: Path, count: int) -> dict[str, float]:
    """Moves few large files, next to reading them."""
    removals, journal = pairs(base / "large", count, LARGE), base / "journal"
    found: dict[str, list[float]] = {"cmp": [], "move": []}
    for _ in range(RUNS):
        for name, call in (("cmp", lambda: compared(removals)), ("move", lambda: moved(removals, journal))):
            forget(removals)
            found[name].append(timed(call)[0])
        put_back(journal)
    return {name: statistics.median(times) for name, times in found.items()}


def main() -> None:
    """Builds the files, measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.trash", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a quarter of the files")
    parser.add_argument("folder", nargs="?", type=Path, help="on the disk to measure")
    options = parser.parse_args()
    count, few = (500, 2) if options.quick else (2000, 6)
    with tempfile.TemporaryDirectory(prefix="photodedup-bench-", dir=options.folder) as made:
        base = Path(made)
        os.environ["XDG_DATA_HOME"] = str(base / "data")
        results = {}
        for name, (wall, cpu) in small(base, count).items():
            results[name] = round(count / wall)
            each = f"{cpu / count * 1e6:8.0f} us of the processor each"
            print(f"{name} {count} files of 100 KB {count / wall:8.0f} a second {each}")
        if shutil.which("cmp"):
            times = large(base, few)
            for name, took in times.items():
                rate = 2 * few * LARGE / took / 1e6
                print(f"{name} {few} pairs of 134 MB {took:8.2f} s {rate:8.0f} MB/s")
            results["large, times cmp"] = round(times["move"] / times["cmp"], 3)
            print(f"large files: {results['large, times cmp']:.2f} times cmp")
        else:
            print("large files   skipped: cmp is not installed")
    print(json.dumps({"bench": "trash", "files": count, "results": results}))


if __name__ == "__main__":
    main()
