"""The trash of Linux desktops, by the freedesktop.org trash specification 1.0.

In: a proven photo. Out: the photo in the trash of its own volume, with the record (`.trashinfo`) from which
any desktop can put it back. A photo only ever moves by a rename within its volume; where no trash of that
volume can be proven, it stays where it is.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from photodedup.core import disk
from photodedup.core.errors import TrashError
from photodedup.core.trash.can import Slot, move_within
from photodedup.core.trash.proof import Proof
from photodedup.core.trash.volume import Volume, nearest_folder, top_of, volume_of

_INFO = b".trashinfo"
_LONGEST_NAME = 255
_LONGEST_EXTENSION = 20
_COUNTED = 20
_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class _Folder:
    """A trash folder.

    Attributes:
        path: The folder that holds `files` and `info`.
        top: The top of the volume, from which its records count; None for the home trash.
    """

    path: Path
    top: Path | None


class FreedesktopTrash:
    """The home trash for photos on its volume, and a trash at the top of every other volume."""

    def check(self, photo: Path) -> None:
        """See `TrashCan`."""
        self._folder_for(photo, make=False)
        if not os.access(photo.parent, os.W_OK | os.X_OK):
            raise TrashError(_refusal(photo, "its folder is read-only"))

    def reserve(self, proof: Proof) -> Slot:
        """See `TrashCan`."""
        real = Path(os.path.realpath(proof.path.parent)) / proof.path.name
        folder = self._folder_for(proof.path, make=True)
        text = _info_text(real if folder.top is None else real.relative_to(folder.top))
        try:
            for name in islice(_names(os.fsencode(real.name), _limit(folder.path)), _ATTEMPTS):
                slot = Slot(proof, *_places(folder.path, name), text)
                if _reserved(slot):
                    return slot
        except OSError as error:
            raise TrashError(_refusal(proof.path, disk.reason(error))) from error
        raise TrashError(_refusal(proof.path, "the trash has no free name for it"))

    def move(self, slot: Slot) -> Path | None:
        """See `TrashCan`."""
        return move_within(slot)

    def release(self, slot: Slot) -> None:
        """See `TrashCan`."""
        assert slot.info is not None
        disk.remove_own(slot.info, slot.info_text)

    def _folder_for(self, photo: Path, make: bool) -> _Folder:
        try:
            return _find(photo, make)
        except OSError as error:
            raise TrashError(_refusal(photo, disk.reason(error))) from error


def home_trash() -> Path:
    """Where the specification puts the home trash; a relative `XDG_DATA_HOME` counts as none."""
    data = os.environ.get("XDG_DATA_HOME", "")
    base = Path(data) if data.startswith("/") else Path("~/.local/share").expanduser()
    return base / "Trash"


def _find(photo: Path, make: bool) -> _Folder:
    """The trash folder for a photo; with `make` it is there afterwards."""
    folder = Path(os.path.realpath(photo.parent))
    volume, home = volume_of(folder), home_trash()
    if volume_of(nearest_folder(home)) == volume:
        if why := _unusable(home, volume, make, owned=False):
            raise TrashError(_refusal(photo, why))
        return _Folder(home, None)
    top = top_of(folder)
    owner = os.geteuid()
    shared = top / ".Trash"
    if _is_sticky(shared) and not _unusable(shared / str(owner), volume, make, owned=True):
        return _Folder(shared / str(owner), top)
    own = top / f".Trash-{owner}"
    if why := _unusable(own, volume, make, owned=True):
        raise TrashError(_refusal(photo, why))
    return _Folder(own, top)


def _is_sticky(folder: Path) -> bool:
    """True for a real folder, no link, in which nobody can take away what belongs to others."""
    try:
        mode = os.lstat(folder).st_mode
    except OSError:
        return False
    return stat.S_ISDIR(mode) and bool(mode & stat.S_ISVTX)


def _unusable(folder: Path, volume: Volume, make: bool, owned: bool) -> str:
    """Why a trash folder cannot take a photo of a volume, or the empty string; with `make` it is made."""
    for each in (folder, folder / "files", folder / "info"):
        try:
            if make:
                # The specification wants nobody else to see into a trash.
                disk.make_folder(each, 0o700)
            elif not os.path.lexists(each):
                writable = os.access(nearest_folder(each), os.W_OK | os.X_OK)
                return "" if writable else f"{nearest_folder(each)} is read-only"
            why = _trouble(each, volume, owned)
        except OSError as error:
            why = f"{each} cannot be made: {disk.reason(error)}"
        if why:
            return why
    return ""


def _trouble(folder: Path, volume: Volume, owned: bool) -> str:
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode):
        return f"{folder} is not a real folder, which is not safe"
    if owned and found.st_uid != os.geteuid():
        return f"{folder} belongs to somebody else"
    if volume_of(folder) != volume:
        return f"{folder} is on another volume"
    return "" if os.access(folder, os.W_OK | os.X_OK) else f"{folder} is read-only"


def _refusal(photo: Path, why: str) -> str:
    return f"{photo.name} cannot be moved to a trash: {why}. It stays where it is."


def _reserved(slot: Slot) -> bool:
    """Tries to make a name ours; the record is the reservation, as the specification wants it."""
    assert slot.place is not None
    assert slot.info is not None
    if os.path.lexists(slot.place):
        return False
    try:
        disk.create_exclusive(slot.info, slot.info_text, 0o600)
    except FileExistsError:
        return False
    return True


def _places(folder: Path, name: bytes) -> tuple[Path, Path]:
    return folder / "files" / os.fsdecode(name), folder / "info" / os.fsdecode(name + _INFO)


def _info_text(original: Path) -> bytes:
    place = quote(os.fsencode(original), safe="/")
    date = datetime.now().strftime("%Y-%m-%dT%H:%M:%S")
    return f"[Trash Info]\nPath={place}\nDeletionDate={date}\n".encode("ascii")


def _limit(folder: Path) -> int:
    """The longest name, in bytes, that leaves room for the record's own ending."""
    try:
        longest = os.pathconf(folder, "PC_NAME_MAX")
    except OSError:
        longest = _LONGEST_NAME
    return min(_LONGEST_NAME, longest) - len(_INFO)


def _names(name: bytes, limit: int) -> Iterator[bytes]:
    """Names for a photo in the trash: its own, then `name.2.jpg` and so on, then random numbers.

    Random ones end the search quickly where thousands of photos have one name.
    """
    yield _fitted(name, b"", limit)
    for number in range(2, _COUNTED):
        yield _fitted(name, b".%d" % number, limit)
    while True:
        yield _fitted(name, b".%d" % secrets.randbelow(10**9), limit)


def _fitted(name: bytes, number: bytes, limit: int) -> bytes:
    """The name with a number before its extension, cut to `limit` bytes, not within a letter."""
    stem, extension = os.path.splitext(name)  # noqa: PTH122 - names are bytes here
    if len(extension) > _LONGEST_EXTENSION:
        stem, extension = name, b""
    room = limit - len(number) - len(extension)
    if len(stem) > room:
        start = room
        while start > max(0, room - 3) and stem[start] & 0xC0 == 0x80:
            start -= 1
        stem = stem[:start]
    return stem + number + extension
