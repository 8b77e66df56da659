"""Measures uploads in workers, as the scan does with photos: this process never decodes one.

An open file enters; what was measured leaves, or why it is no picture.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

from photodedup.core.decode import Task, Workers, skipped
from photodedup.core.index.pictures import Measured, Upload
from photodedup.core.index.sides import MOST, place, width
from photodedup.core.values import Skipped, SkipReason

_MEASURE = "photodedup.core.index.upload:measure_upload"


def measure(workers: Workers, name: str, descriptor: int, side: int, most_pixels: int) -> Upload | Skipped:
    """Measure one upload, after those that came before.

    Args:
        workers: Where it is decoded.
        name: What it is called; nothing of this name is opened.
        descriptor: The open file.
        side: Of the dHash.
        most_pixels: Larger pictures are refused.

    Raises:
        StoppedError: The workers were closed meanwhile.
    """
    size = os.fstat(descriptor).st_size
    if not size:
        return skipped(Path(name), SkipReason.EMPTY, "is empty")
    task = Task(Path(name), _MEASURE, (side, most_pixels), opened=descriptor)
    for _, answer in workers.run([task], threading.Event()):
        if isinstance(answer, Skipped):
            return answer
        if len(answer["bits"]) == width(side) and len(answer["sketch"]) == place(MOST + 1):
            return Upload(name, size, Measured(side=side, **answer))
    return skipped(Path(name), SkipReason.DECODER_CRASHED, "made the decoder answer nonsense")
