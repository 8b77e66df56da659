"""Search by photo: from one photo and folders to its copies there, the best first.

In: a photo, wherever it lies, and folders. Out: `Copies`. What the catalogue knows is not read again; the
photo is then matched with the few that may be copies by the same rules as in a search of whole folders.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from photodedup.core.errors import StoppedError, WrongUseError
from photodedup.core.fingerprint import Reading, fingerprints
from photodedup.core.line import Crew, Settings, look_around, prove_pictures, read_photos
from photodedup.core.match import (
    distance_between,
    find_matches,
    find_pairs,
    kind_between,
    picture_candidates,
    shortlist,
)
from photodedup.core.scan import check_folders
from photodedup.core.values import Fingerprint, Index, Kind, Library, Matches, Photo, Skipped


@dataclass(frozen=True)
class Copy:
    """One copy of the photo that was sought.

    Attributes:
        photo: The file.
        seen: What was measured of it.
        kind: How it matches.
        distance: Bits between the two hashes.
        likeness: Per cent.
        transform: For an edited copy float32 (2, 3), takes a point of the photo that was sought to its place
            in this one; both in shares of width and height. None for other kinds.
    """

    photo: Photo
    seen: Fingerprint
    kind: Kind
    distance: int
    likeness: float
    transform: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Copies:
    """What a search by photo found.

    Attributes:
        photo: The photo that was sought.
        seen: What was measured of it.
        copies: The best first.
        searched: How many photos the folders hold.
        skipped: What was left out of them and why.
        complete: False where the search was stopped.
    """

    photo: Photo
    seen: Fingerprint
    copies: tuple[Copy, ...]
    searched: int
    skipped: tuple[Skipped, ...]
    complete: bool


def find_copies(
    photo_path: Path, folders: Sequence[Path], settings: Settings, crew: Crew, threshold: int | None = None
) -> tuple[Copy, ...]:
    """The copies of a photo in folders, the best first; see `search_by_photo`."""
    return search_by_photo(photo_path, folders, settings, crew, threshold).copies


def search_by_photo(
    photo_path: Path, folders: Sequence[Path], settings: Settings, crew: Crew, threshold: int | None = None
) -> Copies:
    """Searches folders for the copies of one photo; the very file is not among them.

    Args:
        photo_path: The photo; a link is followed. It need not lie in the folders.
        folders: Where to search.
        settings: What to look for.
        crew: What to work with.
        threshold: Bits by which a near-duplicate may differ; by default those of the recipe.

    Returns:
        What was found; only among the photos read until then where the search was stopped.

    Raises:
        WrongUseError: The photo cannot be read, or a folder is not there.
        StoppedError: The search was stopped before the photo was measured.
    """
    roots = check_folders(folders)
    photo, seen = measure_photo(photo_path, settings, crew)
    looked = look_around(roots, crew)
    reading = Reading(looked.photos, looked.skipped, settings.recipe)
    for _ in read_photos(reading, settings.recipe, crew):
        pass
    library = reading.library()
    if not crew.stop.is_set():
        reading.keep(library, crew.catalogue)
    bits = settings.recipe.threshold if threshold is None else threshold
    copies = copies_among(_few(library, photo, seen, settings), photo, settings, crew, bits)
    skipped = tuple(sorted(reading.skipped, key=lambda each: os.fsencode(each.path)))
    return Copies(photo, seen, copies, len(library), skipped, not crew.stop.is_set())


def measure_photo(path: Path, settings: Settings, crew: Crew) -> tuple[Photo, Fingerprint]:
    """Measures one photo, unless it is known.

    Raises:
        WrongUseError: The photo cannot be read.
        StoppedError: The search was stopped before.
    """
    try:
        found = path.resolve(strict=True)
        status = found.stat()
    except (OSError, RuntimeError, ValueError):
        raise WrongUseError(f"There is no photo {path}: check the name, or connect its drive.") from None
    if found.is_dir():
        raise WrongUseError(f"{path} is a folder: name one photo.")
    if not status.st_size:
        raise WrongUseError(f"{path} is empty, so nothing is like it: name another photo.")
    photo = Photo(found, status.st_size, status.st_mtime_ns, status.st_dev, status.st_ino)
    for answer in fingerprints([photo], settings.recipe, crew.catalogue, crew.workers, crew.stop):
        if isinstance(answer, Skipped):
            raise WrongUseError(f"{answer.detail} Name another photo.")
        return answer
    raise StoppedError("The search was stopped before the photo was read.")


def _few(library: Library, photo: Photo, seen: Fingerprint, settings: Settings) -> Library:
    """The photo with those that may match it; not the file itself, under whatever name it was met."""
    numbers = [int(number) for number in shortlist(library, seen, settings.recipe.furthest)]
    others = [(library.photos[number], library.fingerprints[number]) for number in numbers]
    few = [*(each for each in others if not same_file(each[0], photo)), (photo, seen)]
    return library_of(few, settings.recipe.turned)


def library_of(pairs: Sequence[tuple[Photo, Fingerprint]], turned: int = -1) -> Library:
    """A library of a few photos with what was measured of them."""
    pairs = sorted(pairs, key=lambda each: os.fsencode(each[0].path))
    return Library([photo for photo, _ in pairs], [seen for _, seen in pairs], turned)


def copies_among(
    few: Library, photo: Photo, settings: Settings, crew: Crew, threshold: int
) -> tuple[Copy, ...]:
    """Matches a photo with the few that may match it."""
    furthest = settings.recipe.furthest
    number = few.find(photo.path)
    if number is None:
        raise ValueError("the photo is not among the few")
    if Kind.IDENTICAL_PICTURE in settings.kinds and not crew.stop.is_set():
        few = _prove(few, number, furthest, crew)
    matches = find_matches(few, furthest, settings.kinds)
    copies = [_copy(few, matches, number, int(other)) for other in _matching(matches, number, threshold)]
    copies = [copy for copy in copies if copy.kind in settings.kinds]
    return tuple(sorted(copies, key=lambda each: (each.kind, each.distance, os.fsencode(each.photo.path))))


def _prove(few: Library, number: int, furthest: int, crew: Crew) -> Library:
    """Proves which of a few photos hold the same picture as one of them."""
    pairs = list(zip(few.photos, few.fingerprints, strict=True))
    mine, twins = pairs[number], []
    for other in pairs:
        both = library_of([mine, other]) if other is not mine else Library()
        if len(picture_candidates(both, find_pairs(both, furthest))):
            twins.append(other)
    some = library_of([mine, *twins]) if twins else Library()
    proven = prove_pictures(some, find_pairs(some, furthest), crew)
    known = dict(zip((each.path for each in proven.photos), proven.fingerprints, strict=True))
    return library_of([(photo, known.get(photo.path, seen)) for photo, seen in pairs], few.turned)


def same_file(one: Photo, other: Photo) -> bool:
    """Whether two paths are names of one file."""
    if one.path == other.path:
        return True
    return bool(one.inode) and (one.device, one.inode) == (other.device, other.inode)


def _matching(matches: Matches, number: int, threshold: int) -> Index:
    """The photos that match one directly, within a distance in bits."""
    node = matches.node[number]
    pairs = matches.distance <= threshold
    near = np.concatenate(
        (matches.right[pairs & (matches.left == node)], matches.left[pairs & (matches.right == node)])
    )
    met = np.isin(matches.node, np.append(near, node))
    met[number] = False
    return np.flatnonzero(met).astype(np.int32)


def _copy(library: Library, matches: Matches, number: int, other: int) -> Copy:
    distance = distance_between(library, number, other)
    likeness = round(100 - 100 * distance / (4 * len(library.fingerprints[number].bits)), 1)
    kind = kind_between(matches, number, other)
    return Copy(library.photos[other], library.fingerprints[other], kind, distance, max(0.0, likeness))
