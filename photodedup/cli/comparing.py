"""The command `compare`: how two photos match, and how alike they are by each measure.

In: two photos, and a model where the person has one. Out: lines or one JSON object.
"""

from __future__ import annotations

import argparse
import json
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.fingerprint import RECIPES
from photodedup.core.line import Crew, Settings

if TYPE_CHECKING:
    from photodedup.core.comparing import Comparison

SCHEMA = 1
NAMES = {
    "euclidean": "Euclidean distance",
    "ssim": "structural similarity",
    "image_hash": "image hash",
    "cosine": "cosine",
    "network": "neural network",
}


def compare(options: argparse.Namespace, stop: threading.Event) -> bool:
    """Compares, and prints what was found."""
    from photodedup.core.comparing import compare as compared  # noqa: PLC0415 - loads OpenCV

    recipe = RECIPES[options.hash]
    with Catalogue(options.catalogue) as catalogue, Workers(2) as workers:
        crew = Crew(catalogue, workers, None, stop)
        found = compared(options.photo, options.other, Settings(recipe), crew, options.model)
    if options.json:
        print(json.dumps(_as_json(found, recipe.name)))
    else:
        _print(found)
    return False


def _as_json(found: Comparison, recipe: str) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "photos": [str(photo.path) for photo in found.photos],
        "kind": None if found.kind is None else found.kind.label,
        "hash": recipe,
        "distance": found.distance,
        "likeness": found.likeness,
        "turn": found.turn.label,
        "measures": asdict(found.measures),
        "transform": None if found.transform is None else found.transform.tolist(),
    }


def _print(found: Comparison) -> None:
    kind = "no copies of each other" if found.kind is None else found.kind.words
    turn = f", turned: {found.turn.label}" if found.turn else ""
    print(f"{kind}, {found.likeness:.1f} %, {found.distance} bits{turn}")
    for name, value in asdict(found.measures).items():
        print(f"  {NAMES[name]:22}  " + ("no --model" if value is None else f"{value:5.1f} %"))
