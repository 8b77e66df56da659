"""Fills in the facts of photos that were found identical without being decoded: size, time and camera.

A library enters; the same one leaves, where identical photos have their facts, without files that turn out to
be no pictures. One file of each content is opened, and read no further than its header.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray

from photodedup.core.decode import Task, Workers, identity, skipped
from photodedup.core.decode.headers import HEAD, facts_of_jpeg
from photodedup.core.decode.task import open_once
from photodedup.core.patience import let_go
from photodedup.core.values import FingerprintColumns, Library, Photo, Skipped
from photodedup.core.values.columns import to_microseconds

_FACTS = "photodedup.core.decode.picture:facts"
Members = NDArray[np.intp]


def with_facts(library: Library, workers: Workers, stop: Event) -> tuple[Library, list[Skipped]]:
    """Learn what identical photos say of themselves.

    Args:
        library: Photos of which those without facts have a width of 0.
        workers: Read what is no JPEG.
        stop: Ends it soon; what is not known by then stays unknown.

    Returns:
        The library, and those of its photos that are none after all.

    Raises:
        StoppedError: The workers were closed meanwhile.
        DecoderError: No worker can be started.
    """
    learnt = list(_learn(library, workers, stop)) if len(library) else []
    if not learnt:
        return library, []
    rows, words = library.seen.rows.copy(), list(library.seen.words)
    places = {word: at for at, word in enumerate(words)}
    skips: dict[int, Skipped] = {}
    for members, facts in learnt:
        if isinstance(facts, Skipped):
            skips.update((int(one), _same_skip(library.photos[int(one)], facts)) for one in members)
            continue
        for name in ("width", "height"):
            rows[name][members] = facts[name]
        for name in ("format", "camera"):
            if facts[name] not in places:
                places[facts[name]] = len(words)
                words.append(facts[name])
            rows[name][members] = places[facts[name]]
        rows["taken"][members] = to_microseconds(facts["taken"])
    seen = FingerprintColumns(rows, tuple(words), library.seen.pixels, library.seen.digests)
    stay = np.setdiff1d(np.arange(len(rows)), np.fromiter(skips, np.int64, len(skips)))
    return Library(library.files.take(stay), seen.take(stay)), list(skips.values())


def _learn(
    library: Library, workers: Workers, stop: Event
) -> Iterator[tuple[Members, dict[str, Any] | Skipped]]:
    """The photos of each content of which facts are missing, with their facts or why there are none."""
    tasks: list[Task] = []
    for members, known in _unknown(library):
        if stop.is_set():
            return
        if known is not None:
            seen = library.fingerprints[known]
            names = ("width", "height", "format", "taken", "camera")
            yield members, {name: getattr(seen, name) for name in names}
            continue
        photo = library.photos[int(members[0])]
        facts = facts_of_jpeg(_head(photo))
        if facts is not None:
            yield members, facts
        else:
            tasks.append(Task(photo.path, _FACTS, (), identity(photo), members))
    for task, answer in workers.run(tasks, stop):
        if not isinstance(answer, Skipped):
            answer["taken"] = datetime.fromisoformat(answer["taken"]) if answer["taken"] else None
        yield task.key, answer


def _unknown(library: Library) -> Iterator[tuple[Members, int | None]]:
    """Photos without facts that share their content, and one that has the facts where there is one."""
    rows = library.seen.rows
    # Eight bytes of a digest tell contents apart well enough for facts that are only shown.
    content = np.ascontiguousarray(rows["content"][:, -8:]).view(np.uint64).ravel()
    order = np.argsort(content, kind="stable")
    begins = np.flatnonzero(np.append(True, np.diff(content[order]) != 0))
    lacking = np.logical_or.reduceat(rows["width"][order] == 0, begins)
    ends = np.append(begins[1:], len(order))
    wanted = lacking & (ends - begins > 1)
    for begin, end in zip(begins[wanted].tolist(), ends[wanted].tolist(), strict=True):
        members = order[begin:end]
        without = rows["width"][members] == 0
        yield members[without], None if without.all() else int(members[~without][0])


def _head(photo: Photo) -> bytes:
    """The first bytes of a photo; none where it cannot be opened any more, which a worker will say."""
    opened = open_once(Task(photo.path, "", (), identity(photo)))
    if isinstance(opened, Skipped):
        return b""
    try:
        with suppress(OSError):
            return os.read(opened, HEAD)
        return b""
    finally:
        let_go(opened)


def _same_skip(photo: Photo, why: Skipped) -> Skipped:
    """The skip of one of several equal files, in the words of that of another one."""
    return skipped(photo.path, why.reason, why.detail.removeprefix(f"{why.path.name} ").removesuffix("."))
