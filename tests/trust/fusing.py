"""A file system of our own, in a process of its own, which shows a folder as cards, Macs and dead drives do.

In: a folder, where to mount it, and what it makes of names: `plain`, `case` (FAT, exFAT, NTFS: ABC is abc) or
`unicode` (APFS, HFS+: one letter, however it is composed). Out: the mount, as long as the process lives. At
the signal USR1 it takes every question and answers none, as a network drive does whose server is gone, or
none of some kinds. It speaks the kernel's own protocol (include/uapi/linux/fuse.h), so that no library is
needed. Root only.
"""

# ruff: noqa: ARG002, PTH101, PTH102, PTH104, PTH106, PTH108, PTH118 - answers have one form, names are bytes
import ctypes
import errno
import os
import signal
import stat
import struct
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

_IN, _OUT = struct.Struct("<IIQQIIIHH"), struct.Struct("<IiQ")
_ATTR = struct.Struct("<QQQQQQIIIIIIIIII")
_ENTRY, _ATTR_OUT = struct.Struct("<QQQQII"), struct.Struct("<QII")
_NAMES = {
    1: "lookup", 3: "getattr", 4: "setattr", 9: "mkdir", 10: "unlink", 11: "rmdir", 12: "rename", 13: "link",
    14: "open", 15: "read", 16: "write", 17: "statfs", 18: "release", 20: "fsync", 25: "flush", 26: "init",
    27: "opendir", 28: "readdir", 29: "releasedir", 30: "fsync", 34: "access", 35: "create", 45: "rename2",
}  # fmt: skip
_PARENT_DEATH = 1  # PR_SET_PDEATHSIG
_SILENT = {2, 36, 42}
"""Forget, interrupt and batch_forget want no answer."""


class Mounted:
    """The mount, from outside; `at` names the questions that get no answer, where not all of them."""

    def __init__(self, folder: Path, place: Path, names: str = "plain", at: str = "") -> None:
        self._hung = place.with_name(f"{place.name}.hung")
        self._hung.unlink(missing_ok=True)
        self.process = subprocess.Popen([sys.executable, __file__, folder, place, names, self._hung, at])
        while not os.path.ismount(place):
            assert self.process.poll() is None
            time.sleep(0.01)

    def hang(self) -> None:
        """From now on it answers nothing."""
        self.process.send_signal(signal.SIGUSR1)
        time.sleep(0.1)

    def wait_until_asked(self, seconds: float = 30.0) -> bool:
        """Waits until somebody hangs; False where nobody did in so many seconds."""
        end = time.monotonic() + seconds
        while not self._hung.exists() and time.monotonic() < end:
            time.sleep(0.01)
        return self._hung.exists()

    def vanish(self) -> None:
        """Takes the drive away, as somebody who pulls the plug."""
        self.process.kill()
        self.process.wait()


def fold(name: bytes, names: str) -> bytes:
    """Names that fold to the same bytes are one name."""
    text = os.fsdecode(name)
    if names == "case":
        return os.fsencode(text.casefold())
    return os.fsencode(unicodedata.normalize("NFD", text)) if names == "unicode" else name


