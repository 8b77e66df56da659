"""Breaks a task at one system call, by strace's fault injection: the kernel's own word, not a hook of ours.

In: a task, and what shall happen at the N-th call of a name. Out: how the child ended and what it answered;
or the names of all calls that change files, in order. The child is forked, so that nothing is imported
while it is traced, and waits until strace holds it.
"""

import ctypes
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CHANGING = (
    "openat,open,creat,write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2,link,linkat,"
    "symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat,chmod,fchmod,fchmodat,fchmodat2,utimensat,"
    "truncate,ftruncate,fallocate,setxattr,copy_file_range,sendfile"
)
_PTRACER, _ANY = 0x59616D61, -1
_WRITES = re.compile(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)")


@dataclass(frozen=True)
class Point:
    """The `nth` call called `name`, counted from 1; strace counts each name by itself."""

    name: str
    nth: int


@dataclass(frozen=True)
class Ended:
    """How a task ended: True where it was killed, else what it answered."""

    killed: bool
    answer: object = None


def why_not() -> str | None:
    """Why nothing can be traced here, or None."""
    if sys.platform != "linux" or shutil.which("strace") is None:
        return "strace is not installed"
    ended = run(os.getpid, "-e", "trace=fsync")
    return None if ended.answer else "strace is not allowed to trace a process here"


def points(task: Callable[[], object], log: Path) -> list[Point]:
    """The calls of a task that change files, in the order in which they are made."""
    asked = ",".join(f"?{name}" for name in CHANGING.split(","))  # with `?` older ones may not know a name
    assert run(task, "-e", f"trace={asked}", "-o", str(log)).answer is not None
    seen: Counter[str] = Counter()
    found = []
    for line in log.read_text(errors="replace").splitlines():
        name = line.partition("(")[0]
        if name not in CHANGING.split(","):
            continue
        seen[name] += 1
        if name not in {"openat", "open"} or _WRITES.search(line):
            found.append(Point(name, seen[name]))
    return found[:-1]  # without the answer of the child


def killed_at(point: Point, task: Callable[[], object]) -> Ended:
    """Runs a task that is killed in place of one call."""
    return run(task, "-e", f"trace={point.name}", "-e", f"inject={point.name}:signal=KILL:when={point.nth}")


def failed_at(point: Point, number: str, task: Callable[[], object]) -> Ended:
    """Runs a task whose one call fails with an errno, named as C names it."""
    return run(
        task, "-e", f"trace={point.name}", "-e", f"inject={point.name}:error={number}:when={point.nth}"
    )


def run(task: Callable[[], object], *options: str) -> Ended:
    """Runs a task in a child that strace holds."""
    go, say = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        _be_traced(task, go, say)
    os.close(go[0])
    os.close(say[1])
    tracer = subprocess.Popen(
        ["strace", "-p", str(child), *(("-o", os.devnull) if "-o" not in options else ()), *options],
        stderr=subprocess.PIPE,
    )
    assert tracer.stderr is not None
    held = b"attached" in tracer.stderr.readline()
    if held:
        os.write(go[1], b"!")
    os.close(go[1])
    with os.fdopen(say[0], "rb") as pipe:
        said = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    tracer.stderr.close()
    tracer.wait()
    killed = held and status == -signal.SIGKILL
    return Ended(killed, pickle.loads(said) if said and not killed else None)


def _be_traced(task: Callable[[], object], go: tuple[int, int], say: tuple[int, int]) -> None:
    """The child: waits for strace, does the task, answers through a pipe that is not counted."""
    try:
        os.close(go[1])
        # Where only parents may trace, this lets any process of this person do it.
        ctypes.CDLL(None).prctl(_PTRACER, ctypes.c_ulong(_ANY), 0, 0, 0)
        if os.read(go[0], 1):
            answer = pickle.dumps(task())
            os.write(say[1], answer)
    finally:
        os._exit(0)
