"""Reads pictures in a worker: the small one that everything is measured on, and views for the window.

A stream enters; pictures leave, upright and in sRGB. A JPEG is decoded at the smallest scale that serves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO

from PIL import Image

from photodedup.core.decode import exif, jpeg
from photodedup.core.decode.colour import flat, srgb, upright
from photodedup.core.decode.formats import name_of, open_picture, preview
from photodedup.core.decode.intake import buffered
from photodedup.core.decode.raw import RawPhoto, read_raw
from photodedup.core.decode.wiped import is_wiped

SIDE = 320
"""The longer side of the small picture, in pixels, unless its shorter one would fall below `SHORT`."""
SHORT = 128
"""The shorter side of the small picture, where the photo has as many."""
LEAST = 384
"""A JPEG's small picture is what its decoder gives at the smallest scale with this longer side and `SHORT`: a
second reduction would cost time and bits."""
PREVIEW = 240
"""The longer side of the preview in a HEIC that serves as its small picture: a preview costs nothing."""
FINE = 512
"""The longer side of the fine picture, in pixels, at most."""
FINE_LEAST = 440
"""A JPEG whose small picture has a longer side of so many pixels is not decoded again for the fine one."""


@dataclass(frozen=True)
class Small:
    """A small upright picture and what was learnt on the way.

    Attributes:
        image: RGB in sRGB; never enlarged.
        width: Full-size pixels, upright.
        height: Full-size pixels, upright.
        format: Pillow's name of the format, or that of a raw photo, such as `DNG`.
        taken: Local time of the camera, or None.
        camera: Maker and model, or the empty string.
        damaged: True where the codec reported missing or repaired data.
        fine: The same in grey and with more detail, or None where it was not asked for.
    """

    image: Image.Image
    width: int
    height: int
    format: str
    taken: datetime | None
    camera: str
    damaged: bool = False
    fine: Image.Image | None = None


@dataclass(frozen=True)
class _Reduced:
    """A picture as it was decoded: small and upright, how it was turned, whether the codec noticed damage."""

    image: Image.Image
    turn: int
    damaged: bool
    fine: Image.Image | None


def read_small(stream: BinaryIO, *, fine: bool = False) -> Small:
    """Decode a photo once, small; a raw photo by the preview in it.

    Args:
        stream: Seekable, at its beginning.
        fine: Whether the fine picture is wanted too. The small one is the same with it and without.

    Raises:
        RefusedError: It is no picture of ours, or too large.
        Exception: The decoder failed; a damaged file can raise anything.
    """
    raw = read_raw(stream)
    if raw is not None:
        return _small_raw(raw, fine)
    picture = open_picture(stream)
    size = picture.size
    seen = _reduced(picture, stream, fine)
    width, height = _turned(size, seen.turn)
    taken, camera = exif.taken(picture), exif.camera(picture)
    return Small(seen.image, width, height, name_of(picture), taken, camera, seen.damaged, seen.fine)


def _small_raw(raw: RawPhoto, fine: bool) -> Small:
    stream = BytesIO(raw.jpeg)
    picture = open_picture(stream)
    seen = _reduced(picture, stream, fine, raw.turn)
    width, height = _turned((raw.width, raw.height), seen.turn)
    taken, camera = raw.taken or exif.taken(picture), raw.camera or exif.camera(picture)
    return Small(seen.image, width, height, raw.name, taken, camera, seen.damaged or raw.cut, seen.fine)


def _reduced(picture: Image.Image, stream: BinaryIO, fine: bool, turn: int = 0) -> _Reduced:
    """The small upright picture.

    Args:
        picture: Opened, not yet decoded.
        stream: Where it came from.
        fine: Whether the fine picture is wanted too.
        turn: EXIF orientation; 0 for the picture's own.
    """
    longer, shorter = max(picture.size), min(picture.size)
    data = jpeg.whole_bytes(picture, stream)
    least = _fitted(picture.size, max((PREVIEW if data is None else LEAST) / longer, SHORT / shorter))
    if data is None:
        harmed = is_wiped(picture, stream)
        target = _fitted(picture.size, max(SIDE / longer, SHORT / shorter))
        image, turn = _decode(picture, target, least, turn)
        # Pillow keeps what it decoded, so the fine picture costs a reduction only.
        return _Reduced(image, turn, harmed, _fine(flat(picture), turn) if fine else None)
    decoded, damaged = jpeg.decode(data, picture.mode, picture.size, least)
    image, turn = _finish(picture, decoded, turn)
    if not fine:
        return _Reduced(image, turn, damaged, None)
    if max(decoded.size) < min(FINE_LEAST, longer):
        wanted = _fitted(picture.size, FINE_LEAST / longer)
        decoded, _ = jpeg.decode(data, "L", picture.size, wanted)
    return _Reduced(image, turn, damaged, _fine(decoded, turn))


def _fine(decoded: Image.Image, turn: int) -> Image.Image:
    """The fine picture: grey, upright, not longer than `FINE`; no profile matters, since it is not shown."""
    factor = max(decoded.size) // FINE
    if factor > 1:
        decoded = decoded.reduce(factor)
    grey = decoded.convert("L")
    target = _fitted(grey.size, FINE / max(grey.size))
    return upright(grey if grey.size == target else grey.resize(target, Image.Resampling.HAMMING), turn)


def facts(raw: BinaryIO) -> dict[str, Any]:
    """Task of a worker: what a photo says of itself, without decoding it.

    Returns:
        Width and height in full, upright; format, taken (ISO 8601 or None) and camera.

    Raises:
        RefusedError: It is no picture of ours, or too large.
        Exception: Its header is damaged.
    """
    stream = buffered(raw)
    sensor = read_raw(stream)
    picture = open_picture(BytesIO(sensor.jpeg) if sensor else stream)
    turn = (sensor.turn if sensor else 0) or exif.orientation(picture)
    width, height = _turned((sensor.width, sensor.height) if sensor else picture.size, turn)
    taken = (sensor.taken if sensor else None) or exif.taken(picture)
    return {
        "width": width,
        "height": height,
        "format": sensor.name if sensor else name_of(picture),
        "taken": taken.isoformat() if taken else None,
        "camera": (sensor.camera if sensor else "") or exif.camera(picture),
    }


def view(raw: BinaryIO, side: int) -> tuple[int, int, bytes]:
    """Task of a worker: decode a photo for the window.

    Args:
        raw: An open file at its beginning.
        side: The longest side wanted, in pixels; a smaller photo is not enlarged.

    Returns:
        Width, height, and the pixels: three bytes each, sRGB, row by row from the top.

    Raises:
        RefusedError: It is no picture of ours, or too large.
        Exception: The decoder failed; a damaged file can raise anything.
    """
    stream, turn = buffered(raw), 0
    sensor = read_raw(stream)
    if sensor is not None:
        stream, turn = BytesIO(sensor.jpeg), sensor.turn
    picture = open_picture(stream)
    target = _fitted(picture.size, side / max(picture.size))
    if data := jpeg.whole_bytes(picture, stream):
        decoded, _ = jpeg.decode(data, picture.mode, picture.size, target)
        image, _ = _finish(picture, _resized(decoded, target), turn)
    else:
        image, _ = _decode(picture, target, target, turn)
    return image.width, image.height, image.tobytes()


def _fitted(size: tuple[int, int], ratio: float) -> tuple[int, int]:
    """A size made smaller by a ratio; never larger, never empty."""
    ratio = min(1.0, ratio)
    return max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio))


def _decode(
    picture: Image.Image, target: tuple[int, int], least: tuple[int, int], turn: int
) -> tuple[Image.Image, int]:
    """Decode by Pillow, before turning.

    Args:
        picture: Opened, not yet decoded.
        target: The size that a larger picture is brought to.
        least: The size that a preview in it must have at least to serve.
        turn: EXIF orientation; 0 for the picture's own.

    Returns:
        The upright picture and how it was turned.
    """
    full = picture.size
    if picture.format in ("JPEG", "MPO"):
        picture.draft(None, target)
    preview(picture, *least)
    picture.load()
    if full != picture.size and _turned_while_loading(full, picture.size):
        target = target[1], target[0]
    if max(picture.size) <= max(target):
        target = picture.size
    return _finish(picture, _resized(flat(picture), target), turn)


def _resized(image: Image.Image, target: tuple[int, int]) -> Image.Image:
    return image if image.size == target else image.resize(target, Image.Resampling.LANCZOS)


def _finish(picture: Image.Image, image: Image.Image, turn: int) -> tuple[Image.Image, int]:
    """Bring decoded pixels to sRGB and turn them upright; returns them and the turn."""
    turn = turn or exif.orientation(picture)
    return upright(srgb(image, picture.info.get("icc_profile")), turn), turn


def _turned_while_loading(full: tuple[int, int], loaded: tuple[int, int]) -> bool:
    """Pillow turns a TIFF upright while it loads it, so that its sides change places."""
    return loaded == (full[1], full[0])


def _turned(size: tuple[int, int], turn: int) -> tuple[int, int]:
    return (size[1], size[0]) if turn >= 5 else size
