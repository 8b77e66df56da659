"""The task of a worker that measures one photo: one read and one decoding give hash, facts and thumbnail.

An open file enters; plain data leaves, from which the parent makes a fingerprint. Only workers import this.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from io import BytesIO
from typing import Any, BinaryIO

from PIL import Image

from photodedup.core.decode.intake import take_in
from photodedup.core.decode.picture import read_small
from photodedup.core.fingerprint.look import is_plain, look

_THUMBNAIL = 320
_QUALITY = 80


def measure(raw: BinaryIO, recipe: str, known: Sequence[bytes] = ()) -> dict[str, Any]:
    """Measure one photo.

    Args:
        raw: An open file at its beginning.
        recipe: Name of the perceptual hash.
        known: Contents that are measured already; a file that is one of them is not decoded.

    Returns:
        `content` alone for a known content, else the fields of a `Fingerprint` and `thumbnail`, a JPEG.

    Raises:
        RefusedError: It is no picture of ours, or too large.
        Exception: The decoder failed; a damaged file can raise anything.
    """
    stream, content = take_in(raw)
    if content in known:
        return {"content": content}
    small = read_small(stream)
    return {
        "content": content,
        "bits": look(small.image, recipe),
        "small": _digest(small.image),
        "plain": is_plain(small.image),
        "width": small.width,
        "height": small.height,
        "format": small.format,
        "taken": small.taken.isoformat() if small.taken else None,
        "camera": small.camera,
        "damaged": small.damaged,
        "thumbnail": _thumbnail(small.image),
    }


def _digest(image: Image.Image) -> bytes:
    digest = blake2b(f"{image.width} {image.height} ".encode(), digest_size=16)
    digest.update(image.tobytes())
    return digest.digest()


def _thumbnail(image: Image.Image) -> bytes:
    shown = image.copy()
    shown.thumbnail((_THUMBNAIL, _THUMBNAIL), Image.Resampling.LANCZOS)
    written = BytesIO()
    shown.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()
