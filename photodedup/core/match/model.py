"""The model file of a neural network as a search uses it: which one, and how alike photos must be to it.

Enters: a file that the person names. Leaves: `Model`, named by its content, so that what it said of photos
is known again. The network itself is loaded elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from blake3 import blake3

from photodedup.core.errors import WrongUseError
from photodedup.core.patience import patiently

FAMILIES = {"sscd": 0.75, "dino": 0.85, "siglip": 0.92, "clip": 0.92, "efficientnet": 0.9}
"""Cosines from which on two photos are similar shots, by what the name of a model holds; the first counts.

SSCD was trained for copies, and its authors take 0.75 for nine true pairs in ten. The others know what is
shown: any two photos have 0.4 to 0.7 by CLIP and SigLIP, 0 to 0.4 by DINOv2. Advice, not measured here.
"""
USUAL = 0.9
"""The cosine for all other models."""

_READING = 1
"""Raised when the same model would say something else, because it is shown pictures in another way."""
_CHUNK = 1 << 22


@dataclass(frozen=True)
class ModelChoice:
    """A model that the person chose.

    Attributes:
        path: The file, in ONNX.
        threshold: The least cosine of similar shots, or None for what is usual with such a model.
    """

    path: Path
    threshold: float | None = None


@dataclass(frozen=True)
class Model:
    """A model that is there.

    Attributes:
        path: The file.
        threshold: The least cosine of similar shots.
        digest: BLAKE3, 16 bytes, of everything that its answers depend on.
    """

    path: Path
    threshold: float
    digest: bytes


def usual_threshold(path: Path) -> float:
    """The cosine from which on two photos are similar shots, as far as the name of a model tells."""
    name = path.name.lower()
    return next((cosine for family, cosine in FAMILIES.items() if family in name), USUAL)


def read_model(choice: ModelChoice, stop: Event) -> Model:
    """Reads a model to know it again.

    Args:
        choice: The model.
        stop: Ends it within a second.

    Raises:
        WrongUseError: It cannot be read.
        StoppedError: `stop` was set.
    """
    threshold = usual_threshold(choice.path) if choice.threshold is None else choice.threshold
    try:
        return Model(choice.path, threshold, patiently(lambda: _digest(choice.path, stop), stop))
    except OSError as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            raise WrongUseError(f"There is no model {choice.path}: check the name.") from error
        raise WrongUseError(f"The model {choice.path} cannot be read ({error.strerror}).") from error


def _digest(path: Path, stop: Event) -> bytes:
    """Of the weights in files beside it too, and of its name, which tells how pictures are to be scaled."""
    digest = blake3(f"{_READING} ".encode() + path.name.encode(errors="surrogateescape"))
    beside = sorted(
        each for each in path.parent.iterdir() if each.name.startswith((f"{path.name}_", f"{path.name}."))
    )
    for chunk in (chunk for file in (path, *beside) for chunk in _chunks(file)):
        if stop.is_set():
            break
        digest.update(chunk)
    return digest.digest(length=16)


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk
