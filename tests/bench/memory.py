"""Measures the memory that a library of a million photos takes in the window's process, above idle.

Enters: `--quick` for a tenth of the photos. Leaves: a small table, then one JSON line. The library and its
matches are invented (see `slider`). It is read the way a search reads it, from the catalogue in batches and
then from its pages, then matched at the recipe's end within identical hashes, grouped and suggested; what is
told is the resident memory after each step, and its peak. The search for near pairs itself is measured by
`pairs`.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

from photodedup.core.catalogue import Catalogue
from photodedup.core.fingerprint import DEFAULT_RECIPE, Reading
from photodedup.core.fingerprint.stream import wanted_of
from photodedup.core.group import build_tree
from photodedup.core.line import Found
from photodedup.core.values import Library, PhotoColumns
from tests.bench.pairs import peak_mb
from tests.bench.slider import invented_library, invented_matches


def resident_mb() -> float:
    """The resident memory of this process, after giving back what is free; Linux only."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / (1 << 20)


def fill(count: int, place: Path) -> None:
    """Writes the pages of an invented library, in a process of its own."""
    with Catalogue(place) as catalogue:
        catalogue.pages.write(invented_library(count), wanted_of(DEFAULT_RECIPE))


def from_pages(photos: PhotoColumns, place: Path) -> Library:
    """A second scan: everything is known."""
    reading = Reading(photos, [], DEFAULT_RECIPE)
    with Catalogue(place) as catalogue:
        reading.remember(catalogue)
    return reading.library()


def measured(count: int, place: Path) -> dict[str, float]:
    """Megabytes above idle after each step."""
    invented_library(1000)
    idle, results = resident_mb(), {}
    photos = invented_library(count).files
    results["the walk"] = resident_mb() - idle
    library = from_pages(photos, place)
    if len(library) != count:
        raise SystemExit(f"only {len(library)} of {count} photos were known")
    results["and the fingerprints"] = resident_mb() - idle
    matches = invented_matches(count)
    results["and the matches"] = resident_mb() - idle
    found = Found(library=library, matches=matches, tree=build_tree(matches), complete=True)
    found.prepare()
    results["and the tree"] = resident_mb() - idle
    shown = [found.suggest(48)]
    for threshold in range(0, 65, 8):
        shown[0] = found.suggest(threshold)
    results["and the groups of the slider"] = resident_mb() - idle
    results["the peak of all this"] = peak_mb() - idle
    return results


def main() -> None:
    """Measures in a process of its own and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.memory", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the photos")
    count = 100_000 if parser.parse_args().quick else 1_000_000
    if not Path("/proc/self/statm").exists():
        print("memory     skipped: this system does not tell the resident memory in /proc")
        return
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="photodedup-bench-") as made:
        place = Path(made) / "catalogue.sqlite"
        for step in (fill, measured):
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                results = pool.apply(step, (count, place))
    for name, value in results.items():
        print(f"{count:9} photos  {name:30} {value:8.0f} MB above idle")
    rounded = {name: round(value) for name, value in results.items()}
    print(
        json.dumps({"bench": "memory", "photos": count, "took": time.monotonic() - began, "results": rounded})
    )


if __name__ == "__main__":
    main()
