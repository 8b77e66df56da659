"""Knows a photo that was moved, wherever it lies now, by what the journal wrote of it.

In: a path, and an intent. Out: whether that photo is there.
"""

from __future__ import annotations

import os
import stat
from functools import partial
from hashlib import blake2b
from pathlib import Path

from blake3 import blake3

from photodedup.core.journal import Intent
from photodedup.core.trash.proof import content_at

_DIGESTS = (blake3, partial(blake2b, digest_size=32))
"""What journals tell the bytes of a photo by, the later ones first."""


def is_photo(path: Path, intent: Intent) -> bool:
    """True where the photo is at `path`: the same inode with the same times, or else the same bytes."""
    try:
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode) or found.st_size != intent.size:
            return False
        if (found.st_ino, found.st_mtime_ns) == (intent.inode, intent.mtime_ns):
            return True
        # Cards and network drives number their files anew when they are plugged in again.
        return any(content_at(path, each) == intent.content for each in _DIGESTS)
    except OSError:
        return False
