"""Measures recognition on labelled copies of real photos, beside peers and the measures of the literature.

Enters: a folder of photos (the corpus' by default), how many of them get copies, and photos that are nobody's
copy. Leaves: tables of what share of each kind of copy is found, how often different photos are mixed up, and
what it costs; the tables of the literature; then one JSON line.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.bench.recognition import copies, finders, literature, scores

CORPUS = copies.SHARED / "corpus"


def say(line: str) -> None:
    """Prints a line at once, so that a long run can be followed."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.recognition", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=CORPUS / "photos", help="photos to copy")
    parser.add_argument("--limit", type=int, help="how many photos get copies (default: all)")
    parser.add_argument("--alone", type=Path, default=CORPUS / "hard_negatives", help="photos without copies")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--peers", default=sys.executable, help="the Python that has czkawka")
    parser.add_argument("--model", type=Path, help="an ONNX model that makes features of pictures")
    parser.add_argument("--missed", action="store_true", help="list the copies that were missed")
    parser.add_argument("--quick", action="store_true", help="copies of six photos")
    return parser.parse_args()


def main() -> None:
    """Makes the copies, lets every finder and every measure run, prints."""
    asked = arguments()
    with tempfile.TemporaryDirectory(prefix="recognition-") as scratch:
        root = Path(scratch).resolve()
        limit = 6 if asked.quick else asked.limit
        alone = asked.alone if asked.alone.is_dir() else None
        stick = copies.make(asked.folder.resolve(), root, limit, asked.seed, alone)
        say(f"{len(stick.copies())} copies among {len(stick.paths)} files of {len(set(stick.photo))} photos")
        results = {}
        for name, answer in finders.answers(stick, root, asked.peers):
            if isinstance(answer, str):
                say(f"{name}: {answer}")
            else:
                results[name] = answer
        for line in scores.table(stick, results):
            say(line)
        if asked.missed:
            for line in scores.missed(stick, results[finders.LAYERS[-1][0]], root):
                say(line)
        tables = literature.tables(stick, asked.model)
        for line in literature.lines(tables):
            say(line)
    found = {name: scores.recall(stick, each.found) | {"mixed": each.mixed} for name, each in results.items()}
    say(json.dumps({"bench": "recognition", "files": len(stick.paths), "found": found, "literature": tables}))


if __name__ == "__main__":
    main()
