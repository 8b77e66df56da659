"""What the camera wrote beside the pixels, read so that no garbage in it can hurt.

An opened picture enters; orientation, time and camera leave.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

_MAKE, _MODEL, _ORIENTATION = 0x010F, 0x0110, 0x0112
_PHOTO, _TAKEN, _DIGITISED = 0x8769, 0x9003, 0x9004
_FRACTION = {_TAKEN: 0x9291, _DIGITISED: 0x9292}
_LONGEST = 80


def orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where it is missing or absurd."""
    value = _read(picture).get(_ORIENTATION)
    if isinstance(value, bytes) and value:
        value = value[0] or value[-1]
    if isinstance(value, tuple) and value:
        value = value[0]
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def taken(picture: Image.Image) -> datetime | None:
    """When the picture was taken, in the camera's local time and with its fraction of a second, or None."""
    with suppress(Exception):  # a hostile file can raise anything
        details = picture.getexif().get_ifd(_PHOTO)
        for tag in (_TAKEN, _DIGITISED):
            found = time_of(details.get(tag))
            if found is not None:
                return found.replace(microsecond=microsecond_of(details.get(_FRACTION[tag])))
    return None


def camera(picture: Image.Image) -> str:
    """Maker and model, the maker named once, or the empty string."""
    found = _read(picture)
    return camera_of(found.get(_MAKE), found.get(_MODEL))


def camera_of(make: object, name: object) -> str:
    """Maker and model as one name, whatever the tags hold."""
    maker, model = _text(make), _text(name)
    if not maker or not model:
        return model or maker
    first = maker.split()[0].lower()
    return model if model.lower().startswith(first) else f"{maker} {model}"


def _read(picture: Image.Image) -> dict[int, Any]:
    with suppress(Exception):  # a hostile file can raise anything
        return dict(picture.getexif())
    return {}


def time_of(value: object) -> datetime | None:
    """A time from the text of a tag, or None."""
    try:
        return datetime.strptime(_text(value)[:19], "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None


def microsecond_of(value: object) -> int:
    """The digits after the second, as cameras write them that shoot several photos a second."""
    digits = _text(value)
    return int(digits[:6].ljust(6, "0")) if digits.isascii() and digits.isdigit() else 0


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    kept = "".join(sign for sign in value.split("\0")[0] if sign.isprintable())
    return " ".join(kept.split())[:_LONGEST]
