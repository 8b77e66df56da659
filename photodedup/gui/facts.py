"""The facts of a group's photos, row by row, so that the eye compares along a line.

In: the photos of one group. Out: for each photo the same rows, each saying whether all photos agree on it and
which one is better, in a word and never by colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from photodedup.core.values import Fingerprint, Photo
from photodedup.gui import words


@dataclass(frozen=True)
class Fact:
    """One row of one photo.

    Attributes:
        name: What the row is about, for tool tips and screen readers.
        text: The value.
        note: Why it is better than the others' values, or the empty string.
        equal: True where all photos of the group have the same value.
    """

    name: str
    text: str
    note: str = ""
    equal: bool = False


Pair = tuple[Photo, Fingerprint]


def facts(
    group: Sequence[Pair], roots: Sequence[Path], beside: Sequence[Sequence[str]] = ()
) -> list[list[Fact]]:
    """The rows of each photo of a group: name, folder, dimensions, size, date taken, camera.

    Args:
        group: The photos.
        roots: The folders that were scanned.
        beside: The names of each photo's companions; where one has some, all have a row for them.
    """
    if not group:
        return []
    several = len(group) > 2
    columns = [
        _row("Name", group, lambda photo, _: words.shown(photo.path.name)),
        _row("Folder", group, lambda photo, _: words.folder(photo.path, roots)),
        _row(
            "Dimensions",
            group,
            lambda _, seen: f"{seen.width} × {seen.height}",
            _area,
            _more("larger", several),
        ),
        _row("File size", group, _file, lambda photo, _: photo.size, _more("bigger file", several)),
        _row("Date taken", group, _taken, _date_known, "dated"),
        _row("Camera", group, lambda _, seen: seen.camera or "no camera", _camera_known, "named"),
    ]
    if any(beside):
        columns.append(_companions(beside))
    return [list(rows) for rows in zip(*columns, strict=True)]


def _companions(beside: Sequence[Sequence[str]]) -> list[Fact]:
    texts = [
        f"with {', '.join(map(words.shown, names))}" if names else "no companion files" for names in beside
    ]
    return [Fact("Companions", text, "", len(set(texts)) == 1) for text in texts]


def _row(
    name: str,
    group: Sequence[Pair],
    text: Callable[[Photo, Fingerprint], str],
    worth: Callable[[Photo, Fingerprint], int] | None = None,
    note: str = "",
) -> list[Fact]:
    texts = [text(photo, seen) for photo, seen in group]
    equal = len(set(texts)) == 1
    values = [worth(photo, seen) for photo, seen in group] if worth else [0] * len(group)
    best = max(values)
    differ = min(values) < best and not equal
    return [
        Fact(name, text, note if differ and value == best else "", equal)
        for text, value in zip(texts, values, strict=True)
    ]


def _more(word: str, several: bool) -> str:
    return {"larger": "largest", "bigger file": "biggest file"}[word] if several else word


def _area(_: Photo, seen: Fingerprint) -> int:
    return seen.width * seen.height


def _file(photo: Photo, seen: Fingerprint) -> str:
    return f"{words.size(photo.size)}  {seen.format}" + ("  damaged" if seen.damaged else "")


def _taken(_: Photo, seen: Fingerprint) -> str:
    return f"{seen.taken:%Y-%m-%d  %H:%M:%S}" if seen.taken else "no date"


def _date_known(_: Photo, seen: Fingerprint) -> int:
    return int(seen.taken is not None)


def _camera_known(_: Photo, seen: Fingerprint) -> int:
    return int(bool(seen.camera))
