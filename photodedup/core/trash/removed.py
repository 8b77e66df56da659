"""A plain folder on the photos' own volume, for photos that no trash can take: on cards and network drives.

In: a proven photo. Out: the photo in `photodedup-removed`, in a folder for each batch, under the path that it
had. It only moves by a rename within its volume, is never scanned, and comes back by undo like from a trash.
The folder is at the top of the volume, or in the topmost folder above the photo that can be written.
"""

from __future__ import annotations

import os
import secrets
import stat
from datetime import datetime
from pathlib import Path

from photodedup.core import disk
from photodedup.core.errors import TrashError
from photodedup.core.scan.exclusions import REMOVED, SYSTEM_PATHS
from photodedup.core.trash.can import Slot, TrashCan, move_within
from photodedup.core.trash.proof import Proof
from photodedup.core.trash.volume import top_of, volume_of


class RemovedFolder:
    """The folder `photodedup-removed` of each volume; one folder in it for all that this object moves."""

    def __init__(self) -> None:
        self._batch = f"{datetime.now():%Y-%m-%d %H.%M.%S} {secrets.token_hex(2)}"

    def check(self, photo: Path) -> None:
        """See `TrashCan`."""
        self._base(photo)

    def reserve(self, proof: Proof) -> Slot:
        """See `TrashCan`."""
        base, real = self._base(proof.path), _real(proof.path)
        place = base / REMOVED / self._batch / real.relative_to(base)
        try:
            disk.make_folder(place.parent, 0o700)
            # What was made could have been exchanged for a link meanwhile.
            safe = Path(os.path.realpath(place.parent)) == place.parent
            if not safe or volume_of(place.parent) != volume_of(real.parent) or os.path.lexists(place):
                raise TrashError(_refusal(proof.path, f"{place.parent} is not safe to use"))
        except OSError as error:
            tidy(place)
            raise TrashError(_refusal(proof.path, disk.reason(error))) from error
        return Slot(proof, place)

    def move(self, slot: Slot) -> Path | None:
        """See `TrashCan`."""
        return move_within(slot)

    def release(self, slot: Slot) -> None:
        """See `TrashCan`."""
        assert slot.place is not None
        tidy(slot.place)

    def _base(self, photo: Path) -> Path:
        """The folder that holds, or is to hold, `photodedup-removed`."""
        folder = _real(photo).parent
        try:
            if not os.access(folder, os.W_OK | os.X_OK):
                raise TrashError(_refusal(photo, "its folder is read-only"))
            top = top_of(folder)
            above = [each for each in (folder, *folder.parents) if each.is_relative_to(top)]
            base = next((each for each in reversed(above) if _may_hold(each)), None)
            why = _trouble(base / REMOVED, folder) if base else "no folder above it can hold it"
        except OSError as error:
            raise TrashError(_refusal(photo, disk.reason(error))) from error
        if why or base is None:
            raise TrashError(_refusal(photo, why))
        return base


class TrashOrFolder:
    """The trash where there is one, else the folder `photodedup-removed`.

    Args:
        trash: The trash of this platform.
    """

    def __init__(self, trash: TrashCan) -> None:
        self._trash, self._folder = trash, RemovedFolder()
        self._chosen: dict[Path, TrashCan] = {}

    def check(self, photo: Path) -> None:
        """See `TrashCan`."""
        try:
            self._trash.check(photo)
        except TrashError:
            self._folder.check(photo)

    def reserve(self, proof: Proof) -> Slot:
        """See `TrashCan`; only what has no trash at all goes to the folder."""
        try:
            self._trash.check(proof.path)
            chosen: TrashCan = self._trash
        except TrashError:
            chosen = self._folder
        self._chosen[proof.path] = chosen
        return chosen.reserve(proof)

    def move(self, slot: Slot) -> Path | None:
        """See `TrashCan`."""
        return self._chosen[slot.proof.path].move(slot)

    def release(self, slot: Slot) -> None:
        """See `TrashCan`."""
        self._chosen[slot.proof.path].release(slot)


def tidy(place: Path) -> None:
    """Removes what is empty of the folders above a place in `photodedup-removed`, that folder included."""
    parts = place.parent.parts
    above = len(parts) - parts.index(REMOVED) if REMOVED in parts else 0
    for folder in place.parents[:above]:
        if os.path.lexists(folder) and not disk.remove_empty_folder(folder):
            return


def _real(photo: Path) -> Path:
    return Path(os.path.realpath(photo.parent)) / photo.name


def _may_hold(folder: Path) -> bool:
    """Whether a folder is the person's to put something in; not the root of the system, even where it is."""
    system = folder == folder.parent or os.fspath(folder) in SYSTEM_PATHS
    return not system and os.access(folder, os.W_OK | os.X_OK)


def _trouble(removed: Path, folder: Path) -> str:
    """Why an existing `photodedup-removed` cannot be used, or the empty string."""
    try:
        mode = os.lstat(removed).st_mode
    except FileNotFoundError:
        return ""
    if not stat.S_ISDIR(mode):
        return f"{removed} is not a real folder, which is not safe"
    if volume_of(removed) != volume_of(folder):
        return f"{removed} is on another volume"
    return "" if os.access(removed, os.W_OK | os.X_OK) else f"{removed} is read-only"


def _refusal(photo: Path, why: str) -> str:
    return f"{photo.name} cannot be moved to a folder of its drive: {why}. It stays where it is."
