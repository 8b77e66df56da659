"""The trash of this platform, with Qt's own mover where the system's trash is used.

Qt says where a file went, which Send2Trash does not, and undo needs it. Used on Windows and macOS, where it
was not run yet; on Linux core follows the freedesktop specification itself.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFile

from photodedup.core.trash import TrashCan, trash_can


def trash_of_platform() -> TrashCan:
    """The trash of this platform."""
    return trash_can(move_with_qt)


def move_with_qt(photo: Path) -> Path | None:
    """Moves a file to the system's trash and says where it is now.

    Raises:
        OSError: The system did not move it.
    """
    file = QFile(str(photo))
    if not file.moveToTrash():
        raise OSError(file.errorString())
    return Path(file.fileName()) if file.fileName() else None
