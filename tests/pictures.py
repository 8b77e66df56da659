"""Pictures that the tests make for themselves: textured like photos, each seed another one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import Image


def scene(seed: int, width: int = 640, height: int = 480) -> Image.Image:
    """A picture with large and small structures in colour, as photos have them."""
    random = np.random.default_rng(seed)
    total = np.zeros((height, width, 3))
    for cells, weight in ((3, 1.0), (7, 0.8), (17, 0.5), (48, 0.25)):
        coarse = random.normal(0, 1, (cells, cells, 3)) * 0.4 + random.normal(0, 1, (cells, cells, 1))
        layers = [Image.fromarray(coarse[..., c].astype(np.float32)) for c in range(3)]
        grown = [np.asarray(layer.resize((width, height), Image.Resampling.BICUBIC)) for layer in layers]
        total += weight * np.stack(grown, axis=-1)
    low, high = np.percentile(total, (1, 99))
    return Image.fromarray((np.clip((total - low) / (high - low), 0, 1) * 255).astype(np.uint8))


def save(image: Image.Image, path: Path, quality: int = 92, taken: datetime | None = None, **options) -> Path:
    """Saves a picture in the format of its name, with a date and a camera where one is given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if taken is not None:
        exif = Image.Exif()
        exif[271], exif[272], exif[306] = "Acme", "Acme One", f"{taken:%Y:%m:%d %H:%M:%S}"
        exif.get_ifd(0x8769)[36867] = f"{taken:%Y:%m:%d %H:%M:%S}"
        options["exif"] = exif
    if path.suffix.lower() in (".jpg", ".jpeg", ".webp"):
        options["quality"] = quality
    image.save(path, **options)
    return path


def large_photos(folder: Path, count: int) -> Path:
    """Large photos of one picture, no two of the same bytes, so that to read them all takes a while."""
    raw = save(scene(1, 3000, 2000), folder / "0.jpg").read_bytes()
    for number in range(1, count):
        (folder / f"{number}.jpg").write_bytes(raw[:2] + b"\xff\xfe\x00\x08%06d" % number + raw[2:])
    return folder


def shots(root: Path) -> Path:
    """A library with two shots of one scene on other days, which only a network knows."""
    folder = library(root)
    wide = scene(9, 900, 640)
    for at, box in enumerate([(0, 0, 640, 480), (90, 90, 730, 570)]):
        save(wide.crop(box), folder / f"Shots/{at}.jpg")
    return folder


def library(root: Path, scenes: int = 4) -> Path:
    """A small library: originals, an exact copy of the first, a re-encoded small one of the second, and
    singles.

    With four scenes these are six photos in two groups.
    """
    taken = datetime(2019, 7, 21, 12, 30)
    originals = [save(scene(seed), root / f"2019/IMG_{seed:04}.jpg", taken=taken) for seed in range(scenes)]
    copy = root / "Backup/IMG_0000 (1).jpg"
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(originals[0].read_bytes())
    save(scene(1).resize((320, 240), Image.Resampling.LANCZOS), root / "Messenger/received.jpg", quality=60)
    return root
