"""Proves which pictures are identical: equal codes of JPEGs first, and full-size pixels where codes differ.

Photos that may show the same enter; a digest for each leaves, equal only where the pixels are. To decode a
photo at full size costs more than all else that is done to it, so it is done only where nothing less tells.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Event

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Task, Workers, identity, skipped
from photodedup.core.values import Photo, Skipped, SkipReason

_CODE = "photodedup.core.decode.pixels:code"
_PROVE = "photodedup.core.decode.pixels:prove"
_SECONDS = 1.0

Digest = bytes | Skipped


@dataclass(frozen=True, slots=True)
class Suspect:
    """A photo that may show the same as another one.

    Attributes:
        photo: Which file.
        content: Its content, as it was measured.
        look: Equal for photos that may show the same, and negative where a photo with another code may.
    """

    photo: Photo
    content: bytes
    look: int


def prove_pixels(
    suspects: Sequence[Suspect], catalogue: Catalogue, workers: Workers, stop: Event | None = None
) -> Iterator[tuple[int, Digest]]:
    """Digest what pictures show; each digest is remembered.

    Each content is read once. Photos of one look that all have one code are not decoded: their digest is that
    of the code. Of the others each code is decoded once.

    Args:
        suspects: The photos.
        catalogue: What is known; takes what is new.
        workers: Decode.
        stop: Ends the stream within a second; what was proven until then is kept.

    Yields:
        The place of a photo in `suspects`, and BLAKE3 of its pixels or of their code, or why there is
        none. Photos of one look show the same if and only if these are equal.

    Raises:
        CatalogueError: The catalogue cannot be read or written.
        StoppedError: The workers were closed meanwhile.
    """
    known = catalogue.pixels([each.content for each in suspects])
    places: dict[bytes, list[int]] = {}
    decoded_before = set()
    for place, suspect in enumerate(suspects):
        if suspect.content in known:
            decoded_before.add(suspect.look)
            yield place, known[suspect.content]
        else:
            places.setdefault(suspect.content, []).append(place)
    codes: dict[bytes, bytes] = {}
    for content, code in _codes(suspects, places, catalogue, workers, stop):
        if isinstance(code, Skipped):
            yield from ((place, code) for place in places[content])
        else:
            codes[content] = code
    if stop is not None and stop.is_set():
        return
    undecided = _several_codes(suspects, places, codes) | decoded_before
    tasks: dict[bytes, Task] = {}
    for content, code in codes.items():
        several = places[content]
        if any(suspects[place].look < 0 or suspects[place].look in undecided for place in several):
            task = tasks.setdefault(code, _task(suspects[several[0]], _PROVE, []))
            task.key.append((content, several))
        else:
            yield from ((place, code) for place in several)
    yield from _proven(list(tasks.values()), catalogue, workers, stop)


def _several_codes(
    suspects: Sequence[Suspect], places: dict[bytes, list[int]], codes: dict[bytes, bytes]
) -> set[int]:
    """The looks of which there is more than one code."""
    first: dict[int, bytes] = {}
    return {
        suspects[place].look
        for content, code in codes.items()
        for place in places[content]
        if first.setdefault(suspects[place].look, code) != code
    }


def _codes(
    suspects: Sequence[Suspect],
    places: dict[bytes, list[int]],
    catalogue: Catalogue,
    workers: Workers,
    stop: Event | None,
) -> Iterator[tuple[bytes, Digest]]:
    """The code of each content, or why there is none."""
    known = catalogue.codes(list(places))
    yield from known.items()
    tasks = [
        _task(suspects[several[0]], _CODE, [(content, several)])
        for content, several in places.items()
        if content not in known
    ]
    with _Kept(catalogue.remember_codes) as kept:
        for task, answer in workers.run(tasks, stop):
            content, result = task.key[0][0], _digest(task, answer)
            if isinstance(result, bytes):
                kept.add([(content, result)])
            yield content, result


def _proven(
    tasks: Sequence[Task], catalogue: Catalogue, workers: Workers, stop: Event | None
) -> Iterator[tuple[int, Digest]]:
    """The digests of pixels; the key of a task lists the contents that share them, each with its places."""
    with _Kept(catalogue.remember_pixels) as kept:
        for task, answer in workers.run(tasks, stop):
            result = _digest(task, answer)
            if isinstance(result, bytes):
                kept.add([(content, result) for content, _ in task.key])
            yield from ((place, result) for _, several in task.key for place in several)


def _task(suspect: Suspect, function: str, key: list[tuple[bytes, list[int]]]) -> Task:
    return Task(suspect.photo.path, function, (), identity(suspect.photo), key)


def _digest(task: Task, answer: tuple[bytes, bytes] | Skipped) -> Digest:
    """What a worker digested, if the file still holds what was measured."""
    if isinstance(answer, Skipped):
        return answer
    content, digest = answer
    if content == task.key[0][0]:
        return digest
    return skipped(task.path, SkipReason.UNREADABLE, "changed while it was scanned; scan again to include it")


class _Kept:
    """Digests that go to the catalogue once a second, and the last ones come what may."""

    def __init__(self, keep: Callable[[Sequence[tuple[bytes, bytes]]], None]) -> None:
        self._keep = keep
        self._waiting: list[tuple[bytes, bytes]] = []
        self._last = time.monotonic()

    def __enter__(self) -> _Kept:
        return self

    def __exit__(self, *_: object) -> None:
        self._keep(self._waiting)

    def add(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        self._waiting.extend(pairs)
        if time.monotonic() - self._last > _SECONDS:
            self._keep(self._waiting)
            self._waiting, self._last = [], time.monotonic()
