"""Which files beside the photos of a plan leave with them, told from the names of their folders.

The photos that go and their keepers enter; for each photo the companions that leave with it, and for each
keeper those that stay. Of films only the identifier is read, and of photos with a film in their folder.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from photodedup.core.decode.live import live_identifier
from photodedup.core.scan.companions import FILMS, SHOWN, Claim, claims
from photodedup.core.values import Pairs, Removal, Role


@dataclass(frozen=True, slots=True)
class Leaving:
    """A companion that leaves its folder with a photo.

    Attributes:
        path: The companion.
        role: What it is.
        shared: Other photos of the plan that it belongs to; they leave before.
    """

    path: Path
    role: Role
    shared: tuple[Path, ...]


class Surroundings:
    """The folders of a plan's photos and keepers, each listed once.

    Args:
        removals: The plan's.
    """

    def __init__(self, removals: Sequence[Removal]) -> None:
        self._folders: dict[Path, _Folder] = {}
        for removal in removals:
            for path in (removal.photo.path, removal.keeper.path):
                self._folders.setdefault(path.parent, _Folder(path.parent)).looked_at.add(path.name)

    def trouble(self, photo: Path) -> OSError | None:
        """Why the folder of a photo could not be listed, or None."""
        return self._folders[photo.parent].trouble

    def companions(self, photo: Path, role: Role) -> list[Path]:
        """The companions of one role that a photo has."""
        mine = (each for each in self._folders[photo.parent].claims if each.role is role)
        return [photo.parent / each.name for each in mine if photo.name in each.photos]

    def owners(self, companion: Path) -> set[Path]:
        """All photos that a companion may belong to."""
        folder = companion.parent
        found = (each.photos for each in self._folders[folder].claims if each.name == companion.name)
        return {folder / photo for photos in found for photo in photos}

    def leaving(self, removals: Iterable[Removal], pairs: Pairs) -> list[list[Leaving]]:
        """The companions that leave with each of some removals, in the order of these.

        A companion leaves when everything that it may belong to leaves, and with the last of these; a sidecar
        whose raw photo stays therefore stays with it.
        """
        photos = [removal.photo.path for removal in removals]
        gone: dict[Path, dict[str, int]] = defaultdict(dict)
        for number, path in enumerate(photos):
            gone[path.parent][path.name] = number
        found: list[list[Leaving]] = [[] for _ in photos]
        for folder, leaving in gone.items():
            for claim, owners in self._folders[folder].leaving(leaving, pairs):
                last = max(owners)
                shared = tuple(photos[each] for each in sorted(owners - {last}))
                found[last].append(Leaving(folder / claim.name, claim.role, shared))
        return found


class _Folder:
    """One folder: its companions, by their names and by the identifiers of its Live Photos."""

    def __init__(self, path: Path) -> None:
        self.looked_at: set[str] = set()
        self.trouble: OSError | None = None
        self._path = path

    @cached_property
    def claims(self) -> list[Claim]:
        """The companions; pictures in their own right first, because sidecars may belong to them."""
        try:
            with os.scandir(self._path) as listing:
                names = [entry.name for entry in listing if entry.is_file(follow_symlinks=False)]
        except OSError as error:
            self.trouble = error
            return []
        found = self._by_identifier(claims(names), names)
        return sorted(found, key=lambda claim: not claim.role.is_picture)

    def leaving(self, gone: Mapping[str, int], pairs: Pairs) -> list[tuple[Claim, set[int]]]:
        """The companions that leave when some photos go, each with the numbers of all that it belongs to."""
        owners = {name: {number} for name, number in gone.items()}
        found = []
        for claim in self.claims:
            stays = claim.name in gone or (claim.role.is_picture and pairs is Pairs.PHOTO_ONLY)
            if not stays and all(photo in owners for photo in claim.photos):
                owners[claim.name] = set().union(*(owners[photo] for photo in claim.photos))
                found.append((claim, owners[claim.name]))
        return found

    def _by_identifier(self, found: list[Claim], names: Sequence[str]) -> list[Claim]:
        """Gives each film that has an identifier to the photos with the same one, whatever their names."""
        films = {name: self._identifier(name) for name in names if Path(name).suffix.lower() in FILMS}
        if not any(films.values()):
            return found
        by_name = {claim.name: claim.photos for claim in found if claim.role is Role.FILM}
        known = self._known(films, by_name, names)
        result = [claim for claim in found if claim.role is not Role.FILM]
        for film, identifier in films.items():
            named = [
                photo for photo in by_name.get(film, ()) if known[photo] in {"", identifier} or not identifier
            ]
            same = [
                photo for photo, mine in known.items() if mine and mine == identifier and photo not in named
            ]
            if named or same:
                result.append(Claim(film, Role.FILM, (*same, *named)))
        return result

    def _known(
        self, films: Mapping[str, str], by_name: Mapping[str, tuple[str, ...]], names: Sequence[str]
    ) -> dict[str, str]:
        """The identifiers of the photos that may have a film."""
        photos = self.looked_at.intersection(names).union(*by_name.values())
        known = {photo: self._identifier(photo) for photo in sorted(photos)}
        if not all(known[photo] for film in films if films[film] for photo in by_name.get(film, ())):
            # A film that knows its photo goes with one that does not only where no other photo has a claim.
            others = {name for name in names if Path(name).suffix.lower() in SHOWN} - photos
            known |= {name: self._identifier(name) for name in sorted(others)}
        return known

    def _identifier(self, name: str) -> str:
        try:
            return live_identifier(self._path / name)
        except OSError:
            return ""
