"""File systems for tests, mounted where only the test sees them.

In: a task. Out: its exit code, run in a child with mounts of its own, which go when it ends. Root only.
"""

import ctypes
import os
import shutil
import subprocess
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path

_NEW_MOUNTS = 0x00020000  # Linux: CLONE_NEWNS


@cache
def why_not() -> str | None:
    """Why nothing can be mounted here, or None."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "only root may mount"
    if shutil.which("mount") is None:
        return "there is no mount"
    return (
        None if alone(lambda: mount("-t", "tmpfs", "none", "/mnt")) == 0 else "mounting is not allowed here"
    )


@cache
def why_no_image() -> str | None:
    """Why no image of a disk can be mounted here, or None."""
    if why := why_not():
        return why
    if shutil.which("mkfs.ext4") is None:
        return "there is no mkfs.ext4"
    return None if Path("/dev/loop-control").exists() else "there are no loop devices"


def alone(task: Callable[[], object]) -> int:
    """Runs a task in a child with mounts of its own; 0 where it came to its end."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            assert ctypes.CDLL(None).unshare(_NEW_MOUNTS) == 0
            mount("--make-rprivate", "/")
            task()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def mount(*arguments: object) -> None:
    """Calls the system's mount."""
    subprocess.run(["mount", *map(str, arguments)], check=True, capture_output=True)


def unmount(place: Path) -> None:
    """Takes a mount away, also a dead one."""
    subprocess.run(["umount", "-l", place], check=True, capture_output=True)


def image(path: Path, megabytes: int = 24, *options: str) -> Path:
    """Makes an image of an ext4 disk."""
    with path.open("wb") as file:
        file.truncate(megabytes << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", *options, path], check=True, capture_output=True)
    return path
