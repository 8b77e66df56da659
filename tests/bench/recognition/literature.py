"""The tables of the literature: how well, how fast and how steadily five measures tell copies of photos.

Enters: a yardstick, and a model of a neural network where there is one. Leaves: for each measure the share of
copies whose original is among the three most alike, the milliseconds a pair, and its mean for each way to
make a copy; and what SciPy's and numpy's ways to a Euclidean distance cost.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import imagehash
import numpy as np
from PIL import Image, ImageOps

from photodedup.core.match.likeness import likeness_of_bits, likeness_of_cosine
from photodedup.core.match.measures import cosine, euclidean, ssim
from photodedup.core.match.network import Network
from tests.bench.recognition.copies import ORIGINAL, Yardstick

SIDE = 512
QUERIES = 300
TOP = 3
Prepare = Callable[[np.ndarray], object]
Measure = Callable[[object, object], float]


def measures(model: Path | None) -> dict[str, tuple[Prepare, Measure]]:
    """For each measure what is made of a picture once, and how alike two of these are."""
    five: dict[str, tuple[Prepare, Measure]] = {
        "Euclidean": (lambda pixels: pixels, euclidean),
        "SSIM": (lambda pixels: pixels, ssim),
        "image hash": (_hash, lambda one, other: likeness_of_bits(one - other, 256)),
        "cosine": (lambda pixels: pixels, cosine),
    }
    if model is not None:
        five["network"] = (Network(model).features, lambda one, other: likeness_of_cosine(float(one @ other)))
    return five


def tables(stick: Yardstick, model: Path | None, seed: int = 1) -> dict[str, object]:
    """All tables, as one object."""
    originals = np.flatnonzero(stick.family == ORIGINAL)
    copies = stick.copies()
    queries = sorted(random.Random(seed).sample(copies.tolist(), min(QUERIES, len(copies))))
    pixels = {at: _pixels(stick.paths[at]) for at in {*originals.tolist(), *queries}}
    found = {}
    for name, (prepare, measure) in measures(model).items():
        began = time.process_time()
        made = {at: prepare(picture) for at, picture in pixels.items()}
        prepared = (time.process_time() - began) / len(made)
        began = time.process_time()
        alike = np.array([[measure(made[query], made[at]) for at in originals] for query in queries])
        a_pair = (time.process_time() - began) / alike.size
        found[name] = _row(stick, originals, np.array(queries), alike) | {
            "ms to prepare a picture": round(prepared * 1000, 3),
            "ms a pair": round(a_pair * 1000, 3),
        }
    return {"measures": found, "euclidean, microseconds": euclidean_ways()}


def _row(
    stick: Yardstick, originals: np.ndarray, queries: np.ndarray, alike: np.ndarray
) -> dict[str, object]:
    own = stick.photo[queries][:, None] == stick.photo[originals][None]
    best = np.argsort(-alike, axis=1, kind="stable")[:, :TOP]
    families = dict.fromkeys(stick.family[queries].tolist())
    to_own = alike[own]
    return {
        "top 3": round(float(np.take_along_axis(own, best, 1).any(axis=1).mean()), 4),
        "mean of other photos": round(float(alike[~own].mean()), 1) if (~own).any() else None,
        "mean by family": {
            family: round(float(to_own[stick.family[queries] == family].mean()), 1) for family in families
        },
    }


def euclidean_ways() -> dict[str, float]:
    """Microseconds for the distance of two pictures of 256 by 256 pixels, by SciPy and by numpy."""
    random_ = np.random.default_rng(1)
    one, other = random_.random((2, 256 * 256 * 3))
    ways: dict[str, Callable[[], object]] = {"numpy.linalg.norm": lambda: np.linalg.norm(one - other)}
    try:
        from scipy.spatial import distance

        ways["scipy distance.euclidean"] = lambda: distance.euclidean(one, other)
    except ImportError:
        pass
    return {name: round(min(_timed(way) for _ in range(20)) * 1e6, 1) for name, way in ways.items()}


def _timed(way: Callable[[], object]) -> float:
    began = time.perf_counter()
    for _ in range(10):
        way()
    return (time.perf_counter() - began) / 10


def lines(made: dict) -> Iterator[str]:
    """The tables, line by line."""
    five = made["measures"]
    yield f"{'the measures':24}" + "".join(f"{name:>12}" for name in five)
    for row in ("top 3", "ms to prepare a picture", "ms a pair", "mean of other photos"):
        yield f"{row:24}" + "".join(f"{each[row]!s:>12}" for each in five.values())
    for family in next(iter(five.values()))["mean by family"]:
        yield f"  {family:22}" + "".join(f"{each['mean by family'][family]:12}" for each in five.values())
    if "network" not in five:
        yield "network: skipped: no model was named with --model"
    for name, took in made["euclidean, microseconds"].items():
        yield f"{name:24}{took:12} microseconds a pair"


def _pixels(path: Path) -> np.ndarray:
    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    picture.thumbnail((SIDE, SIDE))
    return np.asarray(picture)


def _hash(pixels: np.ndarray) -> imagehash.ImageHash:
    return imagehash.phash(Image.fromarray(pixels), 16)
