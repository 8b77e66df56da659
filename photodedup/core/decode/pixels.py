"""Proves that two pictures hold the same pixels: a digest of all that can be seen, and of nothing else.

A stream enters, a digest leaves. What cannot be compared pixel by pixel is equal to itself only.
"""

from __future__ import annotations

from typing import Any, BinaryIO

from blake3 import blake3
from PIL import Image

from photodedup.core.decode import exif, jpeg
from photodedup.core.decode.colour import has_transparency, is_srgb, upright
from photodedup.core.decode.formats import open_picture
from photodedup.core.decode.intake import take_in
from photodedup.core.decode.raw import is_raw
from photodedup.core.decode.scans import pixel_parts
from photodedup.core.decode.task import RefusedError
from photodedup.core.values import SkipReason

_BAND = 256
_MOST = 600_000_000


def prove(raw: BinaryIO) -> tuple[bytes, bytes]:
    """Task of a worker: digest the whole file and its pixels.

    Returns:
        BLAKE3 of the file, and of its upright full-size pixels.
    """
    stream, content = take_in(raw)
    return content, pixel_digest(stream, content)


def code(raw: BinaryIO) -> tuple[bytes, bytes]:
    """Task of a worker: digest the whole file, and all of it that its pixels come from, without decoding.

    Returns:
        BLAKE3 of the file, and a digest that is equal only for files with equal pixels.
    """
    stream, content = take_in(raw)
    if is_raw(stream):
        return content, content
    picture = open_picture(stream)
    data = jpeg.whole_bytes(picture, stream)
    parts = pixel_parts(data) if data and picture.format == "JPEG" else None
    if parts is None:
        return content, content
    digest = blake3(f"{exif.orientation(picture)} ".encode())
    digest.update(blake3(picture.info.get("icc_profile") or b"").digest())
    for part in parts:
        digest.update(part)
    return content, digest.digest()


def pixel_digest(stream: BinaryIO, content: bytes) -> bytes:
    """Digest the full-size upright pixels of a photo, of every frame where there are several.

    Args:
        stream: Seekable, at its beginning.
        content: Digest of the whole file, for pictures that Pillow cannot give in full depth.

    Returns:
        BLAKE3, equal for a JPEG and the PNG or TIFF made from it.

    Raises:
        RefusedError: It is no picture of ours, or too large.
        Exception: The decoder failed; a damaged file can raise anything.
    """
    raw = is_raw(stream)  # its preview proves nothing of its sensor's values
    picture = None if raw else open_picture(stream)
    if picture is None or _deeper_than_shown(picture, stream):
        return blake3(b"only itself" + content).digest()
    frames = int(getattr(picture, "n_frames", 1))
    if frames * picture.width * picture.height > _MOST:
        raise RefusedError(SkipReason.TOO_LARGE, "has more pixels than can be compared")
    digest = blake3()
    profile = picture.info.get("icc_profile")
    digest.update(b"" if is_srgb(profile) else blake3(profile or b"").digest())
    data = jpeg.whole_bytes(picture, stream) if frames == 1 else None
    if data:
        _add_jpeg(digest, jpeg.decode_intact(data, picture.mode), exif.orientation(picture))
        return digest.digest()
    for frame in range(frames):
        if frame:
            picture.seek(frame)
            digest.update(str(picture.info.get("duration")).encode())
        picture.load()
        _add(digest, upright(_canonical(picture), exif.orientation(picture)))
    return digest.digest()


def _canonical(picture: Image.Image) -> Image.Image:
    """One mode for all that look alike: RGB, RGBA where something shows through, or the deeper mode."""
    if picture.mode.startswith("I") or picture.mode in ("F", "CMYK", "LAB"):
        return picture
    if not has_transparency(picture):
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    lowest = layered.getchannel("A").getextrema()[0]
    return layered.convert("RGB") if lowest == 255 else layered


def _add_jpeg(digest: Any, pixels: jpeg.Pixels, turn: int) -> None:
    """As `_add` does, without a copy of the pixels where none is needed."""
    if turn == 1 and pixels.shape[2] == 3:
        digest.update(f"RGB {pixels.shape[1]} {pixels.shape[0]} ".encode())
        digest.update(pixels)
    else:
        _add(digest, _canonical(upright(jpeg.image_of(pixels), turn)))


def _add(digest: Any, picture: Image.Image) -> None:
    mode = "I;16" if picture.mode.startswith("I;16") else picture.mode
    digest.update(f"{mode} {picture.width} {picture.height} ".encode())
    for top in range(0, picture.height, _BAND):
        band = picture.crop((0, top, picture.width, min(top + _BAND, picture.height)))
        if picture.mode == "I;16B":
            band = band.convert("I").convert("I;16")
        digest.update(band.tobytes())


def _deeper_than_shown(picture: Image.Image, stream: BinaryIO) -> bool:
    """Whether the file holds more than 8 bits a colour, of which Pillow gives the upper 8 only."""
    if picture.format == "HEIF":
        return int(picture.info.get("bit_depth") or 8) > 8
    if picture.format == "AVIF":
        return _deep_avif(stream)
    if picture.mode.startswith("I") or picture.mode == "F":
        return False
    return any("16" in str(tile[3]) for tile in getattr(picture, "tile", ()))


def _deep_avif(stream: BinaryIO) -> bool:
    """Whether any av1C box of the header says more than 8 bits."""
    stream.seek(0)
    head = stream.read(1 << 16)
    place = head.find(b"av1C")
    while 0 <= place < len(head) - 7:
        if head[place + 6] & 0x40:
            return True
        place = head.find(b"av1C", place + 4)
    return False
