"""The command `find`: the copies of one photo.

In: a photo and folders. Out: its copies, the best first, as lines or as one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from typing import Any

from photodedup.cli.arguments import threshold_of
from photodedup.cli.meter import Meter
from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.finding import Copies, Copy, search_by_photo
from photodedup.core.fingerprint import RECIPES
from photodedup.core.line import Crew, Settings
from photodedup.gui import words

SCHEMA = 1


def find(options: argparse.Namespace, stop: threading.Event) -> bool:
    """Searches, prints what was found, and says whether it was stopped before the end."""
    recipe, threshold = RECIPES[options.hash], threshold_of(options)
    settings = Settings(recipe, options.kinds, options.jobs)
    with Catalogue(options.catalogue) as catalogue, Workers(options.jobs) as workers:
        crew = Crew(catalogue, workers, Meter(), stop)
        found = search_by_photo(options.photo, options.folders, settings, crew, threshold)
    copies = found.copies[: options.limit]
    if options.json:
        print(json.dumps(_as_json(found, copies, recipe.name, threshold)))
    else:
        _print(found, copies)
    if not found.complete:
        print("photodedup: stopped; only what was found until then is listed.", file=sys.stderr)
    return not found.complete


def _as_json(found: Copies, copies: tuple[Copy, ...], recipe: str, threshold: int) -> dict[str, Any]:
    skipped = [{"path": str(s.path), "reason": s.reason.value, "detail": s.detail} for s in found.skipped]
    return {
        "schema": SCHEMA,
        "photo": str(found.photo.path),
        "threshold": threshold,
        "hash": recipe,
        "photos": found.searched,
        "skipped": skipped,
        "found": len(found.copies),
        "matches": [_copy_as_json(copy) for copy in copies],
    }


def _copy_as_json(copy: Copy) -> dict[str, Any]:
    seen = copy.seen
    return {
        "path": str(copy.photo.path),
        "kind": copy.kind.label,
        "distance": copy.distance,
        "likeness": copy.likeness,
        "transform": None if copy.transform is None else copy.transform.tolist(),
        "size": copy.photo.size,
        "width": seen.width,
        "height": seen.height,
        "taken": seen.taken.isoformat() if seen.taken else None,
    }


def _print(found: Copies, copies: tuple[Copy, ...]) -> None:
    for copy in copies:
        pixels = f"{copy.seen.width} x {copy.seen.height}"
        print(
            f"{copy.kind.words:17}  {copy.likeness:5.1f} %  {copy.distance:3} bits  {pixels:>13}  "
            f"{words.size(copy.photo.size):>9}  {words.shown(copy.photo.path)}"
        )
    total = words.count(len(found.copies), "copy", "copies")
    listed = f", {len(copies):,} of them listed" if len(copies) < len(found.copies) else ""
    print(f"{total} among {words.count(found.searched, 'photo')}{listed}.")
    if found.skipped:
        print(f"{len(found.skipped):,} skipped. --json lists them.")
