"""Features of pictures by a neural network that the person has, through ONNX Runtime (photodedup[model]).

Enters: a model file in ONNX, and pixels. Leaves: a vector of length 1 a picture; the cosine of two of them
says how alike they are. Exports of CLIP, SigLIP, DINOv2, SSCD, EfficientNet and the like tell by the shape
and type of their input how they want a picture, and by their name how it is to be scaled. ONNX Runtime is
loaded when a model is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from photodedup.core.errors import WrongUseError

Vector = NDArray[np.float32]
Pixels = NDArray[np.uint8]

USUAL = 224
"""The side of the input of a model that takes any size."""

IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CLIP = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
HALVES = (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)
TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}
NAMES = ("image_embeds", "image_features", "embeddings", "embedding", "pooler_output")
"""Outputs that hold the features of a picture, the best first, where a model has several."""


@dataclass(frozen=True)
class _Wanted:
    """How a model wants a picture.

    Attributes:
        name: Of the input.
        type: Of its numbers.
        size: Width and height.
        channels_last: Whether the three colours are the last axis.
    """

    name: str
    type: Any
    size: tuple[int, int]
    channels_last: bool


class Network:
    """A model that makes features of pictures."""

    def __init__(self, path: Path) -> None:
        """Loads a model.

        Args:
            path: The file, in ONNX.

        Raises:
            WrongUseError: ONNX Runtime is not installed, or the file is missing, no model, or a model that
                takes no pictures.
        """
        self._path = path
        self._session = _load(path)
        inputs = self._session.get_inputs()
        wanted = next(filter(None, map(_wanted, inputs)), None)
        if wanted is None:
            raise WrongUseError(f"{path.name} takes no pictures: choose a model that makes features of them.")
        self._wanted = wanted
        self._others = {each.name: _filled(each) for each in inputs if each.name != wanted.name}
        meta = self._session.get_modelmeta()
        self._scale = _scale(f"{path.name} {meta.graph_name} {meta.description}", wanted)
        names = [each.name for each in self._session.get_outputs()]
        self._output = next((name for name in NAMES if name in names), names[0])

    def features(self, pixels: Pixels) -> Vector:
        """The features of one picture.

        Args:
            pixels: uint8, shape (height, width, 3).

        Returns:
            float32, of length 1 as a vector.

        Raises:
            WrongUseError: The model fails, or what it gives is no vector.
        """
        try:
            found = self._session.run([self._output], {**self._others, self._wanted.name: self._fed(pixels)})
            return _pooled(np.asarray(found[0], np.float32), self._wanted.channels_last)
        except Exception as error:  # a strange model can raise anything
            why = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise WrongUseError(
                f"{self._path.name} makes no features of a picture ({why.rstrip('.')}): choose another model."
            ) from error

    def _fed(self, pixels: Pixels) -> NDArray[Any]:
        """A picture as the model wants it, alone in its batch."""
        wanted, (mean, deviation) = self._wanted, self._scale
        way = cv2.INTER_AREA if min(pixels.shape[:2]) >= max(wanted.size) else cv2.INTER_CUBIC
        sized = cv2.resize(np.ascontiguousarray(pixels), wanted.size, interpolation=way)
        if wanted.type is not np.uint8:
            sized = (sized.astype(np.float32) / 255 - np.float32(mean)) / np.float32(deviation)
        shaped = sized if wanted.channels_last else sized.transpose(2, 0, 1)
        return np.ascontiguousarray(shaped[None], wanted.type)


def _load(path: Path) -> Any:
    try:
        import onnxruntime  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as error:
        raise WrongUseError("Models need ONNX Runtime: install it with photodedup[model].") from error
    if not path.is_file():
        raise WrongUseError(f"There is no model {path}: check the name.")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # it has no common base of its errors
        raise WrongUseError(f"{path} is no model in ONNX, or a damaged one: choose another file.") from error


def _wanted(given: Any) -> _Wanted | None:
    """How a picture is to be given to one input of a model, or None where it takes none."""
    shape = [size if isinstance(size, int) and size > 0 else 0 for size in given.shape or ()]
    if len(shape) != 4 or given.type not in TYPES:
        return None
    last = shape[3] == 3 and shape[1] != 3
    if not last and shape[1] not in (0, 3):
        return None
    height, width = shape[1:3] if last else shape[2:]
    side = height or width or USUAL
    return _Wanted(given.name, TYPES[given.type], (width or side, height or side), last)


def _filled(given: Any) -> NDArray[Any]:
    """Something for an input that is no picture: the text beside it in a whole CLIP."""
    shape = [size if isinstance(size, int) and size > 0 else 1 for size in given.shape]
    return np.ones(shape, np.float32 if "float" in given.type else np.int64)


def _scale(names: str, wanted: _Wanted) -> Any:
    """Mean and deviation of what a model was trained on, as far as its names tell."""
    names = names.lower()
    if wanted.channels_last:  # from TensorFlow: those scale the pixels themselves, or want -1 to 1
        own = re.search(r"efficientnet(?!.?lite)", names)
        return ((0.0,) * 3, (1 / 255,) * 3) if own else HALVES
    if "siglip" in names:
        return HALVES
    return CLIP if "clip" in names else IMAGENET


def _pooled(found: Vector, channels_last: bool) -> Vector:
    """One vector of length 1 from what a model gave for one picture; places and words are averaged."""
    if found.ndim == 4:
        found = found.mean(axis=(1, 2) if channels_last else (2, 3))
    elif found.ndim == 3:
        found = found.mean(axis=1)
    vector = found.reshape(-1).astype(np.float32)
    length = float(np.linalg.norm(vector))
    if len(vector) < 2 or found.shape[0] != 1 or not np.isfinite(length) or not length:
        raise ValueError("what it gives is no vector of numbers")
    return np.asarray(vector / np.float32(length), np.float32)