class _Server:
    """Answers the kernel; a node is a path."""

    def __init__(self, folder: bytes, names: str) -> None:
        self.names, self.nodes, self.numbers = names, {1: folder}, {folder: 1}

    def child(self, node: int, name: bytes) -> bytes:
        folder = self.nodes[node]
        exact = os.path.join(folder, name)
        if self.names != "plain" and not os.path.lexists(exact):
            alike = fold(name, self.names)
            for each in os.listdir(folder):
                if fold(each, self.names) == alike:
                    return os.path.join(folder, each)
        return exact

    def attr(self, found: os.stat_result) -> bytes:
        times = [divmod(each, 10**9) for each in (found.st_atime_ns, found.st_mtime_ns, found.st_ctime_ns)]
        return _ATTR.pack(
            found.st_ino, found.st_size, found.st_blocks, *(s for s, _ in times), *(ns for _, ns in times),
            found.st_mode, found.st_nlink, found.st_uid, found.st_gid, 0, 4096, 0,
        )  # fmt: skip

    def entry(self, path: bytes) -> bytes:
        found = os.lstat(path)
        number = self.numbers.setdefault(path, max(self.nodes) + 1)
        self.nodes[number] = path
        return _ENTRY.pack(number, 0, 0, 0, 0, 0) + self.attr(found)

    def init(self, node, body):
        ahead = struct.unpack_from("<I", body, 8)[0]
        return struct.pack("<IIIIHHIIHHI28x", 7, 31, ahead, 0, 16, 12, 1 << 17, 1, 32, 0, 0)

    def lookup(self, node, body):
        return self.entry(self.child(node, body[:-1]))

    def getattr(self, node, body):
        return _ATTR_OUT.pack(0, 0, 0) + self.attr(os.lstat(self.nodes[node]))

    def setattr(self, node, body):
        valid, _, _, size, _, atime, mtime, _, ans, mns, _, mode = struct.unpack_from("<IIQQQQQQIIII", body)
        path = self.nodes[node]
        if valid & 1:
            os.chmod(path, stat.S_IMODE(mode))
        if valid & 8:
            os.truncate(path, size)
        if valid & 48:
            now = os.lstat(path)
            times = (atime * 10**9 + ans if valid & 16 else now.st_atime_ns,
                     mtime * 10**9 + mns if valid & 32 else now.st_mtime_ns)  # fmt: skip
            os.utime(path, ns=times)
        return self.getattr(node, body)

    def mkdir(self, node, body):
        path = self.child(node, body[8:-1])
        os.mkdir(path, struct.unpack_from("<I", body)[0])
        return self.entry(path)

    def unlink(self, node, body):
        os.unlink(self.child(node, body[:-1]))
        return b""

    def rmdir(self, node, body):
        os.rmdir(self.child(node, body[:-1]))
        return b""

    def rename(self, node, body, start=8, flags=0):
        old, new, _ = body[start:].split(b"\0", 2)
        source, target = self.child(node, old), self.child(struct.unpack_from("<Q", body)[0], new)
        if flags & 1 and os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "there")
        os.rename(source, target)
        number = self.numbers.pop(source, None)
        if number is not None:
            self.numbers[target], self.nodes[number] = number, target
        return b""

    def rename2(self, node, body):
        return self.rename(node, body, 16, struct.unpack_from("<I", body, 8)[0])

    def link(self, node, body):
        path = self.child(node, body[8:-1])
        os.link(self.nodes[struct.unpack_from("<Q", body)[0]], path)
        return self.entry(path)

    def open(self, node, body):
        flags = struct.unpack_from("<I", body)[0] & ~(os.O_NOFOLLOW | os.O_DIRECT | os.O_EXCL | os.O_CREAT)
        return struct.pack("<QII", os.open(self.nodes[node], flags), 1, 0)

    def create(self, node, body):
        flags, mode = struct.unpack_from("<II", body)
        path = self.child(node, body[16:-1])
        descriptor = os.open(path, (flags & ~os.O_DIRECT) | os.O_CREAT, mode)
        return self.entry(path) + struct.pack("<QII", descriptor, 1, 0)

    def read(self, node, body):
        descriptor, offset, size = struct.unpack_from("<QQI", body)
        return os.pread(descriptor, size, offset)

    def write(self, node, body):
        descriptor, offset, size = struct.unpack_from("<QQI", body)
        return struct.pack("<II", os.pwrite(descriptor, body[40 : 40 + size], offset), 0)

    def statfs(self, node, body):
        found = os.statvfs(self.nodes[1])
        return struct.pack("<QQQQQIII28x", found.f_blocks, found.f_bfree, found.f_bavail, found.f_files,
                           found.f_ffree, found.f_bsize, 255, found.f_frsize)  # fmt: skip

    def release(self, node, body):
        os.close(struct.unpack_from("<Q", body)[0])
        return b""

    def fsync(self, node, body):
        return b""

    flush = access = releasedir = fsync

    def opendir(self, node, body):
        return struct.pack("<QII", 0, 0, 0)

    def readdir(self, node, body):
        _, offset, size = struct.unpack_from("<QQI", body)
        said = b""
        for at, name in enumerate(sorted(os.listdir(self.nodes[node]))[offset:], offset + 1):
            found = os.lstat(os.path.join(self.nodes[node], name))
            each = struct.pack("<QQII", found.st_ino, at, len(name), found.st_mode >> 12) + name
            each += bytes(-len(each) % 8)
            if len(said) + len(each) > size:
                break
            said += each
        return said


def _serve(folder: str, place: str, names: str, hung: str, at: str) -> None:
    ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions"
    if ctypes.CDLL(None).mount(b"photodedup", os.fsencode(place), b"fuse", 0, options.encode()) != 0:
        raise SystemExit("cannot mount")
    dead: list[int] = []
    signal.signal(signal.SIGUSR1, lambda *_: dead.append(1))
    server = _Server(os.fsencode(folder), names)
    while question := os.read(device, 1 << 18):
        _, number, unique, node, *_ = _IN.unpack_from(question)
        if number in _SILENT:
            continue
        if dead and (not at or _NAMES.get(number) in at.split()):
            Path(hung).touch()
            continue
        try:
            call = getattr(server, _NAMES[number]) if number in _NAMES else None
            error, said = (0, call(node, question[_IN.size :])) if call else (errno.ENOSYS, b"")
        except OSError as raised:
            error, said = raised.errno or errno.EIO, b""
        except KeyError:
            error, said = errno.ESTALE, b""
        os.write(device, _OUT.pack(_OUT.size + len(said), -error, unique) + said)


if __name__ == "__main__":
    os.umask(0)
    _serve(*sys.argv[1:6])
