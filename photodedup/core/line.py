"""The line as one readable function: from folders to groups with a proposal each.

In: folders and settings. Out: `Found`, first of what is there so far, then of everything. The window and the
command line both call `search`; what the person decides goes on from its result to `plan`, `trash` and
`undo`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from photodedup.core.alike import add_alike, find_moments, model_for
from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.errors import StoppedError
from photodedup.core.fingerprint import (
    DEFAULT_RECIPE,
    Reading,
    Recipe,
    Suspect,
    describe,
    fingerprints,
    prove_pixels,
    undescribed,
)
from photodedup.core.found import LOOKED_FOR, NO_GROUPS, Found
from photodedup.core.group import build_tree
from photodedup.core.match import (
    HashPairs,
    ModelChoice,
    find_matches,
    find_pairs,
    look_again,
    no_pairs,
    pack_pairs,
    pairs_key,
    picture_candidates,
    unpack_pairs,
)
from photodedup.core.match.copies.keeping import edits_key, pack_edits, unpack_edits
from photodedup.core.pace import Pace
from photodedup.core.scan import Looked, as_units, check_folders, look
from photodedup.core.values import (
    Kind,
    Library,
    Skipped,
    SkipReason,
    Stage,
    Tell,
)

__all__ = ["LOOKED_FOR", "Crew", "Found", "Settings", "search"]

MANY = 2_000
"""Photos from which it pays to remember their near pairs."""

SOON = 20_000
"""Photos whose near pairs are found in about a second."""


@dataclass(frozen=True)
class Settings:
    """What a search looks for.

    Attributes:
        recipe: The perceptual hash.
        kinds: The kinds of match.
        jobs: How many workers decode; None for as many as there are processors.
        model: A neural network that looks for similar shots too, or None.
    """

    recipe: Recipe = DEFAULT_RECIPE
    kinds: frozenset[Kind] = LOOKED_FOR
    jobs: int | None = None
    model: ModelChoice | None = None


@dataclass(frozen=True)
class Crew:
    """What a search works with.

    Attributes:
        catalogue: What is known from earlier searches; takes what is new.
        workers: Decode.
        tell: Takes progress.
        stop: Set by the person to stop; what was found until then is grouped all the same.
    """

    catalogue: Catalogue
    workers: Workers
    tell: Tell | None = None
    stop: threading.Event = field(default_factory=threading.Event)


def search(
    folders: Sequence[Path], settings: Settings, crew: Crew, show: Callable[[Found], None] | None = None
) -> Found:
    """Goes the line from the folders to the groups.

    Args:
        folders: What to search.
        settings: What to look for.
        crew: What to work with.
        show: Takes what there is so far, now and then.

    Returns:
        Everything that was found.

    Raises:
        WrongUseError: A folder is not there, or the model cannot be used.
    """
    roots = check_folders(folders, crew.stop)
    model = model_for(settings.model, settings.kinds, crew.catalogue, crew.stop)
    looked = as_units(look_around(roots, crew))
    reading = Reading(looked.photos, looked.skipped, settings.recipe)
    so_far = Found(tuple(roots), settings.recipe, settings.kinds)
    if settings.kinds == {Kind.IDENTICAL_FILE}:
        return _identical(so_far, reading, settings, crew)
    described = Kind.EDITED_COPY in settings.kinds
    for _ in read_photos(reading, settings.recipe, crew, described=described):
        if show is not None and reading.due():
            library = reading.library()
            show(_group(so_far, reading, library, _near(library, settings, replace(crew, tell=None))))
    library = reading.library()
    pairs = _compare_once(library, settings, crew)
    if Kind.IDENTICAL_PICTURE in settings.kinds and not crew.stop.is_set():
        library = prove_pictures(library, pairs, crew)
    if not crew.stop.is_set():
        reading.keep(library, crew.catalogue)
    found = _group(replace(so_far, complete=not crew.stop.is_set()), reading, library, pairs)
    if described and not crew.stop.is_set():
        if show is not None:
            show(replace(found, complete=False))
        found = find_copies(found, crew)
    if model is None or crew.stop.is_set():
        return found
    if show is not None:
        show(replace(found, complete=False))
    return add_alike(found, model, crew.catalogue, crew.workers, crew.tell, crew.stop)


def look_around(roots: Sequence[Path], crew: Crew) -> Looked:
    """Lists what may be a photo, and what is left out."""
    pace = Pace(Stage.LOOKING, crew.tell)
    looked = look(roots, crew.stop, lambda folder, count, skipped: pace.step(folder, skipped, count))
    pace.finish()
    if not crew.stop.is_set():
        looked.skipped.extend(_absent(roots, looked, crew.catalogue))
    return looked


def _absent(roots: Sequence[Path], looked: Looked, catalogue: Catalogue) -> Iterator[Skipped]:
    """The folders in which no photo is left of those that were measured, such as a drive's that is away."""
    for root in roots:
        inside = os.fsencode(root / "_")[:-1]
        if any((folder + inside[-1:]).startswith(inside) for folder in looked.photos.folders):
            continue
        if known := catalogue.pages.below(root):
            sentence = (
                f"{root} holds no photos now, though {known:,} were there: what is known of them is kept. "
                "If its drive is away, connect it and scan again."
            )
            yield Skipped(root, SkipReason.VANISHED, sentence)


