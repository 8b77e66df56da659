"""Measures decoding: what scaled decoding costs in bits, progressive JPEGs, and what isolation costs.

Enters: a folder of JPEGs (the camera JPEGs of the corpus by default), `--quick` for a third of them. Leaves:
a small table, then one JSON line. Times are CPU seconds but where it says wall.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import imagehash
import numpy as np
from PIL import Image, ImageOps

from photodedup.core.decode import Task, Workers
from photodedup.core.decode.jpeg import decode
from photodedup.core.decode.picture import read_small
from photodedup.core.fingerprint.measure import measure
from tests.bench.first_scan import camera_jpegs, jpegs, say

MEASURE = "photodedup.core.fingerprint.measure:measure"
RECIPE = "phash256"
TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def scaled_against_full(paths):
    """Bits between the hashes of the small picture and those of the photo decoded in full."""
    bits = {"dhash256": [], "phash256": [], "phash64": []}
    for path in paths:
        small = read_small(io.BytesIO(path.read_bytes())).image
        full = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
        bits["dhash256"].append(imagehash.dhash(small, 16) - imagehash.dhash(full, 16))
        bits["phash256"].append(imagehash.phash(small, 16) - imagehash.phash(full, 16))
        bits["phash64"].append(imagehash.phash(small, 8) - imagehash.phash(full, 8))
    return {
        f"{name} {what}": float(value)
        for name, each in bits.items()
        for what, value in (("mean", np.mean(each)), ("p99", np.percentile(each, 99)), ("most", max(each)))
    }


def progressive_against_draft(paths):
    """CPU of an eighth of progressive JPEGs: Pillow's draft, and ours; and pixels that differ."""
    draft = ours = different = 0.0
    for path in paths:
        made = io.BytesIO()
        Image.open(path).convert("RGB").save(made, "JPEG", quality=90, progressive=True)
        size = Image.open(made).size
        least = size[0] // 8, size[1] // 8
        if min(least) < 128:
            continue
        began = time.process_time()
        plain = Image.open(io.BytesIO(made.getvalue()))
        plain.draft(None, least)
        plain.load()
        middle = time.process_time()
        small, _ = decode(made.getvalue(), "RGB", size, least)
        ours += time.process_time() - middle
        draft += middle - began
        different += not np.array_equal(np.asarray(plain), np.asarray(small))
    return {"draft s": draft, "ours s": ours, "times faster": draft / ours, "pictures that differ": different}


def used(pids):
    """CPU seconds of this process and of others, so far."""
    total = time.process_time()
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / TICK
    return total


def by_workers(paths, count):
    """Wall and CPU seconds of measuring photos in warm workers."""
    tasks = [Task(path, MEASURE, (RECIPE,)) for path in paths]
    with Workers(count) as pool:
        for _ in pool.run(tasks[: 4 * count]):
            pass
        cpu, wall = used(pool.pids()), time.perf_counter()
        for _ in pool.run(tasks):
            pass
        return time.perf_counter() - wall, used(pool.pids()) - cpu


def by_threads(paths, count):
    """Wall and CPU seconds of measuring photos in threads."""

    def one(path):
        with path.open("rb", buffering=0) as stream:
            return measure(stream, RECIPE)

    with ThreadPoolExecutor(count) as pool:
        cpu, wall = time.process_time(), time.perf_counter()
        list(pool.map(one, paths))
        return time.perf_counter() - wall, time.process_time() - cpu


def isolation(paths, rounds):
    """What workers cost more than threads, and what the second worker brings."""
    several = list(paths) * rounds
    threads, two, one = by_threads(several, 2), by_workers(several, 2), by_workers(several, 1)
    return {
        "threads CPU s": threads[1],
        "workers CPU s": two[1],
        "workers over threads %": (two[1] / threads[1] - 1) * 100,
        "one worker wall s": one[0],
        "two workers wall s": two[0],
        "two over one": one[0] / two[0],
    }


def main():
    """Runs everything and prints it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.decode", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="JPEGs; the corpus' camera JPEGs by default")
    parser.add_argument("--quick", action="store_true", help="a third of the photos")
    asked = parser.parse_args()
    paths = (jpegs(asked.folder) if asked.folder else camera_jpegs())[:: 3 if asked.quick else 1]
    if not paths:
        say("There are no JPEGs to measure with; name a folder.")
        return
    say(f"{len(paths)} JPEGs, load {os.getloadavg()[0]:.2f}")
    results = {
        "scaled against full": scaled_against_full(paths),
        "progressive against draft": progressive_against_draft(paths),
        "isolation": isolation(paths, max(1, 200 // len(paths))),
    }
    for name, result in results.items():
        say(name)
        for what, value in result.items():
            say(f"  {what:26} {value:9.2f}")
    rounded = {name: {key: round(value, 3) for key, value in each.items()} for name, each in results.items()}
    say(json.dumps({"bench": "decode", "photos": len(paths), "results": rounded}))


if __name__ == "__main__":
    main()
