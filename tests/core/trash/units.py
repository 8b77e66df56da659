"""Photos with companions for the tests of trash and undo: `copies/N.*` goes, `kept/N.*` stays."""

from dataclasses import replace
from pathlib import Path

from photodedup.core.values import Companion, Removal, Role
from tests.core.trash.library import put, removal, witness


def sidecar(photo: Path, content: bytes = b"notes", shared: tuple[Path, ...] = ()) -> Companion:
    path = put(photo.with_suffix(".xmp"), content + photo.name.encode())
    return Companion(witness(path), Role.XMP, None, shared)


def raw(photo: Path, keeper: Path) -> Companion:
    content = b"raw of " + photo.name.encode()
    files = [witness(put(path.with_suffix(".CR2"), content)) for path in (photo, keeper)]
    return Companion(files[0], Role.RAW, files[1])


def unit(folder: Path, name: str = "IMG_1.jpg") -> Removal:
    """A photo with its raw photo and a sidecar, whose keeper has the same raw photo."""
    made = removal(put(folder / "copies" / name, name.encode()), put(folder / "kept" / name, name.encode()))
    path, keeper = made.photo.path, made.keeper.path
    return replace(made, companions=(raw(path, keeper), sidecar(path)))


def units(folder: Path, count: int) -> list[Removal]:
    return [unit(folder, f"IMG_{number}.jpg") for number in range(count)]


def files_of(made: Removal) -> list[Path]:
    """The photo and its companions."""
    return [made.photo.path, *(each.file.path for each in made.companions)]


def away(made: Removal) -> int:
    """How many files of a unit are not in their place."""
    return sum(not path.exists() for path in files_of(made))
