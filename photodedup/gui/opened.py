"""What a search found, made ready for the window in the thread that searched.

In: the result of a search, and the marks of earlier days. Out: `Opened`, which the window shows at once.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from photodedup.core.line import Found
from photodedup.core.scan import names_beside
from photodedup.core.values import Mark
from photodedup.gui import words

Marks = Mapping[Path, tuple[bytes, Mark]]
"""Marks by photo, each with the content it was given for: on another content it means nothing."""

SIMILARITY = "at this similarity. Move the slider to the right to see less alike ones."


@dataclass(frozen=True)
class Opened:
    """What a search found so far, made ready in its own thread so that showing it costs the window little.

    Attributes:
        found: The result.
        marks: The marks of earlier days, each with the content it was for.
        index: The place in the library of each photo that is ever in a group.
        paths: The paths of these photos by place; the very objects of `index`, which are quick to look up.
        beside: The names of the companions of these photos by place, of those that have some.
    """

    found: Found
    marks: Marks = field(default_factory=dict)
    index: Mapping[Path, int] = field(default_factory=dict)
    paths: Mapping[int, Path] = field(default_factory=dict)
    beside: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def make_ready(found: Found, marks: Marks) -> Opened:
    """Works out what the window will ask for at once, and each time the slider is moved."""
    found.prepare()
    grouped = found.grouped.tolist()
    paths = {number: found.library.photos[number].path for number in grouped}
    index = {path: number for number, path in paths.items()}
    beside = names_beside(found.library.files, found.skipped, grouped)
    gc.freeze()  # to look through all this for garbage held the window for 30 ms at 100,000 photos
    return Opened(found, {path: each for path, each in marks.items() if path in index}, index, paths, beside)


def nothing_found(found: Found) -> str:
    """What to say where a finished scan shows no group."""
    photos = words.count(len(found.library), "photo")
    if not found.complete:
        return f"The scan was stopped after {photos}. No copies among them at this similarity."
    if not len(found.library):
        if found.absent:
            return words.shown(" ".join(each.detail for each in found.absent))
        left_out = " What was left out is listed under Skipped files." if found.skipped else ""
        return f"There are no photos in these folders.{left_out}"
    if not found.counts.any():
        return f"No copies among {photos}, at any similarity."
    return f"No copies among {photos} {SIMILARITY}"


def nothing_left(histogram: Sequence[int], photos: int) -> str:
    """What to say where no group is shown after some photos were moved; `photos` are there still."""
    there = f"No copies are left among {words.count(photos, 'photo')}"
    return f"{there} {SIMILARITY}" if any(histogram) else f"{there}, at any similarity."
