"""A library whose edited copies are known, for tests of what the window makes of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from photodedup.core.values import Edits, Kind
from photodedup.gui.opened import make_ready
from tests.gui.journey import Journey
from tests.pictures import save, scene

HALF = np.array([[0.5, 0, 0.25], [0, 0.5, 0.25]], np.float32)
"""The middle half of each side: a quarter of the picture."""
MIRRORED = np.array([[-0.8, 0, 0.9], [0, 0.8, 0.1]], np.float32)


def with_edited_copies(journey: Journey, folder: Path) -> None:
    """Shows a group of four: an original, a small copy of it, and two crops that hang on the original."""
    original = scene(1)
    save(original, folder / "original.jpg", quality=95)
    save(original.resize((320, 240)), folder / "small.jpg", quality=60)
    save(original.crop((160, 120, 480, 360)), folder / "crop.jpg")
    save(original.crop((64, 48, 576, 432)).transpose(0), folder / "mirrored.jpg")
    save(scene(5), folder / "alone.jpg")
    journey.scan(folder)
    add_edits(journey, [("crop.jpg", "original.jpg", HALF), ("mirrored.jpg", "original.jpg", MIRRORED)])


def add_edits(journey: Journey, pairs: list[tuple[str, str, np.ndarray]]) -> None:
    """Shows what was found with edited copies in it: copy, source and where the one lies in the other."""
    found = journey.desk.session.found
    names = {photo.path.name: number for number, photo in enumerate(found.library.photos)}
    edits = Edits(
        np.array([names[copy] for copy, _, _ in pairs], np.int32),
        np.array([names[source] for _, source, _ in pairs], np.int32),
        np.array([transform for _, _, transform in pairs], np.float32),
        np.ones(len(pairs), np.float32),
    )
    matches = replace(found.matches, edits=edits)
    more = replace(found, matches=matches, kinds=frozenset(Kind))
    more.prepare()
    journey.desk.session.show_found(make_ready(more, {}))
