"""Makes docs/window.png: paints a few landscapes and copies of them, scans them, and photographs the window.

Run it from the checkout: QT_QPA_PLATFORM=offscreen .environment/bin/python docs/make_picture.py
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))


def landscape(seed: int, width: int = 1600, height: int = 1200) -> Image.Image:
    """A sky with a sun over rows of hills."""
    random = np.random.default_rng(seed)
    top, low = random.integers(30, 120, 3), random.integers(150, 250, 3)
    rise = np.linspace(0, 1, height)[:, None, None] ** 0.8
    sky = (top * (1 - rise) + low * rise).repeat(width, axis=1)
    image = Image.fromarray(sky.astype(np.uint8))
    draw = ImageDraw.Draw(image)
    x, y, r = random.uniform(0.15, 0.85) * width, random.uniform(0.15, 0.4) * height, random.uniform(50, 110)
    draw.ellipse((x - r, y - r, x + r, y + r), fill=(255, 236, 190))
    image = image.filter(ImageFilter.GaussianBlur(6))
    draw = ImageDraw.Draw(image)
    across = np.linspace(0, 1, width // 4)
    for row in range(5):
        line = sum(
            random.uniform(0.3, 1)
            / k
            * np.sin(2 * np.pi * (k * across * random.uniform(0.5, 1.6) + random.uniform()))
            for k in (1, 2, 4, 9, 21)
        )
        level = height * (0.42 + 0.12 * row) + line * height * 0.05
        colour = tuple(int(c * (0.75 - 0.13 * row)) for c in random.integers(90, 200, 3))
        points = [(4 * i, float(v)) for i, v in enumerate(level)]
        draw.polygon([(0, height), *points, (width, level[-1]), (width, height)], fill=colour)
    grain = random.normal(0, 5, (height, width, 1))
    return Image.fromarray(np.clip(np.asarray(image, float) + grain, 0, 255).astype(np.uint8))


def make_library(root: Path) -> None:
    """Originals with a date and a camera, and copies as backups, messengers and editors make them."""
    from tests.pictures import save  # noqa: PLC0415

    for seed in range(7):
        image = landscape(seed)
        name, taken = f"IMG_{2041 + seed * 37}", datetime(2019, 7, 3 + seed, 18, 4 + seed)
        original = save(image, root / f"Photos/2019/07/{name}.jpg", 93, taken)
        if seed in (1, 4):
            copy = root / f"Photos/Backup/phone/{name} (1).jpg"
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(original.read_bytes())
        if seed in (0, 2, 5):
            save(
                image.resize((1024, 768), Image.Resampling.LANCZOS),
                root / f"Photos/Messenger/{name}-WA.jpg",
                65,
            )
        if seed in (0, 3):
            edited = ImageEnhance.Color(image).enhance(1.7)
            save(edited.resize((1280, 960)), root / f"Photos/Edited/{name}-vivid.jpg", 88, taken)


def main() -> None:
    """Photographs the window in light."""
    home = Path(tempfile.mkdtemp())
    for name in ("DATA", "CONFIG", "CACHE"):
        os.environ[f"XDG_{name}_HOME"] = str(home / name)
    make_library(home)
    from photodedup.app import make_application, open_desk  # noqa: PLC0415
    from photodedup.gui.window import Window  # noqa: PLC0415

    app = make_application()
    window = Window(open_desk, [home / "Photos"])
    window.resize(1280, 800)
    window.show()
    end = time.monotonic() + 25
    marked = False
    while time.monotonic() < end:
        app.processEvents()
        time.sleep(0.01)
        if window.desk and not marked and window.desk.session.found.complete:
            marked = True
            end = time.monotonic() + 4
            window.desk.actions_by_name["auto-mark"].trigger()
            group = next(
                n
                for n in range(len(window.desk.session.shown))
                if len(window.desk.session.shown.groups[n]) == 3
            )
            window.desk.session.select(group)
    window.grab().save(str(ROOT / "docs/window.png"))
    window.close()


if __name__ == "__main__":
    main()
