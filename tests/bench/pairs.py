"""Measures matching and grouping: all near pairs, the tree, the cuts of the slider.

Enters: `--quick` for a tenth of the photos and one run of each. Leaves: a small table, then one JSON line.
Hashes are invented: clusters of copies with up to 8 % of their bits changed, and random ones. faiss' flat
index is measured beside it where it is installed. Seconds are processor time, ours and faiss' alike, so that
other work on the machine counts less; both use one thread.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from photodedup.core.fingerprint import DEFAULT_RECIPE
from photodedup.core.group import build_tree
from photodedup.core.match import find_matches, find_pairs, near_pairs
from photodedup.core.values import Fingerprint, Kind, Library, Photo

BYTES = 32


def invented(count, per_cluster, seed=1):
    """Distinct hashes: uint8 (count or a little less, 32); `per_cluster` of 1 makes them random."""
    random = np.random.default_rng(seed)
    centres = random.integers(0, 256, (max(1, count // per_cluster), BYTES), dtype=np.uint8)
    hashes = centres[np.arange(count) % len(centres)]
    if per_cluster > 1:
        for start in range(0, count, 10_000):
            part = hashes[start : start + 10_000]
            share = random.random((len(part), 1)) * 0.08
            part ^= np.packbits(random.random((len(part), BYTES * 8)) < share, axis=1)
    return random.permutation(np.unique(hashes, axis=0))


def library_of(hashes):
    """A library of photos with these hashes, no two of equal content."""
    photo = Photo(Path("/photo.jpg"), 1, 0, 1, 1)
    prints = [
        Fingerprint(at.to_bytes(32), row.tobytes(), at.to_bytes(16), False, 4000, 3000, "JPEG", None, "")
        for at, row in enumerate(hashes)
    ]
    return Library([photo] * len(hashes), prints, DEFAULT_RECIPE.turned)


def seconds(call, runs):
    """The median processor time of `runs` calls, and what the last one returned."""
    times = []
    for _ in range(runs):
        began = time.process_time()
        result = call()
        times.append(time.process_time() - began)
    return statistics.median(times), result


def peak_mb():
    """The peak memory of this process in MB; Linux counts in KiB, macOS in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (
        1 << 20 if sys.platform == "darwin" else 1 << 10
    )


def measure_pairs(count, per_cluster, furthest, turned, runs):
    """All pairs of one set of hashes; up to `turned` bits in all eight orientations."""
    hashes = invented(count, per_cluster)
    took, found = seconds(lambda: near_pairs(hashes, furthest, turned), runs)
    return {"seconds": took, "pairs": len(found[0]), "peak_mb": peak_mb()}


def measure_slider(count, furthest, runs):
    """The whole way from a library to the groups at one position of the slider."""
    library = library_of(invented(count, 10))
    before = peak_mb()
    searched, pairs = seconds(lambda: find_pairs(library, furthest), runs)
    matched, matches = seconds(lambda: find_matches(library, furthest, frozenset(Kind), pairs=pairs), runs)
    grown, tree = seconds(lambda: build_tree(matches), runs)
    cuts = [seconds(lambda at=at: tree.cut(at), 3)[0] for at in range(0, furthest + 1, 4)]
    counted, counts = seconds(tree.counts, 3)
    return {
        "seconds": searched + matched + grown,
        "find_pairs": searched,
        "find_matches": matched,
        "build_tree": grown,
        "slowest_cut_ms": max(cuts) * 1000,
        "counts_ms": counted * 1000,
        "pairs": len(matches.left),
        "groups": int(counts.max()),
        "peak_mb": peak_mb(),
        "library_mb": before,
    }


def measure_faiss(count, furthest, runs):
    """faiss' flat index on one thread, the peer; None where it is not installed."""
    try:
        import faiss
    except ImportError:
        return None
    faiss.omp_set_num_threads(1)
    hashes = invented(count, 10)
    index = faiss.IndexBinaryFlat(BYTES * 8)
    index.add(hashes)
    took, found = seconds(lambda: index.range_search(hashes, furthest + 1), runs)
    return {"seconds": took, "pairs": (int(found[0][-1]) - len(hashes)) // 2, "peak_mb": peak_mb()}


def plan(quick):
    """What is measured: name, function, arguments."""
    small, large, runs = (10_000, 100_000, 1) if quick else (100_000, 1_000_000, 3)
    steps = [
        (f"pairs {kind} {small} within {furthest}", measure_pairs, (small, per_cluster, furthest, -1, runs))
        for kind, per_cluster in (("random", 1), ("clustered", 10))
        for furthest in (32, 48, 64)
    ]
    steps += [
        (
            f"turned too {small} within {furthest}, {turned}",
            measure_pairs,
            (small, 10, furthest, turned, runs),
        )
        for furthest, turned in ((32, 32), (48, 48), (64, 48))
    ]
    steps += [
        (f"faiss flat {small} within {furthest}", measure_faiss, (small, furthest, 1))
        for furthest in (32, 48)
    ]
    steps += [
        (f"pairs clustered {large} within 32", measure_pairs, (large, 10, 32, -1, runs)),
        (f"turned too {large} within 32, 32", measure_pairs, (large, 10, 32, 32, 1)),
        (f"slider {small} within 64", measure_slider, (small, 64, runs)),
        (f"slider {large} within 32", measure_slider, (large, 32, 1)),
    ]
    return steps


def say(line):
    """Prints a line at once, so that a long run can be followed."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main():
    """Runs everything, each measurement in a process of its own so that peaks of memory are its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.pairs", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the photos, one run of each")
    results = {}
    for name, function, arguments in plan(parser.parse_args().quick):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            result = pool.apply(function, arguments)
        if result is None:
            say(f"{name:38} skipped: faiss is not installed")
            continue
        results[name] = {key: round(value, 3) for key, value in result.items()}
        cut = f"  cut {result['slowest_cut_ms']:.1f} ms" if "slowest_cut_ms" in result else ""
        line = (
            f"{name:38} {result['seconds']:8.2f} s {result['pairs']:10} pairs {result['peak_mb']:6} MB{cut}"
        )
        say(line)
    say(json.dumps({"bench": "pairs", "results": results}))


if __name__ == "__main__":
    main()
