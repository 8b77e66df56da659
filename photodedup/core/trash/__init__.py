"""Moves photos to the trash: the only rooms that move a photo away.

In: the removals of a plan. Out: a report of what was seen on disk, and the journal from which undo works.
"""

from __future__ import annotations

import sys

from photodedup.core.trash.batch import move_to_trash, refused
from photodedup.core.trash.can import Slot, TrashCan
from photodedup.core.trash.freedesktop import FreedesktopTrash
from photodedup.core.trash.native import Mover, NativeTrash
from photodedup.core.trash.proof import Proof, prove
from photodedup.core.trash.removed import RemovedFolder, TrashOrFolder

__all__ = [
    "Mover",
    "Proof",
    "RemovedFolder",
    "Slot",
    "TrashCan",
    "TrashOrFolder",
    "move_to_trash",
    "prove",
    "refused",
    "trash_can",
]


def trash_can(mover: Mover | None = None) -> TrashCan:
    """The trash of this platform.

    Args:
        mover: What moves a file to the system's trash on Windows and macOS; elsewhere it is not used.
    """
    return NativeTrash(mover) if sys.platform in {"win32", "darwin"} else FreedesktopTrash()
