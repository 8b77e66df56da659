"""Search by photo: from one photo and folders to its copies there, the best first.

In: a photo, wherever it lies, and folders. Out: `Copies`. What the catalogue knows is not read again; the
photo is then matched with the few that may be copies by the same rules as in a search of whole folders.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from photodedup.core.errors import StoppedError, WrongUseError
from photodedup.core.fingerprint import Reading, fingerprints
from photodedup.core.line import Crew, Settings, describe_photos, look_around, prove_pictures, read_photos
from photodedup.core.match import (
    HashPairs,
    distance_between,
    edited,
    find_matches,
    find_pairs,
    find_shots,
    kind_between,
    likeness,
    look_again,
    picture_candidates,
    place_in,
    same_moment,
    shortlist,
    with_one,
)
from photodedup.core.match.classes import first_equal
from photodedup.core.patience import patiently
from photodedup.core.scan import as_units, check_folders
from photodedup.core.values import Fingerprint, Index, Kind, Library, Matches, Photo, Skipped

LOW = (1 << 64) - 1


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
    roots = check_folders(folders, crew.stop)
    photo, seen = measure_photo(photo_path, settings, crew)
    looked = as_units(look_around(roots, crew))
    reading = Reading(looked.photos, looked.skipped, settings.recipe)
    for _ in read_photos(reading, settings.recipe, crew, described=Kind.EDITED_COPY in settings.kinds):
        pass
    library = reading.library()
    if not crew.stop.is_set():
        reading.keep(library, crew.catalogue)
    bits = settings.recipe.threshold if threshold is None else threshold
    copies = _copies(_without(library, photo), photo, seen, settings, crew, bits)
    skipped = tuple(sorted(reading.skipped, key=lambda each: os.fsencode(each.path)))
    return Copies(photo, seen, copies, len(library), skipped, not crew.stop.is_set())


def _without(library: Library, photo: Photo) -> Library:
    """The photos that are not the very file that is sought, under whatever name."""
    rows, at = library.files.rows, library.find(photo.path)
    own = (rows["inode"] == photo.inode & LOW) & (rows["device"] == photo.device & LOW) & (rows["inode"] != 0)
    if at is not None:
        own[at] = True
    others = np.flatnonzero(~own)
    return Library(library.files.take(others), library.seen.take(others), library.turned)


def _copies(
    library: Library, photo: Photo, seen: Fingerprint, settings: Settings, crew: Crew, threshold: int
) -> tuple[Copy, ...]:
    """The copies of a photo in a library, kind after kind, and of each kind the nearest first."""
    near = _among(library, shortlist(library, seen, settings.recipe.furthest), photo, seen)
    found = list(copies_among(near, photo, settings, crew, threshold))
    known = {number for copy in found if (number := library.find(copy.photo.path)) is not None}
    if Kind.EDITED_COPY in settings.kinds and not crew.stop.is_set():
        made = edited_among(with_one(library, photo, seen), known, settings, crew)
        found += sorted(made, key=lambda each: (-each.likeness, os.fsencode(each.photo.path)))
    if Kind.SIMILAR_SHOT in settings.kinds:
        moment = _among(library, same_moment(library, seen), photo, seen)
        listed = {copy.photo.path for copy in found}
        found += [copy for copy in _shots(moment, photo, settings) if copy.photo.path not in listed]
    return tuple(found)


def _among(library: Library, numbers: Index, photo: Photo, seen: Fingerprint) -> Library:
    """Some photos of a library, and the one that is sought."""
    some = [(library.photos[int(number)], library.fingerprints[int(number)]) for number in numbers]
    return library_of([*some, (photo, seen)], library.turned)


def measure_photo(path: Path, settings: Settings, crew: Crew) -> tuple[Photo, Fingerprint]:
    """Measures one photo, unless it is known.

    Raises:
        WrongUseError: The photo cannot be read.
        StoppedError: The search was stopped before.
    """
    try:
        found, status = patiently(lambda: _resolved(path), crew.stop)
    except (OSError, RuntimeError, ValueError):
        raise WrongUseError(f"There is no photo {path}: check the name, or connect its drive.") from None
    if stat.S_ISDIR(status.st_mode):
        raise WrongUseError(f"{path} is a folder: name one photo.")
    if not status.st_size:
        raise WrongUseError(f"{path} is empty, so nothing is like it: name another photo.")
    photo = Photo(found, status.st_size, status.st_mtime_ns, status.st_dev, status.st_ino)
    described = Kind.EDITED_COPY in settings.kinds
    answers = fingerprints(
        [photo], settings.recipe, crew.catalogue, crew.workers, crew.stop, described=described
    )
    for answer in list(answers):
        if isinstance(answer, Skipped):
            raise WrongUseError(f"{answer.detail} Name another photo.")
        return answer
    raise StoppedError("The search was stopped before the photo was read.")


def _resolved(path: Path) -> tuple[Path, os.stat_result]:
    found = path.resolve(strict=True)
    return found, found.stat()


def library_of(pairs: Sequence[tuple[Photo, Fingerprint]], turned: int = -1) -> Library:
    """A library of a few photos with what was measured of them."""
    pairs = sorted(pairs, key=lambda each: os.fsencode(each[0].path))
    return Library([photo for photo, _ in pairs], [seen for _, seen in pairs], turned)


def copies_among(
    few: Library, photo: Photo, settings: Settings, crew: Crew, threshold: int
) -> tuple[Copy, ...]:
    """The identical files and pictures and the near-duplicates of a photo among a few, the best first."""
    furthest, number = settings.recipe.furthest, _number(few, photo)
    if Kind.IDENTICAL_PICTURE in settings.kinds and not crew.stop.is_set():
        few = _prove(few, number, furthest, crew)
    matches = find_matches(few, furthest, settings.kinds, pairs=_pairs(few, settings, crew))
    copies = [_copy(few, matches, number, int(other)) for other in _matching(matches, number, threshold)]
    copies = [copy for copy in copies if copy.kind in settings.kinds]
    return tuple(sorted(copies, key=lambda each: (each.kind, each.distance, os.fsencode(each.photo.path))))


def _pairs(few: Library, settings: Settings, crew: Crew) -> HashPairs | None:
    """The near pairs of a few photos, looked at again; None where none are sought, or after a stop."""
    if Kind.NEAR_DUPLICATE not in settings.kinds or crew.stop.is_set():
        return None
    recipe = settings.recipe
    return look_again(few, find_pairs(few, recipe.furthest), recipe.threshold, crew.catalogue)


def edited_among(whole: Library, known: Collection[int], settings: Settings, crew: Crew) -> list[Copy]:
    """The edited copies of the last photo of a library, and the photos that it is an edited copy of.

    Args:
        whole: All photos, the one that is sought behind the others.
        known: The numbers of photos that are copies of it anyway.
        settings: What to look for.
        crew: What to work with.
    """
    from photodedup.core.match.copies.find import edits_of  # noqa: PLC0415 - OpenCV, which is slow to load

    describe_photos(whole, crew)
    number = len(whole) - 1
    same = first_equal(whole.seen.rows["content"])
    own, first = np.arange(len(whole), dtype=np.int32), same[number]
    near = np.array([each for each in sorted(known) if each != first], np.int32)
    left, right = np.minimum(near, first), np.maximum(near, first)
    matches = Matches(own, left, right, 0 * near, same, same, settings.recipe.furthest)
    edits = edits_of(number, whole, matches, crew.catalogue, crew.tell, crew.stop)
    matches = replace(matches, edits=edits)
    others = np.flatnonzero(edited(matches, np.int32(number), own[:-1]))
    made = [int(other) for other in others if int(other) not in known]
    return [_copy(whole, matches, number, other, Kind.EDITED_COPY) for other in made]


def _shots(moment: Library, photo: Photo, settings: Settings) -> list[Copy]:
    """The shots that are similar to a photo, among those of its moment."""
    number = _number(moment, photo)
    matches = find_shots(moment, waves=settings.recipe.name.startswith("phash"))
    numbers = [int(other) for other in _matching(matches, number, matches.furthest)]
    return [_copy(moment, matches, number, other, Kind.SIMILAR_SHOT) for other in numbers]


def _number(library: Library, photo: Photo) -> int:
    number = library.find(photo.path)
    if number is None:
        raise ValueError(f"{photo.path} is not among these photos")
    return number


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


def _copy(library: Library, matches: Matches, number: int, other: int, kind: Kind | None = None) -> Copy:
    kind = kind_between(matches, number, other) if kind is None else kind
    return Copy(
        library.photos[other],
        library.fingerprints[other],
        kind,
        distance_between(library, number, other),
        likeness(library, matches, kind, number, other),
        place_in(matches, number, other) if kind is Kind.EDITED_COPY else None,
    )
