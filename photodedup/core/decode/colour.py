"""Brings every mode of Pillow to upright 8-bit sRGB on white, so that equal pictures become equal pixels.

A decoded picture enters; an RGB one leaves.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

_TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SPACES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "LAB": "LAB"}
_DIRECT = frozenset(["RGB", "L", "CMYK", "LAB"])


def upright(picture: Image.Image, orientation: int) -> Image.Image:
    """Turn a picture as its EXIF orientation, 1 to 8, asks for."""
    method = _TRANSPOSE.get(orientation)
    return picture if method is None else picture.transpose(method)


def has_transparency(picture: Image.Image) -> bool:
    """Whether parts of the picture may show what lies behind it."""
    return picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info


def flat(picture: Image.Image) -> Image.Image:
    """Bring a decoded picture to a mode that can be resized and colour-managed: RGB, L, CMYK or LAB.

    Transparent parts become white. 16 bits are scaled to 8; `convert` would clip them to white.
    """
    if picture.mode.startswith("I") or picture.mode == "F":
        return Image.fromarray(_eight_bits(picture))
    if has_transparency(picture):
        layer = picture.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        ground.alpha_composite(layer)
        return ground.convert("RGB")
    if picture.mode in _DIRECT:
        return picture
    return picture.convert("L" if picture.mode == "1" else "RGB")


def srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Bring a flat picture to sRGB.

    Args:
        picture: RGB, L, CMYK or LAB.
        profile: Its embedded ICC profile; a broken or unfitting one is ignored.
    """
    transform = _transform(profile, picture.mode) if profile else None
    if transform is not None:
        return transform.apply(picture)
    if picture.mode == "LAB":
        lab = ImageCms.buildTransform(
            ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB"
        )
        return lab.apply(picture)
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def is_srgb(profile: bytes | None) -> bool:
    """Whether colours need no conversion: no profile, or one that calls itself sRGB."""
    if not profile:
        return True
    opened = _opened(profile)
    return opened is None or _calls_itself_srgb(opened)


def _eight_bits(picture: Image.Image) -> NDArray[np.uint8]:
    values = np.asarray(picture)
    if picture.mode.startswith("I;16"):
        return (values.astype(np.uint32) * 255 // 65535).astype(np.uint8)
    values = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if low >= 0:
        low, high = 0.0, next((top for top in (1.0, 255.0, 65535.0) if high <= top), high)
        if picture.mode != "F" and high == 1.0:
            high = 255.0
    span = high - low or 1.0
    return np.clip((values - low) * (255.0 / span), 0, 255).astype(np.uint8)


@lru_cache(maxsize=32)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    opened = _opened(profile)
    if (
        opened is None
        or _SPACES.get(opened.profile.xcolor_space.strip()) != mode
        or _calls_itself_srgb(opened)
    ):
        return None
    try:
        return ImageCms.buildTransform(opened, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _opened(profile: bytes) -> ImageCms.ImageCmsProfile | None:
    try:
        return ImageCms.ImageCmsProfile(BytesIO(profile))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _calls_itself_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    try:
        return "srgb" in (profile.profile.profile_description or "").lower()
    except (OSError, ValueError, UnicodeError):
        return False
