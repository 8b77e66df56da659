"""Looks at folders as a whole: what may be a photo as columns sorted by path, each file once.

Folders enter; `Looked` leaves. A file that was already met under another name (a hard link, a bind mount,
overlapping roots, a case-insensitive disk) is `SAME_FILE`; so is a folder, once, for all that it holds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import Event

import numpy as np
from numpy.typing import NDArray

from photodedup.core.errors import StoppedError, WrongUseError
from photodedup.core.patience import patiently
from photodedup.core.scan.walking import Found, Run, Walk, same_file
from photodedup.core.values import PhotoColumns, Skipped
from photodedup.core.values.columns import PHOTO

Step = Callable[[Path, int, int], object]
"""Takes a folder, how many things of it were looked at, and how many of these were left out."""

_LOW = (1 << 64) - 1


@dataclass(frozen=True)
class Looked:
    """What folders hold.

    Attributes:
        photos: What may be a photo, sorted by path.
        skipped: What is left out and why, in the order of the walk.
    """

    photos: PhotoColumns
    skipped: list[Skipped]


def check_folders(folders: Sequence[Path], stop: Event | None = None) -> list[Path]:
    """Resolve the folders of a scan, or say which one is not there.

    Args:
        folders: As the person gave them; links among them are followed.
        stop: Ends the waiting for a drive that does not answer.

    Returns:
        Absolute paths without links, in the same order.

    Raises:
        WrongUseError: There is no folder, one is missing, or one is not a folder.
        StoppedError: It was stopped while a drive did not answer.
    """
    if not folders:
        raise WrongUseError("No folder was given: name at least one folder to scan.")
    return patiently(lambda: [_checked(folder) for folder in folders], stop or Event())


def _checked(folder: Path) -> Path:
    try:
        resolved = folder.resolve(strict=True)
        found = resolved.is_dir()
    except (OSError, RuntimeError, ValueError):
        raise WrongUseError(f"There is no folder {folder}: check the name, or connect its drive.") from None
    if not found:
        raise WrongUseError(f"{folder} is a file: name the folder that holds it.")
    return resolved


def look(folders: Sequence[Path], stop: Event | None = None, step: Step | None = None) -> Looked:
    """Look at the folders and everything below them; links below the roots are not followed.

    Args:
        folders: Roots; one that is a link is resolved. A hidden root is scanned, since it was asked for.
        stop: Ends the walk at once, also where a drive does not answer.
        step: Told how far it is.

    Returns:
        What was met until the end or the stop.
    """
    runs: list[Run] = []
    skipped: list[Skipped] = []
    for each in _walked(folders, stop or Event(), step):
        if isinstance(each, Skipped):
            skipped.append(each)
        else:
            runs.append(each)
    met = _columns(runs)
    later, first = _repeated(met)
    skipped += [same_file(met.path(one), met.path(other)) for one, other in zip(later, first, strict=True)]
    photos = met.take(np.setdiff1d(np.arange(len(met)), later)) if len(later) else met
    return Looked(photos if _in_order(runs) else photos.by_path(), skipped)


def _walked(folders: Sequence[Path], stop: Event, step: Step | None) -> list[Found]:
    """What the walk met until the end or the stop; it walks in a thread that can be left behind."""
    met: list[Found] = []
    told = 0

    def beat() -> None:
        nonlocal told
        while step is not None and told < len(met):
            _tell(met[told], step)
            told += 1

    with suppress(StoppedError):
        patiently(lambda: met.extend(Walk(stop).run(folders)), stop, beat)
    beat()
    return met[:]


def _tell(each: Found, step: Step) -> None:
    if isinstance(each, Skipped):
        step(each.path.parent, 1, 1)
    else:
        step(Path(os.fsdecode(each.folder)), len(each.names), 0)


def _columns(runs: Sequence[Run]) -> PhotoColumns:
    folders: dict[bytes, int] = {}
    numbers = [folders.setdefault(run.folder, len(folders)) for run in runs]
    lengths = [len(run.names) for run in runs]
    total = sum(lengths)
    rows = np.zeros(total, PHOTO)
    rows["folder"] = np.repeat(np.array(numbers, np.int32), lengths)
    rows["size"] = np.fromiter(chain.from_iterable(run.sizes for run in runs), np.int64, total)
    rows["mtime_ns"] = np.fromiter(chain.from_iterable(run.mtimes for run in runs), np.int64, total)
    rows["device"] = _unsigned([run.devices for run in runs], total)
    rows["inode"] = _unsigned([run.inodes for run in runs], total)
    ends = np.cumsum(np.fromiter(chain.from_iterable(map(len, run.names) for run in runs), np.int64, total))
    return PhotoColumns(tuple(folders), rows, b"".join([b"".join(run.names) for run in runs]), ends)


def _unsigned(numbers: Sequence[Sequence[int]], total: int) -> NDArray[np.uint64]:
    """Numbers as the disk says them; of those of Windows, which can be longer, the lower half."""
    try:
        return np.fromiter(chain.from_iterable(numbers), np.uint64, total)
    except OverflowError:
        return np.fromiter((each & _LOW for each in chain.from_iterable(numbers)), np.uint64, total)


def _in_order(runs: Sequence[Run]) -> bool:
    """Whether the photos are sorted by path already; within a run they are."""
    ends = [run.folder + run.names[-1] for run in runs]
    return all(end < run.folder + run.names[0] for end, run in zip(ends, runs[1:], strict=False))


def _repeated(photos: PhotoColumns) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The photos that are a file which was met before, and for each the one that was met first."""
    inode, device = photos.rows["inode"], photos.rows["device"]
    order = np.argsort(inode, kind="stable")
    same = inode[order[1:]] == inode[order[:-1]]
    if not same.any():
        return order[:0], order[:0]
    order = np.lexsort((np.arange(len(photos)), device, inode))
    same = (inode[order[1:]] == inode[order[:-1]]) & (device[order[1:]] == device[order[:-1]])
    same &= inode[order[1:]] != 0
    begins = np.flatnonzero(np.append(True, ~same))
    first = np.repeat(order[begins], np.diff(np.append(begins, len(order))))
    later = np.sort(order[1:][same])
    firsts = np.empty(len(photos), np.int64)
    firsts[order] = first
    return later, firsts[later]
