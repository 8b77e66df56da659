"""Compares two photos: how they match, and how alike they are by each measure of the literature.

In: two photos, wherever they lie, and a model of a neural network, if there is one. Out: `Comparison`.
Import it late: the measures load OpenCV.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from photodedup.core.decode import read_view
from photodedup.core.errors import WrongUseError
from photodedup.core.finding import Copy, copies_among, edited_among, library_of, measure_photo, same_file
from photodedup.core.line import Crew, Settings
from photodedup.core.match import (
    Turn,
    distance_between,
    find_shots,
    likeness_of_bits,
    likeness_of_cosine,
    turn_between,
    with_one,
)
from photodedup.core.match.embedding.process import ModelProcess
from photodedup.core.match.measures import Measures, Pixels, cosine, euclidean, ssim, turn_pixels
from photodedup.core.values import Kind, Library, Photo, Skipped

SIDE = 512
"""Pixels of the longer side by which photos are compared."""


@dataclass(frozen=True)
class Comparison:
    """How two photos match.

    Attributes:
        photos: Both, in the order in which they were given.
        kind: How they match, or None where they do not.
        distance: Bits between their hashes.
        likeness: Per cent.
        turn: How the first must be turned to look like the second.
        measures: How alike they are by each measure, the first turned so.
        transform: For an edited copy float32 (2, 3), takes a point of the first photo to its place in the
            second one; both in shares of width and height. None for other kinds.
    """

    photos: tuple[Photo, Photo]
    kind: Kind | None
    distance: int
    likeness: float
    turn: Turn
    measures: Measures
    transform: NDArray[np.float32] | None = None


def compare(one: Path, other: Path, settings: Settings, crew: Crew, model: Path | None = None) -> Comparison:
    """Compares two photos.

    Args:
        one: A photo.
        other: Another one.
        settings: The hash, and which kinds are looked for.
        crew: What to work with.
        model: A model in ONNX that makes features of pictures.

    Raises:
        WrongUseError: A photo cannot be read, both are one file, or the model cannot be used.
        StoppedError: It was stopped.
    """
    pairs = [measure_photo(path, settings, crew) for path in (one, other)]
    first, second = (photo for photo, _ in pairs)
    if same_file(first, second):
        raise WrongUseError(f"{one} and {other} are one file: name two photos.")
    both = library_of(pairs, settings.recipe.turned)
    copies = copies_among(both, first, settings, crew, settings.recipe.threshold)
    if not copies and Kind.EDITED_COPY in settings.kinds:
        copies = tuple(edited_among(with_one(library_of(pairs[1:]), *pairs[0]), (), settings, crew))
    at = [both.photos.index(photo) for photo in (first, second)]
    distance, turn = distance_between(both, *at), turn_between(both, *at)
    bits = likeness_of_bits(distance, settings.recipe.bits)
    pixels = turn_pixels(_view(first, crew), turn), _view(second, crew)
    measures = _measured(*pixels, bits, None if model is None else _seen_by(model, pixels, crew))
    found: Copy | None = next(iter(copies), None)
    if found is None:
        return Comparison((first, second), _shots(both, settings), distance, bits, turn, measures)
    return Comparison((first, second), found.kind, distance, found.likeness, turn, measures, found.transform)


def _shots(both: Library, settings: Settings) -> Kind | None:
    """Whether two photos that are no copies are shots of one moment."""
    if Kind.SIMILAR_SHOT not in settings.kinds:
        return None
    found = find_shots(both, waves=settings.recipe.name.startswith("phash"))
    return Kind.SIMILAR_SHOT if len(found.left) else None


def _view(photo: Photo, crew: Crew) -> Pixels:
    view = read_view(crew.workers, photo, SIDE, crew.stop)
    if isinstance(view, Skipped):
        raise WrongUseError(f"{view.detail} Name another photo.")
    width, height, pixels = view
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)


def _seen_by(model: Path, pictures: Sequence[Pixels], crew: Crew) -> float:
    """How alike two pictures are to a network, in a process of its own that a stop can end."""
    with ModelProcess(model, crew.stop) as process:
        said = process.show([(each.shape[1], each.shape[0], each.tobytes()) for each in pictures])
    one, other = (np.frombuffer(each or b"", "<f2").astype(np.float32) for each in said)
    return likeness_of_cosine(float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other))))


def _measured(one: Pixels, other: Pixels, image_hash: float, features: float | None) -> Measures:
    return Measures(euclidean(one, other), ssim(one, other), image_hash, cosine(one, other), features)
