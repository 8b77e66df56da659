"""Makes one photo of a raw photo and its JPEG or HEIC, and counts what lies beside each photo.

What the walk met enters; the same leaves, with a raw photo that has its JPEG or HEIC in the same folder among
what was skipped, since it goes where that goes. Costs next to nothing where there are no companions.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from photodedup.core.scan.companions import FILMS, SIDECARS, Claim, claims
from photodedup.core.scan.exclusions import RAW
from photodedup.core.scan.looking import Looked
from photodedup.core.values import PhotoColumns, Role, Skipped, SkipReason

_BESIDE = (*sorted(FILMS), *sorted(SIDECARS))
_LENGTH = 4
"""Letters of the ending of every raw photo, its dot included."""
_RAW = np.sort(np.frombuffer(b"".join(os.fsencode(ending) for ending in RAW), "<u4"))
"""The ending of each kind of raw photo as a number, rising."""
_MOST = 255


def as_units(looked: Looked) -> Looked:
    """Leaves out raw photos that are shown by their JPEG or HEIC, and counts companions.

    Args:
        looked: What the walk met.

    Returns:
        Fewer photos, each with how many companions it has, and as many more that are skipped.
    """
    photos = looked.photos
    named: dict[bytes, set[str]] = defaultdict(set)
    for each in _beside(looked.skipped):
        folder, name = os.path.split(each)
        named[os.fsencode(folder)].add(name)
    counts, paired = np.zeros(len(photos), np.uint8), np.zeros(len(photos), np.bool_)
    raws: dict[int, str] = {}
    for path, numbers in _folders(photos, named):
        names = {os.fsdecode(photos.name(number)): number for number in numbers.tolist()}
        found = claims([*names, *named.get(path.rstrip(os.fsencode(os.sep)), ())])
        for name, count in _count(found).items():
            if name in names:
                counts[names[name]] = min(count, _MOST)
        for claim in found:
            if claim.role.is_picture:
                paired[[names[name] for name in claim.photos if name in names]] = True
            if claim.role is Role.RAW and claim.name in names:
                raws[names[claim.name]] = claim.photos[0]
    return _without(looked, raws, counts, paired)


def names_beside(
    photos: PhotoColumns, skipped: Sequence[Skipped], among: Collection[int]
) -> Mapping[int, tuple[str, ...]]:
    """The names of the companions of some photos.

    Args:
        photos: Those of a search.
        skipped: What was left out of it.
        among: The photos to be told of.

    Returns:
        The names by photo, sorted; photos without companions are not among them.
    """
    told = {number for number in among if photos.rows["companions"][number]}
    if not told:
        return {}
    wanted: dict[str, dict[str, int]] = defaultdict(dict)
    for number in told:
        folder, name = os.path.split(os.fsdecode(photos.path(number)))
        wanted[folder][name] = number
    others: dict[str, list[str]] = defaultdict(list)
    for path in (
        *_beside(skipped),
        *(str(each.path) for each in skipped if each.reason is SkipReason.COMPANION),
    ):
        folder, name = os.path.split(path)
        if folder in wanted:
            others[folder].append(name)
    found: dict[int, list[str]] = defaultdict(list)
    for folder, numbers in wanted.items():
        claimed = claims([*numbers, *others[folder]])
        for claim in claimed:
            for name in _owners(claim, {each.name: each for each in claimed}):
                if name in numbers:
                    found[numbers[name]].append(claim.name)
    return {number: tuple(names) for number, names in found.items()}


def _beside(skipped: Iterable[Skipped]) -> Iterator[str]:
    """The paths among what was skipped that may be companions."""
    reasons = (SkipReason.NOT_A_PICTURE, SkipReason.UNSUPPORTED_FORMAT)
    paths = (str(each.path) for each in skipped if each.reason in reasons)
    return (path for path in paths if path.lower().endswith(_BESIDE))


def _folders(photos: PhotoColumns, named: Collection[bytes]) -> Iterator[tuple[bytes, NDArray[np.int64]]]:
    """The folders in which there may be companions, each with the numbers of its photos."""
    separator = os.fsencode(os.sep)
    wanted = set(photos.rows["folder"][_raw(photos)].tolist())
    if named:
        wanted.update(n for n, path in enumerate(photos.folders) if path.rstrip(separator) in named)
    if not wanted:
        return
    concerned = np.flatnonzero(np.isin(photos.rows["folder"], np.array(sorted(wanted), np.int32)))
    concerned = concerned[np.argsort(photos.rows["folder"][concerned], kind="stable")]
    folders = photos.rows["folder"][concerned]
    begins = np.flatnonzero(np.append(True, folders[1:] != folders[:-1])) if len(folders) else folders
    for begin, end in zip(begins, np.append(begins[1:], len(folders)), strict=True):
        yield photos.folders[int(folders[begin])], concerned[begin:end]


def _raw(photos: PhotoColumns) -> NDArray[np.bool_]:
    """Which photos are raw ones by their endings, compared all at once: bool (photos,)."""
    if not len(photos):
        return np.zeros(0, np.bool_)
    letters = np.frombuffer(photos.names, np.uint8)
    last = letters[np.maximum(photos.ends[:, None] - np.arange(_LENGTH, 0, -1), 0)]
    upper = (last >= ord("A")) & (last <= ord("Z"))
    endings = np.ascontiguousarray(last + upper * np.uint8(32)).view("<u4").ravel()
    place = np.searchsorted(_RAW, endings)
    return np.asarray(_RAW[np.minimum(place, len(_RAW) - 1)] == endings)


def _count(found: Sequence[Claim]) -> Counter[str]:
    """How many companions each photo has; those of its raw photo and of its film are its own."""
    by_name = {claim.name: claim for claim in found}
    return Counter(name for claim in found for name in _owners(claim, by_name))


def _owners(claim: Claim, by_name: Mapping[str, Claim]) -> set[str]:
    owners: set[str] = set()
    for photo in claim.photos:
        owners.update(by_name[photo].photos if photo in by_name else (photo,))
    return owners


def _without(
    looked: Looked, raws: Mapping[int, str], counts: NDArray[np.uint8], paired: NDArray[np.bool_]
) -> Looked:
    photos = looked.photos
    if counts.any():
        rows = photos.rows.copy()
        rows["companions"], rows["paired"] = counts, paired
        photos = PhotoColumns(photos.folders, rows, photos.names, photos.ends)
    skipped = [_shown_by(os.fsdecode(photos.path(each)), shown) for each, shown in sorted(raws.items())]
    left = np.ones(len(photos), np.bool_)
    left[np.fromiter(raws, np.int64, len(raws))] = False
    return Looked(photos.take(np.flatnonzero(left)) if raws else photos, looked.skipped + skipped)


def _shown_by(raw: str, shown: str) -> Skipped:
    detail = f"{os.path.basename(raw)} is the raw photo of {shown}, which stands for both."  # noqa: PTH119
    return Skipped(Path(raw), SkipReason.COMPANION, detail)
