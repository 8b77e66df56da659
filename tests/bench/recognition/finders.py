"""Who finds copies: photodedup as a command, the peers that are installed, and bare hashes at their usual
thresholds.

Enters: a yardstick. Leaves: which files each one puts together, and the seconds that it took.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from tests.bench.first_scan import ROOT, missing
from tests.bench.recognition.copies import Yardstick

CZKAWKA = """
import json, sys
from czkawka import ImageSimilarity
finder = ImageSimilarity()
finder.set_directories(sys.argv[1:])
print(json.dumps([[str(path) for path in group] for group in finder.find_similar()]))
"""
LAYERS = (
    ("identical files", "identical-file"),
    ("+ identical pictures", "identical-file,identical-picture"),
    ("+ near-duplicates", "identical-file,identical-picture,near-duplicate"),
    ("photodedup (all copies)", "identical-file,identical-picture,near-duplicate,edited-copy"),
)
HASHES = (
    ("imagehash phash64 <= 7", "phash", 8, 7),
    ("imagehash dhash64 <= 4", "dhash", 8, 4),
    ("imagehash dhash256 <= 14", "dhash", 16, 14),
    ("imagehash ahash64 <= 2", "average_hash", 8, 2),
    ("imagehash whash64 <= 2", "whash", 8, 2),
)
PDQ = ("PDQ <= 31", 31)


@dataclass(frozen=True)
class Answer:
    """What one finder found.

    Attributes:
        found: bool (files,), True for a copy that is together with its original.
        mixed: Groups (or, of a bare hash, pairs) in which different photos are together.
        wall: Seconds.
        cpu: CPU seconds of all its processes.
    """

    found: np.ndarray
    mixed: int
    wall: float
    cpu: float


def answers(stick: Yardstick, root: Path, peers: str) -> Iterator[tuple[str, Answer | str]]:
    """Each finder's name with its answer, or with the reason why there is none."""
    for name, kinds in LAYERS:
        yield name, _timed(lambda kinds=kinds: _of_groups(stick, ours(root, kinds)))
    if missing("czkawka", peers):
        yield "czkawka", "skipped: czkawka is not installed"
    else:
        yield "czkawka", _timed(lambda: _of_groups(stick, _czkawka(root, peers)))
    for name, kind, size, threshold in HASHES:
        yield name, _timed(lambda k=kind, s=size, t=threshold: _of_hashes(stick, _imagehash(stick, k, s), t))
    if importlib.util.find_spec("pdqhash") is None:
        yield PDQ[0], "skipped: pdqhash is not installed"
    else:
        yield PDQ[0], _timed(lambda: _of_hashes(stick, _pdq(stick), PDQ[1]))


def ours(root: Path, kinds: str) -> list[list[str]]:
    """The groups that `photodedup scan` lists, with an empty catalogue."""
    with tempfile.TemporaryDirectory() as home:
        place = str(Path(home) / "catalogue.sqlite")
        command = [
            sys.executable,
            "-m",
            "photodedup",
            "scan",
            "--json",
            "--kinds",
            kinds,
            "--catalogue",
            place,
        ]
        run = subprocess.run([*command, str(root)], cwd=ROOT, capture_output=True, check=True)
    groups = json.loads(run.stdout)["groups"]
    return [[photo["path"] for photo in each["photos"]] for each in groups if each["kind"] != "similar-shot"]


def _czkawka(root: Path, peers: str) -> list[list[str]]:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HOME": home, "XDG_CACHE_HOME": home}
        command = [peers, "-c", CZKAWKA, str(root)]
        run = subprocess.run(command, env=environment, capture_output=True, check=True)
    groups: list[list[str]] = json.loads(run.stdout.splitlines()[-1])
    return groups


def _timed(find: Callable[[], tuple[np.ndarray, int]]) -> Answer:
    began, before = time.perf_counter(), _cpu()
    found, mixed = find()
    return Answer(found, mixed, time.perf_counter() - began, _cpu() - before)


def _cpu() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _of_groups(stick: Yardstick, groups: list[list[str]]) -> tuple[np.ndarray, int]:
    """Which copies are in the group of their original, and how many groups mix photos."""
    number = {str(path): at for at, path in enumerate(stick.paths)}
    found, original, mixed = np.zeros(len(stick.paths), bool), stick.original(), 0
    for group in groups:
        files = np.array([number[path] for path in group])
        found[files[np.isin(original[files], files)]] = True
        mixed += len(set(stick.photo[files].tolist())) > 1
    return found, mixed


def _of_hashes(stick: Yardstick, hashes: np.ndarray, threshold: int) -> tuple[np.ndarray, int]:
    """Which copies are within the threshold of their original, and how many pairs of photos are."""
    original, mixed = stick.original(), 0
    apart = np.bitwise_count(hashes[original] ^ hashes).sum(axis=1, dtype=np.int32)
    found = (apart <= threshold) & (original >= 0)
    for at in range(len(hashes) - 1):
        near = np.bitwise_count(hashes[at + 1 :] ^ hashes[at]).sum(axis=1, dtype=np.int32) <= threshold
        mixed += int((near & (stick.photo[at + 1 :] != stick.photo[at])).sum())
    return found, mixed


def _imagehash(stick: Yardstick, kind: str, size: int) -> np.ndarray:
    import imagehash

    call = getattr(imagehash, kind)
    return np.packbits([call(_opened(path), size).hash.ravel() for path in stick.paths], axis=1)


def _pdq(stick: Yardstick) -> np.ndarray:
    import pdqhash

    rows = [pdqhash.compute(np.asarray(_opened(path).convert("RGB")))[0] for path in stick.paths]
    return np.packbits(np.array(rows, np.uint8), axis=1)


def _opened(path: Path) -> Image.Image:
    return ImageOps.exif_transpose(Image.open(path))
