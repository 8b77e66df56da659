"""Which files of one folder belong to which photo: raw photos, films of Live Photos, and sidecars.

The names of one folder enter; `Claim`s leave: a companion with every photo that it may belong to. Nothing is
opened here, and nothing is ever paired across folders. A companion with several photos goes only when all of
them go, so that a doubtful pairing costs a removal and never a companion.

Sources: Adobe's and darktable's naming of XMP sidecars, the names of iOS' exports (`IMG_E1234` edited,
`IMG_O1234` the adjustments before), and those of Google Takeout, which cuts names at 46 characters.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from photodedup.core.scan.exclusions import FILMS as MOVING
from photodedup.core.scan.exclusions import PICTURES, RAW
from photodedup.core.values import Role

FILMS = frozenset([".mov", ".mp4"])
"""Endings of the films of Live Photos: Apple's own, and as Takeout gives them."""

SIDECARS = {".xmp": Role.XMP, ".aae": Role.AAE, ".json": Role.TAKEOUT}

SHOWN = (".jpg", ".jpeg", ".jpe", ".jfif", ".heic", ".heif", ".hif")
"""Pictures that a camera writes beside a raw photo or a film, as which the two are shown."""
_HEIC = frozenset([".heic", ".heif", ".hif"])

_TAKEOUT = ".supplemental-metadata"
_TAKEOUT_LENGTH = 46
_COUNTED = re.compile(r"(.*)\((\d{1,5})\)", re.DOTALL)
_VERSION = re.compile(r"(.+)_\d\d(\.[^.]+)", re.DOTALL)
_APPLE = re.compile(r"([a-z]{3}_)([eo]?)(\d{4,})")
_EDITED = ("-edited", "-bearbeitet", "-modifié", "-editado", "-modificato", "-bewerkt")
"""What Takeout puts behind the name of an edited picture, which has no JSON of its own."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A companion, and the files that it may belong to.

    Attributes:
        name: The companion's name in its folder.
        role: What it is.
        photos: Names of photos, the likeliest first; among them may be a raw photo or a film that is itself a
            companion. At least one.
    """

    name: str
    role: Role
    photos: tuple[str, ...]


def claims(names: Iterable[str]) -> list[Claim]:
    """The companions among the files of one folder.

    Args:
        names: Of the folder's regular files.

    Returns:
        Each companion with the photos that it may belong to, sorted by name; a sidecar without a photo and a
        film or raw photo on its own are not among them. Letters' case plays no part.
    """
    folder = _Folder(sorted(names))
    found = ((name, *folder.claimed(name)) for name in folder.names)
    return [Claim(name, role, tuple(photos)) for name, role, photos in found if role and photos]


def is_sidecar(name: str) -> bool:
    """Whether a companion is a sidecar by its name, and no raw photo or film."""
    return _split(name)[1] in SIDECARS


class _Folder:
    """The pictures and films of a folder, by name and by stem."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = [name for name in names if not name.startswith(".")]
        self._named: dict[str, list[str]] = defaultdict(list)
        self._pictures: dict[str, list[str]] = defaultdict(list)
        self._films: dict[str, list[str]] = defaultdict(list)
        self._counted: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._cut: dict[str, list[str]] = defaultdict(list)
        for name in self.names:
            stem, ending = _split(name)
            if ending in PICTURES:
                self._pictures[stem].append(name)
            if ending in MOVING:
                self._films[stem].append(name)
            if ending in PICTURES or ending in FILMS:
                self._index(name, stem, ending)

    def _index(self, name: str, stem: str, ending: str) -> None:
        """Notes a picture or film under each name that a sidecar may call it by."""
        self._named[name.casefold()].append(name)
        if counted := _COUNTED.fullmatch(stem):
            plain = counted[1] + ending
            self._counted[plain, counted[2]].append(name)
            if len(plain) > _TAKEOUT_LENGTH:
                self._counted[plain[:_TAKEOUT_LENGTH], counted[2]].append(name)
        for word in _EDITED:
            if stem.endswith(word):
                self._named[stem.removesuffix(word) + ending].append(name)
        if len(name) > _TAKEOUT_LENGTH:
            self._cut[name[:_TAKEOUT_LENGTH].casefold()].append(name)

    def claimed(self, name: str) -> tuple[Role | None, list[str]]:
        """What a file is beside a photo, and the photos that it may belong to."""
        stem, ending = _split(name)
        if ending in RAW:
            return Role.RAW, self._shown(stem)
        if ending in FILMS:
            return Role.FILM, sorted(self._shown(stem), key=lambda each: _split(each)[1] not in _HEIC)
        role = SIDECARS.get(ending)
        if role is Role.XMP:
            return role, self._of_xmp(stem)
        if role is Role.AAE:
            return role, self._of_aae(stem)
        return role, self._of_json(stem) if role else []

    def _shown(self, stem: str) -> list[str]:
        found = [name for name in self._pictures.get(stem, ()) if _split(name)[1] in SHOWN]
        return sorted(found, key=lambda each: SHOWN.index(_split(each)[1]))

    def _of_xmp(self, stem: str) -> list[str]:
        """`IMG.JPG.xmp` names its photo; `IMG.xmp` is mostly a raw photo's, but any `IMG` may need it."""
        if stem in self._named:
            return self._named[stem]
        version = _VERSION.fullmatch(stem)
        if version and version[1] + version[2] in self._named:
            return self._named[version[1] + version[2]]
        found = sorted(self._pictures.get(stem, ()), key=lambda each: _split(each)[1] not in RAW)
        return found + self._films.get(stem, [])

    def _of_aae(self, stem: str) -> list[str]:
        """The edits of `IMG_1234` are in `IMG_1234.AAE` or `IMG_O1234.AAE`, as they were exported."""
        found = self._pictures.get(stem, [])
        apple = _APPLE.fullmatch(stem)
        if not found and apple:
            for letter in ("", "e", "o"):
                found = found or self._pictures.get(apple[1] + letter + apple[3], [])
        return found + self._films.get(stem, [])

    def _of_json(self, stem: str) -> list[str]:
        """Takeout's forms: whole, with its long word, cut at 46 characters, and each with a number behind."""
        if counted := _COUNTED.fullmatch(stem):
            named = self._in_words(counted[1], lambda name: self._counted.get((name, counted[2]), []))
            if named:
                return named
        return self._in_words(stem, lambda name: self._named.get(name, [])) or self._cut.get(stem, [])

    @staticmethod
    def _in_words(stem: str, find: Callable[[str], list[str]]) -> list[str]:
        """The photos of a JSON whose name is a photo's, alone or with the long word or its beginning."""
        head, dot, word = stem.rpartition(".")
        return find(stem) or (find(head) if dot and _TAKEOUT.startswith(dot + word) else [])


def _split(name: str) -> tuple[str, str]:
    """Stem and ending, both without regard to case."""
    folded = name.casefold()
    dot = folded.rfind(".")
    return (folded[:dot], folded[dot:]) if dot > 0 else (folded, "")
