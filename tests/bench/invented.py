"""Makes many small files for the benches in a few seconds: real JPEGs that differ in a comment."""

from __future__ import annotations

import io
from pathlib import Path

from tests.pictures import scene

IN_A_FOLDER = 500


def small_files(folder: Path, count: int, copies: int = 0) -> None:
    """Writes `count` JPEGs of 64 by 48 pixels, 500 a folder; each of the last `copies` has a twin before."""
    pictures = []
    for seed in range(40):
        stream = io.BytesIO()
        scene(seed, 64, 48).save(stream, "JPEG", quality=70)
        pictures.append(stream.getvalue())
    for number in range(count):
        place = folder / f"{2000 + number // (10 * IN_A_FOLDER)}" / f"trip {number // IN_A_FOLDER % 10:02}"
        if number % IN_A_FOLDER == 0:
            place.mkdir(parents=True, exist_ok=True)
        which = number - (count - copies) if number >= count - copies else number
        raw, comment = pictures[which % len(pictures)], b"%010d" % which
        head = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        (place / f"IMG_{number:07}.jpg").write_bytes(raw[:2] + head + raw[2:])
