"""Which folders a file can be renamed between: a rename never leaves its volume nor its mount.

In: a folder. Out: what tells its volume from others, and the topmost folder of that volume. The device number
alone is not enough, since a bind mount has the number of what it shows but refuses renames; the number of the
mount alone is neither, since a btrfs subvolume has its own device under the same mount.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

Volume = tuple[int, int]
"""Device number and mount number; the latter is 0 where the system does not tell it."""

_MOUNT = re.compile(rb"^mnt_id:\s*(\d+)", re.MULTILINE)


def volume_of(folder: Path) -> Volume:
    """The volume that a folder is on.

    Raises:
        OSError: The folder is not there or cannot be looked at.
    """
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return os.fstat(descriptor).st_dev, _mount_of(descriptor)
    finally:
        os.close(descriptor)


def top_of(folder: Path) -> Path:
    """The topmost folder of the volume that `folder`, a path without links, is on."""
    volume = volume_of(folder)
    while folder != folder.parent and volume_of(folder.parent) == volume:
        folder = folder.parent
    return folder


def nearest_folder(path: Path) -> Path:
    """`path` without links, or the nearest folder above it that is there."""
    path = Path(os.path.realpath(path))
    while not path.is_dir():
        path = path.parent
    return path


def _mount_of(descriptor: int) -> int:
    try:
        text = Path(f"/proc/self/fdinfo/{descriptor}").read_bytes()
    except OSError:
        return 0
    found = _MOUNT.search(text)
    return int(found[1]) if found else 0
