"""The yardstick: photos, labelled copies of each, and photos that are nobody's copy.

Enters: a folder of photos. Leaves: a folder with `../shared/tools/make_copies.py`'s copies of some of them,
the others beside them, and what is what.
"""

from __future__ import annotations

import csv
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

SHARED = Path(__file__).parents[4] / "shared"
PICTURES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".gif", ".bmp"))
ALONE = "alone"
ORIGINAL = "original"
EASY = ("exact", "metadata", "recompress", "resize", "format", "tone", "filter", "turn")
"""Families of which all copies shall be found."""


@dataclass(frozen=True)
class Yardstick:
    """Photos and what they are.

    Attributes:
        paths: The files.
        photo: int64 (files,), equal for copies of one photo.
        family: How each was made, `ORIGINAL`, or `ALONE` for a photo without copies.
        textured: bool (files,), whether the photo that it was made from has enough to be matched by look.
    """

    paths: tuple[Path, ...]
    photo: np.ndarray
    family: np.ndarray
    textured: np.ndarray

    def original(self) -> np.ndarray:
        """For each file the number of the original that it was made from: int64 (files,), -1 for none."""
        of = {photo: at for at, photo in enumerate(self.photo) if self.family[at] == ORIGINAL}
        return np.array([of.get(photo, -1) for photo in self.photo])

    def copies(self) -> np.ndarray:
        """The numbers of the copies."""
        return np.flatnonzero((self.family != ORIGINAL) & (self.family != ALONE))


def make(folder: Path, out: Path, limit: int | None, seed: int, alone: Path | None) -> Yardstick:
    """Makes the copies; photos of `alone` that are not below `folder` join as nobody's copies."""
    tool = SHARED / "tools" / "make_copies.py"
    copies = out / "copies"
    command = [sys.executable, str(tool), str(folder), str(copies), "--seed", str(seed)]
    subprocess.run(
        command + (["--limit", str(limit)] if limit else []), check=True, stdout=subprocess.DEVNULL
    )
    with (copies / "truth.csv").open() as rows:
        truth = [(copies / row["path"], int(row["photo"]), row["family"]) for row in csv.DictReader(rows)]
    (copies / "truth.csv").unlink()
    truth += [(path, photo, "perspective") for path, photo in _perspectives(truth, seed)]
    truth += [
        (path, -1 - number, ALONE) for number, path in enumerate(_others(folder, alone, out / "others"))
    ]
    textured = _textured(truth)
    return Yardstick(
        tuple(path for path, _, _ in truth),
        np.array([photo for _, photo, _ in truth]),
        np.array([family for _, _, family in truth]),
        np.array([textured.get(photo, True) for _, photo, _ in truth]),
    )


def _perspectives(truth, seed):
    """A picture of each original as it looks from the side, which the tool does not make."""
    for path, photo, family in [each for each in truth if each[2] == ORIGINAL]:
        image, wobble = Image.open(path), random.Random(f"{seed}-{photo}-{family}")
        w, h = image.size
        x, y = w * wobble.uniform(0.04, 0.1), h * wobble.uniform(0.02, 0.06)
        corners = [0, y, 0, h - y, w, h, w, 0] if wobble.random() < 0.5 else [x, 0, 0, h, w, h, w - x, 0]
        target = path.with_name("perspective-side.jpg")
        image.transform((w, h), Image.Transform.QUAD, corners, Image.Resampling.BICUBIC).save(
            target, quality=90
        )
        yield target, photo


def _others(folder: Path, alone: Path | None, target: Path) -> list[Path]:
    if alone is None:
        return []
    target.mkdir()
    found = sorted(p for p in alone.rglob("*") if p.suffix.lower() in PICTURES and folder not in p.parents)
    others = []
    for number, path in enumerate(found):
        others.append(target / f"{number:05}{path.suffix.lower()}")
        shutil.copyfile(path, others[-1])
    return others


def _textured(truth) -> dict[int, bool]:
    """Whether each original has texture: edges in nearly all of its parts, told without our own guard."""
    return {photo: has_texture(path) for path, photo, family in truth if family == ORIGINAL}


def has_texture(path: Path) -> bool:
    """Whether half of a picture's 64 parts differ within themselves by more than noise does."""
    grey = ImageOps.exif_transpose(Image.open(path)).convert("L").resize((256, 256), Image.Resampling.BOX)
    parts = np.asarray(grey, float).reshape(8, 32, 8, 32).std(axis=(1, 3))
    return bool((parts > 4).mean() >= 0.5)
