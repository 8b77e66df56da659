"""Describes photos that were measured before edited copies were looked for.

Photos and contents enter; their features go to the catalogue. How many are done leaves as a stream.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event

import numpy as np

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Task, Workers, identity
from photodedup.core.fingerprint.stream import FEATURES
from photodedup.core.fingerprint.waves import VERSION
from photodedup.core.values import Index, Library, Photo, Skipped

_DESCRIBE = "photodedup.core.fingerprint.measure:describe"
_SECONDS = 1.0


def undescribed(library: Library, catalogue: Catalogue) -> Index:
    """The photos whose features are not in the catalogue, one a content; plain ones have none.

    Args:
        library: The photos.
        catalogue: What is known.

    Returns:
        int32, rising.
    """
    contents = library.seen.rows["content"]
    _, firsts = np.unique(np.ascontiguousarray(contents).view("V32").ravel(), return_index=True)
    firsts = np.sort(firsts[~library.seen.rows["plain"][firsts]])
    known = catalogue.features.known((contents[at].tobytes() for at in firsts), VERSION)
    return np.array([at for at in firsts if contents[at].tobytes() not in known], np.int32)


def describe(
    library: Library, numbers: Index, catalogue: Catalogue, workers: Workers, stop: Event | None = None
) -> Iterator[Photo]:
    """Describe photos and keep their features.

    Args:
        library: All photos.
        numbers: int32, those to describe.
        catalogue: Takes the features.
        workers: Decode.
        stop: Ends the stream within a second; what was described until then is kept.

    Yields:
        Each photo when it is done, also where it could not be described.

    Raises:
        CatalogueError: The catalogue cannot be written.
        StoppedError: The workers were closed meanwhile.
    """
    contents = library.seen.rows["content"]
    tasks = (
        Task(photo.path, _DESCRIBE, (), identity(photo), (photo, contents[number].tobytes()), (FEATURES,))
        for number in numbers.tolist()
        for photo in (library.photos[number],)
    )
    rows: list[tuple[bytes, bytes]] = []
    last = time.monotonic()
    try:
        for task, answer in workers.run(tasks, stop):
            photo, content = task.key
            if not isinstance(answer, Skipped) and answer[0] == content:
                rows.append(answer)
            yield photo
            if time.monotonic() - last > _SECONDS:
                catalogue.features.keep(rows, VERSION)
                rows, last = [], time.monotonic()
    finally:
        catalogue.features.keep(rows, VERSION)
