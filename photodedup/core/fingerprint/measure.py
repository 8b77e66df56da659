"""The task of a worker that measures one photo: one read and one decoding give hash, facts and thumbnail.

An open file enters; plain data leaves, from which the parent makes a fingerprint. Only workers import this.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from io import BufferedReader
from typing import Any, BinaryIO

import numpy as np
import simplejpeg
from blake3 import blake3
from PIL import Image

from photodedup.core.decode.formats import open_picture
from photodedup.core.decode.intake import WHOLE, take_in
from photodedup.core.decode.picture import Small, read_small
from photodedup.core.decode.raw import is_raw
from photodedup.core.decode.task import RefusedError
from photodedup.core.fingerprint.look import is_plain, look
from photodedup.core.values import RAW_FORMATS, SkipReason

_THUMBNAIL = 320
_QUALITY = 80


def measure(
    raw: BinaryIO, recipe: str, known: Sequence[bytes] = (), described: bool = False
) -> dict[str, Any]:
    """Measure one photo.

    Args:
        raw: An open file at its beginning.
        recipe: Name of the perceptual hash.
        known: Contents that are measured already; a file that is one of them is not decoded.
        described: Whether the features by which edited copies are found are wanted too.

    Returns:
        `content` alone for a known content, else the fields of a `Fingerprint` and `thumbnail`, a JPEG, and
        where they were asked for `features`.

    Raises:
        RefusedError: It is no picture of ours, too large, or too little of it is left.
        Exception: The decoder failed; a damaged file can raise anything.
    """
    _glance(raw)
    stream, content = take_in(raw)
    if content in known:
        return {"content": content}
    small = read_small(stream, fine=described)
    bits, plain = look(small.image, recipe)
    if small.damaged and plain:
        raise RefusedError(SkipReason.DAMAGED, "is damaged: hardly anything of the picture can be seen")
    thumbnail = simplejpeg.encode_jpeg(np.asarray(_shown(small.image)), _QUALITY, "RGB", "420")
    features = {"features": _features(small, plain)} if described else {}
    return {
        "content": content,
        "bits": bits,
        "small": blake3(thumbnail).digest(length=16),
        "plain": plain,
        "width": small.width,
        "height": small.height,
        "format": small.format,
        "taken": small.taken.isoformat() if small.taken else None,
        "camera": small.camera,
        "damaged": small.damaged,
        "thumbnail": thumbnail,
        **features,
    }


def describe(raw: BinaryIO) -> tuple[bytes, bytes]:
    """Describe one photo that is measured already.

    Args:
        raw: An open file at its beginning.

    Returns:
        Its content and its features.

    Raises:
        RefusedError: It is no picture of ours, or too large.
        Exception: The decoder failed; a damaged file can raise anything.
    """
    _glance(raw)
    stream, content = take_in(raw)
    small = read_small(stream, fine=True)
    return content, _features(small, is_plain(small.image))


def _features(small: Small, plain: bool) -> bytes:
    """The features of a picture; none of one that is too plain to be matched by its look, or of a raw photo.

    So a raw photo is never taken for an edited copy of its own JPEG, nor the JPEG for one of it.
    """
    if plain or small.fine is None or small.format in RAW_FORMATS:
        return b""
    # Only here, because OpenCV takes as long to load as twenty photos to measure.
    from photodedup.core.fingerprint import features  # noqa: PLC0415

    return features.describe(np.asarray(small.fine))


def _glance(raw: BinaryIO) -> None:
    """Refuse a file that does not fit into memory and is no picture, before it is read to its end."""
    if os.fstat(raw.fileno()).st_size <= WHOLE:
        return
    reader = BufferedReader(raw)  # type: ignore[type-var]
    try:
        if not is_raw(reader):
            open_picture(reader)
    finally:
        reader.detach()
        raw.seek(0)


def _shown(image: Image.Image) -> Image.Image:
    """The thumbnail's pixels. Hamming costs a third of Lanczos and looks the same at this size."""
    if max(image.size) <= _THUMBNAIL:
        return image
    ratio = _THUMBNAIL / max(image.size)
    size = max(1, round(image.width * ratio)), max(1, round(image.height * ratio))
    return image.resize(size, Image.Resampling.HAMMING)
