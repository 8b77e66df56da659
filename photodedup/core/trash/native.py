"""The trash of Windows and macOS, by the system's own call.

Written with care, but not run: there is neither system here. In: a proven photo. Out: the photo in the
system's trash. The window injects a mover that says where the file went (an instance of Qt's QFile:
`moveToTrash`, then `fileName`); without one, Send2Trash moves it and does not say where to, so that undo can
only tell people to open the system's trash.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from photodedup.core.errors import TrashError
from photodedup.core.trash.can import Slot
from photodedup.core.trash.proof import Proof

Mover = Callable[[Path], Path | None]
"""Moves a file to the system's trash and says where it is now, or None; raises `OSError`."""

_FIXED_DRIVE = 3


class NativeTrash:
    """The system's own trash.

    Args:
        mover: What moves a file; Send2Trash where there is none.
    """

    def __init__(self, mover: Mover | None = None) -> None:
        self._mover = mover or _send

    def check(self, photo: Path) -> None:
        """See `TrashCan`."""
        if sys.platform == "win32":  # pragma: no cover - not run: there is no Windows here
            _check_drive(photo)

    def reserve(self, proof: Proof) -> Slot:
        """See `TrashCan`."""
        self.check(proof.path)
        return Slot(proof)

    def move(self, slot: Slot) -> Path | None:
        """See `TrashCan`."""
        slot.proof.check_places()
        # Windows moves no file that is open.
        slot.proof.let_go()
        return self._mover(slot.proof.path)

    def release(self, slot: Slot) -> None:
        """See `TrashCan`; the system keeps its own record."""


def _send(photo: Path) -> Path | None:  # pragma: no cover - Send2Trash is not used on Linux
    from send2trash import send2trash  # noqa: PLC0415 - installed on Windows and macOS only

    send2trash(str(photo))
    return None


def _check_drive(photo: Path) -> None:  # pragma: no cover - not run: there is no Windows here
    """Windows deletes for good what it is told to recycle on a card or a network drive."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415

        if ctypes.windll.kernel32.GetDriveTypeW(f"{photo.drive}\\") != _FIXED_DRIVE:
            raise TrashError(f"{photo.name} stays where it is: drive {photo.drive} has no recycle bin.")
