"""Turns the look of a small picture into bits, and says whether it has enough of a look to be matched by it.

A small picture enters; bits and a verdict leave. Runs in workers. The values are those of imagehash, which is
loaded for the recipes that are rarely chosen only: with scipy it costs more time than twenty photos.
"""

from __future__ import annotations

import importlib.util
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from photodedup.core.fingerprint.recipes import DEFAULT_RECIPE

_SIDE = 64
_KEPT = 16
_NOISE = 2.0
_LEAST = 100

Waves = NDArray[np.float64]


def look(image: Image.Image, recipe: str) -> tuple[bytes, bool]:
    """Hash a small picture, and judge whether its look says anything.

    Args:
        image: RGB, upright.
        recipe: Name of a recipe, such as `phash256`.

    Returns:
        The bits of the hash, row by row, eight to a byte; and whether the picture is plain.
    """
    grey = image.convert("L")
    waves = _waves(grey)
    if recipe == DEFAULT_RECIPE.name:
        slow = waves[:_KEPT, :_KEPT]
        return np.packbits(slow > _median(slow)).tobytes(), _is_plain(waves)
    return _by_imagehash(grey, recipe), _is_plain(waves)


def is_plain(image: Image.Image) -> bool:
    """Whether a picture holds too little to be matched by its look: flat, dark, blank, or a bare gradient.

    A bit of a 256-bit pHash says whether one of the 256 slowest waves of the picture is stronger than their
    median. Where wave and median differ by less than two grey levels, codec and sensor decide that bit, not
    what was photographed; where most bits are so, different pictures have the same hash, and re-encoded
    copies have different ones. Measured on 925 tiles of 37 photos and 540 generated pictures: with 100 bits
    above that noise, all re-encoded copies were within 48 bits and no two different pictures; below 80 bits
    false pairs begin, and nine in ten re-encoded copies are lost anyway. Whole photos have 220 bits or more;
    blank and solid pictures 1, gradients 15.

    Args:
        image: RGB, upright.
    """
    return _is_plain(_waves(image.convert("L")))


def _is_plain(waves: Waves) -> bool:
    slow = (waves * _ORTHONORMAL)[:_KEPT, :_KEPT]
    return int((np.abs(slow - _median(slow)) > _NOISE).sum()) < _LEAST


def _waves(grey: Image.Image) -> Waves:
    """The cosine transform of 64 by 64 pixels, float64, unscaled, as `imagehash.phash` makes it."""
    pixels = np.asarray(grey.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS), np.float64)
    columns = _FFT.dct(pixels, 2, (0,), 0, None, 1, None)
    waves: Waves = _FFT.dct(columns, 2, (1,), 0, None, 1, None)
    return waves


def _median(values: Waves) -> float:
    """The median of an even number of values; numpy's own loads its masked arrays for it."""
    middle = values.size // 2
    below, above = np.partition(values, (middle - 1, middle), axis=None)[middle - 1 : middle + 1]
    return float((below + above) / 2)


def _by_imagehash(grey: Image.Image, recipe: str) -> bytes:
    import imagehash  # noqa: PLC0415 - see above

    kind, side = recipe[:5], {"256": 16, "64": 8}[recipe[5:]]
    if kind == "whash":  # a picture smaller than the hash is enlarged, since imagehash refuses it
        natural = 1 << (min(grey.size).bit_length() - 1)
        found = imagehash.whash(grey, side, image_scale=max(natural, side))
    else:
        name = "average_hash" if kind == "ahash" else kind
        found = getattr(imagehash, name)(grey, side)
    return np.packbits(found.hash).tobytes()


def _orthonormal() -> Waves:
    """What the unscaled transform must be multiplied by to keep the energy of the pixels."""
    scale = np.full(_SIDE, np.sqrt(1 / (2 * _SIDE)))
    scale[0] = np.sqrt(1 / (4 * _SIDE))
    return np.outer(scale, scale)


def _load_fft() -> ModuleType:
    """The one extension module of scipy that `scipy.fftpack.dct` ends in, without the rest of scipy."""
    scipy = importlib.util.find_spec("scipy")
    for root in (scipy.submodule_search_locations or ()) if scipy else ():
        for suffix in EXTENSION_SUFFIXES:
            path = Path(root) / "fft" / "_pocketfft" / f"pypocketfft{suffix}"
            spec = importlib.util.spec_from_file_location("scipy.fft._pocketfft.pypocketfft", path)
            if spec is not None and spec.loader is not None and path.exists():
                module = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
                return module
    return importlib.import_module("scipy.fft._pocketfft.pypocketfft")


_FFT = _load_fft()
_ORTHONORMAL = _orthonormal()
