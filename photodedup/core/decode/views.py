"""Views of photos for the window, decoded in a worker; this process never loads a codec.

A photo enters; its pixels leave, or why there are none.
"""

from __future__ import annotations

from threading import Event

from photodedup.core.decode.pool import Workers
from photodedup.core.decode.task import Task, identity
from photodedup.core.values import Photo, Skipped

View = tuple[int, int, bytes]
"""Width, height, and the pixels: three bytes each, sRGB, row by row from the top."""


def read_view(workers: Workers, photo: Photo, side: int, stop: Event | None = None) -> View | Skipped:
    """Decode a photo upright and in sRGB, before everything else that the workers have to do.

    Args:
        workers: Where it is decoded.
        photo: Must not have changed since the walk.
        side: The longest side wanted, in pixels; a smaller photo is not enlarged.
        stop: Ends the wait within a second.

    Raises:
        StoppedError: The workers were closed meanwhile, or `stop` was set.
    """
    task = Task(photo.path, "photodedup.core.decode.picture:view", (side,), identity(photo))
    answer: View | Skipped = workers.run_one(task, stop)
    return answer
