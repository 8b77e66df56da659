"""The formats that are read, how large a picture of each may be, and what a file that is none of them is.

A stream enters; an opened, not yet decoded picture leaves, or the reason why there is none. Only the formats
named here are ever tried, so no file can start a decoder or a program that nobody chose.
"""

from __future__ import annotations

import re
import warnings
from typing import BinaryIO

import pillow_heif
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from photodedup.core.decode.task import RefusedError
from photodedup.core.values import SkipReason

_MEGA = 1_000_000
MOST_PIXELS = {
    "JPEG": 600 * _MEGA,  # decoded at an eighth, so the cap is high
    "MPO": 600 * _MEGA,
    "HEIF": 250 * _MEGA,  # phones make 200 megapixels
    "PNG": 220 * _MEGA,
    "TIFF": 220 * _MEGA,
    "BMP": 220 * _MEGA,
    "AVIF": 120 * _MEGA,
    "WEBP": 120 * _MEGA,  # its decoder needs twelve bytes a pixel
    "GIF": 120 * _MEGA,
}
"""The largest picture of each format, in pixels: what fits into a worker's memory."""

_TRIED = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "AVIF", "HEIF")
_PLUGINS = (  # imported for what they register; naming them keeps Pillow from loading all others
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
_DNG_VERSION = 50706

_OURS = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n|RIFF....WEBP|II\*\0|MM\0\*|II\+\0|MM\0\+|GIF8|BM|....ftyp(avi|hei|hev|mif|msf)",
    re.DOTALL,
)
_FOREIGN = re.compile(
    rb"\xff\x0a|\0\0\0\x0cJXL |\0\0\0\x0cjP  |\xff\x4f\xff\x51|8BPS|%!PS|%PDF|II\x1a\0|IIR[OS]|IIU\0"
    rb"|FUJIFILM|FOVb|\0MRM|P[1-7]\s|\x00\x00\x01\x00|....ftyp|RIFF....AVI |\x1aE\xdf\xa3"
    rb"|....(moov|mdat|wide|free)|\s*<(\?xml|svg)",
    re.DOTALL,
)


def _settle() -> None:
    """Once a process: our own caps stand in for Pillow's, and one file gets one thread."""
    Image.MAX_IMAGE_PIXELS = 300 * _MEGA  # Pillow raises above twice this; the caps above are checked here
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    pillow_heif.register_heif_opener(decode_threads=1, depth_images=False, aux_images=False)


_settled = False


def open_picture(stream: BinaryIO) -> Image.Image:
    """Open a picture by what it holds, not by its name.

    Args:
        stream: Seekable, at its beginning.

    Returns:
        A picture of an allowed format and size; no pixel is decoded yet.

    Raises:
        RefusedError: It is none of ours, too large, or its header is damaged.
    """
    global _settled  # noqa: PLW0603 - the registry of Pillow is global too
    if not _settled:
        _settle()
        _settled = True
    try:
        picture = Image.open(stream, formats=_TRIED)
    except UnidentifiedImageError:
        raise _unknown(stream) from None
    except Image.DecompressionBombError:
        raise RefusedError(SkipReason.TOO_LARGE, "has more pixels than one photo may have") from None
    _check(picture)
    return picture


def name_of(picture: Image.Image) -> str:
    """The format as people know it; a JPEG that carries a second picture is still a JPEG."""
    return "JPEG" if picture.format == "MPO" else picture.format or ""


def preview(picture: Image.Image, width: int, height: int) -> None:
    """Let a HEIF serve the preview in it, if it has one of at least this size.

    Decoding 12 megapixels takes a third of a second; the preview of 320 pixels takes a hundredth.
    """
    if picture.format == "HEIF":
        picture.draft(None, (width, height))


def _check(picture: Image.Image) -> None:
    width, height = picture.size
    if width < 1 or height < 1:
        raise RefusedError(SkipReason.DAMAGED, "is damaged: it has no pixels")
    if width * height > MOST_PIXELS.get(picture.format or "", 0):
        raise RefusedError(
            SkipReason.TOO_LARGE, f"has more pixels than one photo may have ({width} x {height})"
        )
    if picture.format == "TIFF" and _DNG_VERSION in picture.tag_v2:  # type: ignore[attr-defined]
        raise RefusedError(SkipReason.UNSUPPORTED_FORMAT, "is a raw photo, which is read by its preview only")


def _unknown(stream: BinaryIO) -> RefusedError:
    stream.seek(0)
    head = stream.read(512)
    if _OURS.match(head) or not head.strip(b"\0"):
        return RefusedError(SkipReason.DAMAGED, "is damaged: its beginning is not that of a picture")
    if _FOREIGN.match(head):
        return RefusedError(SkipReason.UNSUPPORTED_FORMAT, "holds something in a format that is not read yet")
    return RefusedError(SkipReason.NOT_A_PICTURE, "holds no picture, in spite of its name")
