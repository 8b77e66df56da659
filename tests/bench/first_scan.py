"""Measures a first scan of JPEGs, from nothing to the groups, beside its peers on the same files and cores.

Enters: folders (the camera JPEGs of the corpus by default), `--library N` for a library that
`../shared/tools/make_library.py` makes of N photos, `--quick` for one run instead of the median of three.
Leaves: a small table, then one JSON line. A peer that is not installed is skipped with a sentence. Every run
starts with an empty catalogue and with the files in the page cache; CPU counts all processes of a run.

The peers need packages that photodedup does not: czkawka, Pillow and ImageHash for the Python that
`--peers` names, and `djpeg` (libjpeg-turbo-progs).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
CAMERA = 400_000
"""Bytes from which a JPEG of the corpus counts as one from a camera."""

CZKAWKA = """
import sys
from czkawka import ImageSimilarity
finder = ImageSimilarity()
finder.set_directories(sys.argv[1:])
finder.set_similarity(15)
finder.find_similar()
"""
LOOP = """
import os, sys, imagehash
from PIL import Image
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        imagehash.dhash(Image.open(os.path.join(folder, name)), 16)
"""
DJPEG = 'find "$1" -type f -print0 | xargs -0 -n 1 -P "$2" djpeg -scale 1/8 -grayscale -outfile /dev/null'


def camera_jpegs():
    """The camera JPEGs of the corpus."""
    parts = [SHARED / "corpus" / part for part in ("photos", "hard_negatives")]
    return sorted(path for part in parts for path in jpegs(part) if path.stat().st_size > CAMERA)


def jpegs(folder):
    """All JPEGs below a folder."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))


def gathered(paths, folder):
    """One folder with links to the files, or copies where links cannot be, so that all read the same."""
    folder.mkdir()
    for number, path in enumerate(paths):
        target = folder / f"{number:06}.jpg"
        try:
            os.link(path, target)
        except OSError:
            shutil.copy(path, target)
        target.read_bytes()
    return folder


def made_library(count, megapixels, folder):
    """A library of known duplicates."""
    tool = SHARED / "tools" / "make_library.py"
    command = [
        sys.executable,
        str(tool),
        str(folder),
        "--photos",
        str(count),
        "--megapixels",
        str(megapixels),
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return jpegs(folder)


def spent(command, scratch):
    """Wall and CPU seconds of a command with all its children, and its peak memory in MB.

    A fresh home and cache keep every run a first one.
    """
    with tempfile.TemporaryDirectory(dir=scratch) as home:
        environment = {**os.environ, "HOME": home, "XDG_CACHE_HOME": home, "XDG_DATA_HOME": home}
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return {
        "wall": time.perf_counter() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss // (1 << 20 if sys.platform == "darwin" else 1 << 10),
        "code": process.returncode,
    }


def ours(folder):
    """The scan that is measured."""
    kinds = "identical-file,identical-picture,near-duplicate"
    return [sys.executable, "-m", "photodedup", "scan", "--kinds", kinds, "--json", str(folder)]


def contestants(folder, peers, cores):
    """What is measured: name, command, what it needs."""
    python = str(peers)
    return [
        ("photodedup", ours(folder), None),
        ("czkawka", [python, "-c", CZKAWKA, str(folder)], "czkawka"),
        ("imagehash loop", [python, "-c", LOOP, str(folder)], "imagehash"),
        ("djpeg 1/8 grey", ["sh", "-c", DJPEG, "sh", str(folder), str(cores)], "djpeg"),
    ]


def missing(need, peers):
    """Whether what a peer needs is not there."""
    if need is None:
        return False
    if need == "djpeg":
        return shutil.which("djpeg") is None
    try:
        return (
            subprocess.run([peers, "-c", f"import {need}"], check=False, capture_output=True).returncode != 0
        )
    except OSError:
        return True


def measure(folder, peers, runs, scratch):
    """All contestants in turn, so that what else the machine does hits all of them."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    present = []
    for name, command, need in contestants(folder, peers, cores):
        if missing(need, peers):
            say(f"{name:16} skipped: {need} is not installed")
        else:
            present.append((name, command))
    times = {name: [] for name, _ in present}
    for _ in range(runs):
        for name, command in present:
            times[name].append(spent(command, scratch))
    return {
        name: {key: statistics.median(run[key] for run in several) for key in several[0]}
        for name, several in times.items()
    }


def table(results, count):
    """The results, line by line, with how many times slower than photodedup each peer is."""
    own = results["photodedup"]
    heads = ("wall s", "CPU s", "photos/s", "ms CPU each", "wall x", "CPU x", "MB")
    yield f"{'':16} " + " ".join(
        f"{head:>{width}}" for head, width in zip(heads, (8, 8, 9, 12, 7, 7, 5), strict=True)
    )
    for name, each in results.items():
        failed = f"  ended with code {each['code']}" if each["code"] else ""
        yield (
            f"{name:16} {each['wall']:8.2f} {each['cpu']:8.2f} {count / each['wall']:9.1f} "
            f"{each['cpu'] / count * 1000:12.1f} {each['wall'] / own['wall']:7.2f} "
            f"{each['cpu'] / own['cpu']:7.2f} {each['peak_mb']:5}{failed}"
        )


def say(line):
    """Prints a line at once, so that a long run can be followed."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def arguments():
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.first_scan", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="JPEGs; the corpus' camera JPEGs by default")
    parser.add_argument("--library", type=int, metavar="N", help="make a library of N photos instead")
    parser.add_argument("--megapixels", type=float, default=12, help="of the photos of --library")
    parser.add_argument("--peers", type=Path, default=Path(sys.executable))
    parser.add_argument("--quick", action="store_true", help="one run instead of the median of three")
    return parser.parse_args()


def main():
    """Gathers the files, lets each contestant run, prints."""
    asked = arguments()
    with tempfile.TemporaryDirectory(prefix="first-scan-") as scratch:
        place = Path(scratch)
        if asked.library:
            paths = made_library(asked.library, asked.megapixels, place / "library")
        else:
            paths = jpegs(asked.folder) if asked.folder else camera_jpegs()
        if not paths:
            say("There are no JPEGs to measure with; name a folder.")
            return
        folder = gathered(paths, place / "photos")
        size = sum(path.stat().st_size for path in paths)
        say(f"{len(paths)} JPEGs, {size / 1e6:.0f} MB, load {os.getloadavg()[0]:.2f}")
        results = measure(folder, asked.peers, 1 if asked.quick else 3, place)
    for line in table(results, len(paths)):
        say(line)
    rounded = {name: {key: round(value, 3) for key, value in each.items()} for name, each in results.items()}
    say(json.dumps({"bench": "first_scan", "photos": len(paths), "bytes": size, "results": rounded}))


if __name__ == "__main__":
    main()
