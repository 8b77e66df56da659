"""Small libraries of real files for the tests of trash, journal and undo."""

import os
from pathlib import Path

from blake3 import blake3

from photodedup.core import disk, journal
from photodedup.core.trash import Slot, prove
from photodedup.core.trash.freedesktop import FreedesktopTrash
from photodedup.core.undo import put_back
from photodedup.core.values import Kind, Removal, Witness


def witness(path: Path) -> Witness:
    found = os.lstat(path)
    content = blake3(path.read_bytes()).digest()
    return Witness(path, found.st_size, found.st_mtime_ns, found.st_dev, found.st_ino, content)


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, ns=(10**18, 10**18 + 123))
    return path


def removal(photo: Path, keeper: Path, kind: Kind = Kind.IDENTICAL_FILE) -> Removal:
    return Removal(witness(photo), witness(keeper), kind, 0)


def pair(folder: Path, name: str = "IMG_1.jpg", content: bytes = b"a photo") -> Removal:
    """A photo in `folder/copies` and its keeper, equal to it, in `folder/kept`."""
    return removal(put(folder / "copies" / name, content), put(folder / "kept" / name, content))


def pairs(folder: Path, count: int) -> list[Removal]:
    return [pair(folder, f"IMG_{n}.jpg", b"photo %d" % n) for n in range(count)]


def tree(folder: Path) -> dict[str, tuple[bytes | None, int, int]]:
    """Each path below a folder with content, mode and time; the folders as well."""
    return {
        str(path.relative_to(folder)): (
            path.read_bytes() if path.is_file() else None,
            path.stat().st_mode,
            path.stat().st_mtime_ns,
        )
        for path in [folder, *folder.rglob("*")]
    }


def contents(*folders: Path) -> list[bytes]:
    """The contents of every photo below some folders, sorted: the multiset that must never lose one.

    A file that a crash left under two names is one file.
    """
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    files = {path.stat().st_ino: path for path in found if path.suffix not in {".trashinfo", ".jsonl"}}
    return sorted(path.read_bytes() for path in files.values())


class Breaker:
    """Stands at the one door and lets chosen changes fail, or does something else first."""

    def __init__(self, monkeypatch):
        self.calls = []
        self._at = {}
        self._real = disk._change
        monkeypatch.setattr(disk, "_change", self)

    def fail(self, number: int, name: str, nth: int = 1, done: bool = False) -> None:
        """Fails the `nth` change called `name` with an errno; with `done` after it was done."""

        def raise_it():
            raise OSError(number, os.strerror(number))

        self.act(name, raise_it, nth, done)

    def act(self, name: str, action, nth: int = 1, done: bool = False) -> None:
        self._at[name, nth + self.calls.count(name)] = (action, done)

    def __call__(self, call, *args, **kwargs):
        name = call.__name__.strip("_")
        self.calls.append(name)
        action, done = self._at.get((name, self.calls.count(name)), (None, False))
        if action and not done:
            action()
        result = self._real(call, *args, **kwargs)
        if action and done:
            action()
        return result


def trash(made: Removal) -> Slot:
    """Moves one photo; gives its slot."""
    can = FreedesktopTrash()
    with prove(made) as proof:
        slot = can.reserve(proof)
        assert can.move(slot) == slot.place
        return slot


def entries(tmp_path):
    return journal.batches(tmp_path / "journal")[0].entries


def states(tmp_path):
    return [entry.state for entry in entries(tmp_path)]


def sentences(report):
    return [failure.sentence for failure in report.failures]


def records(data_home):
    return os.listdir(data_home / "Trash" / "info")


def undo(tmp_path, **more):
    return put_back(tmp_path / "journal", **more)
