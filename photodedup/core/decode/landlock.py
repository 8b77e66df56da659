"""Takes from a worker, for good, the right to open, write, execute or connect: Landlock, a part of Linux.

Nothing enters; how much was taken leaves. A file that takes a decoder over then finds nothing to read or to
tell anybody, beyond the descriptors that the worker was handed. Where the kernel has no Landlock, nothing is
taken. UDP and sockets that have no name in the file system are outside of what Landlock knows.
"""

from __future__ import annotations

import ctypes
import os
import sys

_CREATE_RULESET, _RESTRICT_SELF = 444, 446  # the same on every processor that Linux runs on today
_VERSION = 1
_NO_NEW_PRIVILEGES = 38

_FILES = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
"""What each version of Landlock learnt to deny of the file system: from execution to ioctl of devices."""
_NETWORK = {4: 0b11}
"""Binding and connecting over TCP."""
_SCOPE = {6: 0b11}
"""Abstract sockets of others, and signals to others."""
_SIZES = {1: 8, 4: 16, 6: 24}


class _Ruleset(ctypes.Structure):
    """`struct landlock_ruleset_attr` of <linux/landlock.h>."""

    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scope", ctypes.c_uint64))


def version() -> int:
    """Which version of Landlock the kernel has; 0 for none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, _call(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION))


def confine() -> int:
    """Take the rights from the calling thread and all that it starts.

    Returns:
        The version of Landlock that took them; 0 where nothing was taken.
    """
    known = version()
    if not known:
        return 0
    ruleset = _Ruleset(*(_up_to(known, rights) for rights in (_FILES, _NETWORK, _SCOPE)))
    size = ctypes.c_size_t(max(size for since, size in _SIZES.items() if since <= known))
    descriptor = _call(_CREATE_RULESET, ctypes.byref(ruleset), size, 0)
    if descriptor < 0:
        return 0
    try:
        library = ctypes.CDLL(None, use_errno=True)
        library.prctl(_NO_NEW_PRIVILEGES, *map(ctypes.c_ulong, (1, 0, 0, 0)))
        return known if _call(_RESTRICT_SELF, ctypes.c_int(descriptor), 0) == 0 else 0
    finally:
        os.close(descriptor)


def _up_to(known: int, rights: dict[int, int]) -> int:
    return sum(bits for since, bits in rights.items() if since <= known)


def _call(number: int, *arguments: object) -> int:
    try:
        library = ctypes.CDLL(None, use_errno=True)
        library.syscall.restype = ctypes.c_long
        return int(library.syscall(ctypes.c_long(number), *arguments))
    except (OSError, AttributeError):
        return -1
