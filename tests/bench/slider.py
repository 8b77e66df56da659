"""Measures a move of the slider: the new groups, and their keepers, kinds, space and order.

Enters: `--quick` for 100,000 photos alone. Leaves: a small table, then one JSON line. The library is
invented: half of the photos are alone, the others lie in clusters of two to six, some of them identical
files, and one photo in ten is an edited copy of another. Aims are 5 ms for the new groups with what hangs on
them at 100,000 photos, and 50 ms at 1,000,000. Times are of the processor, the least of three each.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace

import numpy as np

from photodedup.core.group import build_tree, hang
from photodedup.core.line import Found
from photodedup.core.values import Edits, FingerprintColumns, Library, Matches, PhotoColumns
from photodedup.core.values.columns import NEVER, PHOTO, fingerprint_type

FURTHEST = 64
MOVES = range(0, FURTHEST + 1, 4)


def invented_library(count: int, seed: int = 1) -> Library:
    """A library of photos with realistic sizes, names and facts."""
    random = np.random.default_rng(seed)
    rows = np.zeros(count, PHOTO)
    rows["folder"] = np.arange(count) // 500
    rows["size"] = random.integers(1_000_000, 8_000_000, count)
    rows["mtime_ns"] = random.integers(1_500_000_000, 1_700_000_000, count) * 1_000_000_000
    rows["inode"] = np.arange(count) + 1
    names = [b"IMG_%07d (1).jpg" % n if n % 11 == 0 else b"IMG_%07d.jpg" % n for n in range(count)]
    folders = [b"/home/someone/Pictures/%06d/" % number for number in range(count // 500 + 1)]
    photos = PhotoColumns(folders, rows, b"".join(names), np.cumsum([len(name) for name in names]))
    seen = np.zeros(count, fingerprint_type(32))
    seen["content"] = random.integers(0, 256, (count, 32), dtype=np.uint8)
    seen["bits"] = random.integers(0, 256, (count, 32), dtype=np.uint8)
    seen["small"] = random.integers(0, 256, (count, 16), dtype=np.uint8)
    seen["width"] = random.choice([4000, 4032, 1600], count)
    seen["height"] = random.choice([3000, 1200], count)
    seen["taken"] = np.where(random.random(count) < 0.8, random.integers(0, 1 << 50, count), NEVER)
    seen["camera"] = random.integers(1, 5, count)
    return Library(photos, FingerprintColumns(seen, ("JPEG", "", "Acme One", "Acme Two", "Other")))


def invented_matches(count: int, seed: int = 1) -> Matches:
    """Clusters whose photos all lie within the slider's end of each other, some of them identical files."""
    random = np.random.default_rng(seed)
    photos = random.permutation(count)[: count // 2].astype(np.int32)
    sizes = random.integers(2, 7, count // 8)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), len(photos)))]
    begins = np.cumsum(sizes) - sizes
    lefts, rights = [], []
    for one in range(6):
        for other in range(one + 1, 6):
            whole = begins[sizes > other]
            lefts.append(photos[whole + one])
            rights.append(photos[whole + other])
    one, other = np.concatenate(lefts), np.concatenate(rights)
    left, right = np.minimum(one, other), np.maximum(one, other)
    distance = (random.integers(0, FURTHEST + 1, len(left))).astype(np.int32)
    order = np.lexsort((right, left, distance))
    left, right, distance = left[order], right[order], distance[order]
    same = np.arange(count, dtype=np.int32)
    equal = np.flatnonzero(distance < 6)[::3]
    same[right[equal]] = left[equal]
    same = same[same]
    return Matches(np.arange(count, dtype=np.int32), left, right, distance, same, same, FURTHEST)


def invented_edits(count: int, seed: int = 2) -> Edits:
    """Edited copies of photos all over the library; no copy is a source."""
    random = np.random.default_rng(seed)
    source, copy = (random.integers(0, count // 3, count // 10) * 3 + at for at in range(2))
    likeness = random.random(len(copy), np.float32)
    transform = np.zeros((len(copy), 2, 3), np.float32)
    return Edits(copy.astype(np.int32), source.astype(np.int32), transform, likeness)


def milliseconds(call) -> tuple[float, object]:
    """How many milliseconds of the processor a call took, and its result."""
    began = time.process_time()
    result = call()
    return (time.process_time() - began) * 1000, result


def measured(count: int) -> dict[str, float]:
    """One library: the first suggestion, and the moves after it."""
    library, matches = invented_library(count), invented_matches(count)
    matches = replace(matches, edits=invented_edits(count))
    areas = library.seen.rows["width"] * library.seen.rows["height"].astype(np.int64)
    found = Found(library=library, matches=matches, tree=build_tree(matches), complete=True)
    first, _ = milliseconds(lambda: found.suggest(48))
    prepared, _ = milliseconds(found.prepare)
    cuts, hung, suggestions, groups = [], [], [], []
    for threshold in MOVES:
        cuts.append(min(milliseconds(lambda at=threshold: found.tree.cut(at))[0] for _ in range(3)))
        near = found.tree.cut(threshold)
        hung.append(
            cuts[-1] + min(milliseconds(lambda at=near: hang(at, matches, areas))[0] for _ in range(3))
        )
        times = [milliseconds(lambda at=threshold: found.suggest(at)) for _ in range(3)]
        suggestions.append(min(took for took, _ in times))
        groups.append(len(times[0][1]))
    return {
        "groups": max(groups),
        "first_suggest_ms": first,
        "prepare_ms": prepared,
        "cut_ms_median": float(np.median(cuts)),
        "cut_ms_most": max(cuts),
        "cut_and_hang_ms_median": float(np.median(hung)),
        "cut_and_hang_ms_most": max(hung),
        "cut_and_suggest_ms_median": float(np.median(suggestions)),
        "cut_and_suggest_ms_most": max(suggestions),
    }


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.slider", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 photos only")
    everything = {}
    for count in (100_000,) if parser.parse_args().quick else (100_000, 1_000_000):
        results = measured(count)
        for name, value in results.items():
            print(f"{count:9} photos  {name:28} {value:10.1f}")
        everything[count] = {name: round(value, 2) for name, value in results.items()}
    print(json.dumps({"bench": "slider", "results": everything}))


if __name__ == "__main__":
    main()