def read_photos(reading: Reading, recipe: Recipe, crew: Crew, *, described: bool = False) -> Iterator[None]:
    """Reads photos, or remembers them, telling how far it is; comes back after each that was read."""
    pace = Pace(Stage.READING, crew.tell, len(reading.photos))
    reading.remember(crew.catalogue)
    pace.step(skipped=len(reading.skipped), count=len(reading.photos) - len(reading.unread))
    unread = reading.unread
    for each in fingerprints(unread, recipe, crew.catalogue, crew.workers, crew.stop, described=described):
        reading.take(each)
        yield
        skipped = isinstance(each, Skipped)
        pace.step((each.path if isinstance(each, Skipped) else each[0].path).parent, skipped)
    pace.finish()


def _identical(so_far: Found, reading: Reading, settings: Settings, crew: Crew) -> Found:
    """The short way where only identical files are sought: nothing is decoded, and little is read."""
    pace = Pace(Stage.READING, crew.tell, len(reading.photos))
    reading.remember(crew.catalogue)
    pace.step(skipped=len(reading.skipped), count=0)
    jobs = settings.jobs or os.cpu_count() or 1
    reading.take_contents(jobs, crew.stop, lambda count: pace.step(count=count))
    pace.finish()
    from photodedup.core.fingerprint import with_facts  # noqa: PLC0415 - no other search needs it

    library, skips = with_facts(reading.library(), crew.workers, crew.stop)
    reading.skipped += skips
    so_far = replace(so_far, complete=not crew.stop.is_set())
    return _group(so_far, reading, library, no_pairs(library, settings.recipe.furthest))


def _compare_once(library: Library, settings: Settings, crew: Crew) -> HashPairs:
    """Searches the near pairs, or remembers them where nothing that they depend on has changed."""
    if Kind.NEAR_DUPLICATE not in settings.kinds or crew.stop.is_set() or len(library) < MANY:
        return _near(library, settings, crew)
    key = pairs_key(library, settings.recipe.furthest, settings.recipe.threshold)
    kept = crew.catalogue.drawer.get(key)
    known = None if kept is None else unpack_pairs(kept)
    if known is not None:
        return known
    pairs = _near(library, settings, crew)
    if not crew.stop.is_set():
        crew.catalogue.drawer.put(key, pack_pairs(pairs))
    return pairs


def _near(library: Library, settings: Settings, crew: Crew) -> HashPairs:
    """Searches the near pairs, and doubts those whose thumbnails do not agree.

    Who stopped the reading waits no longer than for a small library, and who stops here sees what was found.
    """
    furthest = settings.recipe.furthest
    if Kind.NEAR_DUPLICATE not in settings.kinds or (crew.stop.is_set() and len(library) > SOON):
        return no_pairs(library, furthest)
    pairs = no_pairs(library, furthest)
    with suppress(StoppedError):
        pairs = find_pairs(library, furthest, crew.tell, None if crew.stop.is_set() else crew.stop)
        pairs = look_again(library, pairs, settings.recipe.threshold, crew.catalogue, crew.stop)
    return pairs


def prove_pictures(library: Library, pairs: HashPairs, crew: Crew) -> Library:
    """Compares the pixels of what may be identical pictures, so that this is proven and not guessed."""
    candidates = picture_candidates(library, pairs)
    pace = Pace(Stage.PROVING, crew.tell, len(candidates))
    proven: dict[int, bytes] = {}
    suspects = [
        Suspect(library.photos[number], library.fingerprints[number].content, int(look))
        for number, look in zip(candidates.photos, candidates.looks, strict=True)
    ]
    for place, digest in prove_pixels(suspects, crew.catalogue, crew.workers, crew.stop):
        if isinstance(digest, bytes):
            proven[int(candidates.photos[place])] = digest
        pace.step(suspects[place].photo.path.parent)
    return replace(library, fingerprints=library.seen.with_pixels(proven))


def find_copies(found: Found, crew: Crew) -> Found:
    """Looks for edited copies, or remembers them where nothing that they depend on has changed."""
    library, matches = found.library, found.matches
    groups, together = found.tree.cut(found.recipe.threshold), np.arange(len(library), dtype=np.int32)
    together[groups.members] = np.repeat(groups.members[groups.starts[:-1]], np.diff(groups.starts))
    key = edits_key(library, matches, together)
    kept = crew.catalogue.drawer.get(key)
    edits = None if kept is None else unpack_edits(kept, len(library))
    if edits is None:
        from photodedup.core.match.copies.find import find_edits  # noqa: PLC0415 - OpenCV, slow to load

        describe_photos(library, crew)
        edits = find_edits(library, matches, together, crew.catalogue, crew.tell, crew.stop)
        if not crew.stop.is_set():
            crew.catalogue.drawer.put(key, pack_edits(edits))
    return replace(found, matches=replace(matches, edits=edits), complete=not crew.stop.is_set())


def describe_photos(library: Library, crew: Crew) -> None:
    """Reads again what was measured before edited copies were looked for."""
    numbers = undescribed(library, crew.catalogue)
    pace = Pace(Stage.READING, crew.tell, len(numbers))
    for photo in describe(library, numbers, crew.catalogue, crew.workers, crew.stop):
        pace.step(photo.path.parent)


def _group(so_far: Found, reading: Reading, library: Library, pairs: HashPairs) -> Found:
    """Matches and groups what was read."""
    near = pairs if Kind.NEAR_DUPLICATE in so_far.kinds else None
    matches = find_matches(library, so_far.recipe.furthest, so_far.kinds, pairs=near)
    skipped = tuple(sorted(reading.skipped, key=lambda each: os.fsencode(each.path)))
    shots = NO_GROUPS
    if Kind.SIMILAR_SHOT in so_far.kinds:
        moments = find_moments(library, so_far.recipe)
        shots = build_tree(moments).cut(moments.furthest)
    return replace(
        so_far, library=library, matches=matches, tree=build_tree(matches), shots=shots, skipped=skipped
    )
