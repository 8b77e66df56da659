"""Similar shots: those of one moment, and what is alike to a neural network where the person has one.

In: a library, or what was found in it, and a model. Out: `Found` with one kind of similar shots, of which
each group is complete: every two photos of it are of one moment, or alike to the network.
"""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import numpy as np

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.errors import StoppedError
from photodedup.core.fingerprint import Recipe
from photodedup.core.found import Found
from photodedup.core.group import build_tree
from photodedup.core.match import Model, ModelChoice, find_shots, read_model
from photodedup.core.match.classes import first_equal
from photodedup.core.values import Embeddings, Index, Kind, Library, Matches, Tell


def model_for(
    choice: ModelChoice | None, kinds: frozenset[Kind], catalogue: Catalogue, stop: Event
) -> Model | None:
    """The model that looks for similar shots; a new one is tried, so that a wrong one is told at once.

    Args:
        choice: What the person chose.
        kinds: What is looked for.
        catalogue: Knows the models that were used before.
        stop: Ends it within a second.

    Returns:
        None where none was chosen, or similar shots are not looked for.

    Raises:
        WrongUseError: The model cannot be used.
        StoppedError: `stop` was set.
    """
    if choice is None or Kind.SIMILAR_SHOT not in kinds:
        return None
    from photodedup.core.match import embedding  # noqa: PLC0415 - OpenCV, which is slow to load

    model = read_model(choice, stop)
    embedding.check_model(model, catalogue, stop)
    return model


def find_moments(library: Library, recipe: Recipe) -> Matches:
    """The pairs of shots of one moment."""
    return find_shots(library, waves=recipe.name.startswith("phash"))


def add_alike(
    found: Found, model: Model, catalogue: Catalogue, workers: Workers, tell: Tell | None, stop: Event
) -> Found:
    """Adds what is alike to a neural network to the similar shots.

    Args:
        found: What was found without it.
        model: The network.
        catalogue: Holds the thumbnails that it is shown; keeps what it says.
        workers: Decode photos whose thumbnails are lost.
        tell: Told the progress.
        stop: Ends it within a second; what it said until then is kept for the next search.

    Raises:
        WrongUseError: The model cannot be used.
    """
    from photodedup.core.match import embedding  # noqa: PLC0415 - OpenCV

    library = found.library
    try:
        seen = embedding.embed(library, model, catalogue, workers, tell, stop)
        raw = library.raw()[seen.photos]
        key = embedding.likest_key(seen, raw, model.threshold)
        kept = catalogue.drawer.get(key)
        likest = None if kept is None else embedding.unpack_likest(kept, len(seen))
        if likest is None:
            likest = embedding.find_likest(seen.vectors, raw, model.threshold, tell, stop)
            catalogue.drawer.put(key, embedding.pack_likest(likest))
    except StoppedError:
        return replace(found, complete=False)
    alike = embedding.with_likest(find_moments(library, found.recipe), seen, likest)
    shots = build_tree(alike).cut(alike.furthest)
    return replace(
        found,
        matches=replace(found.matches, embeddings=_held(library, seen, shots.members)),
        shots=shots,
        alike_from=likest.threshold,
        complete=not stop.is_set(),
    )


def _held(library: Library, seen: Embeddings, photos: Index) -> Embeddings:
    """What a network says of some photos, by what it says of the first photo of each content."""
    if not len(seen):
        return seen
    photos = np.sort(photos)
    firsts = first_equal(library.seen.rows["content"])[photos]
    rows = np.searchsorted(seen.photos, firsts).clip(max=len(seen) - 1)
    known = seen.photos[rows] == firsts
    return Embeddings(photos[known], seen.vectors[rows[known]])
