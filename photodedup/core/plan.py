"""What shall be moved, as data: each removal with the surviving photo that matches it directly.

In: the person's marks, or the proposals of the keeper rules. Out: a `Plan`, which can't be built in a way
that leaves a group without a photo, and which can be written to a file, read by a person and run later.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from photodedup.core import disk
from photodedup.core.errors import NoKeeperError, WrongUseError
from photodedup.core.match import distance_between, kind_between
from photodedup.core.review import Review
from photodedup.core.suggest import Suggestions, direct
from photodedup.core.values import Failure, Kind, Library, Mark, Matches, Removal, Witness

SCHEMA = 1
NUMBERS = ("size", "mtime_ns", "device", "inode")


@dataclass(frozen=True)
class Plan:
    """Removals that can all be done and leave a keeper for each.

    Attributes:
        removals: The photos to be moved, each with its keeper.
        refusals: Photos that were marked but won't be moved, each with the reason.

    Raises:
        NoKeeperError: A keeper is itself removed, is the removed photo, or a photo is removed twice.
    """

    removals: tuple[Removal, ...]
    refusals: tuple[Failure, ...] = field(default=())

    def __post_init__(self) -> None:
        removed = [_identity(removal.photo) for removal in self.removals]
        paths = {removal.photo.path for removal in self.removals}
        if len(set(removed)) != len(removed) or len(paths) != len(removed):
            raise NoKeeperError("The plan removes one photo twice. Scan again and make a new plan.")
        gone = set(removed)
        for removal in self.removals:
            if _identity(removal.keeper) in gone or removal.keeper.path in paths:
                raise NoKeeperError(
                    f"The plan would remove {removal.keeper.path.name}, which is the keeper of "
                    f"{removal.photo.path.name}. Scan again and make a new plan."
                )

    @property
    def size(self) -> int:
        """Bytes that the removals free."""
        return sum(removal.photo.size for removal in self.removals)

    @property
    def keepers(self) -> int:
        """How many photos stay as keepers."""
        return len({removal.keeper.path for removal in self.removals})


def plan_from_marks(library: Library, matches: Matches, shown: Suggestions, review: Review) -> Plan:
    """The plan of what the person marked.

    Args:
        library: The photos.
        matches: Their matches.
        shown: The groups at the present position of the slider.
        review: The marks.

    Returns:
        A removal for each marked photo of whose group another one stays that matches it directly, and an
        intact one where it is intact itself; a refusal for each other marked photo.
    """
    plan = _Marked(library, matches, shown, review)
    removals: list[Removal] = []
    refusals: list[Failure] = []
    grouped: set[Path] = set()
    for number in range(len(shown)):
        for photo, keeper in plan.group(number):
            grouped.add(library.photos[photo].path)
            if isinstance(keeper, str):
                refusals.append(_refusal(library.photos[photo].path, keeper))
            else:
                kind = shown.kind_between(matches, number, photo, keeper)
                removals.append(_removal(library, photo, keeper, kind))
    lonely = [photo for photo, mark in review.marks.items() if mark is Mark.TRASH and photo not in grouped]
    refusals.extend(_refusal(photo, "it has no copy at this similarity") for photo in sorted(lonely))
    return Plan(tuple(removals), tuple(refusals))


@dataclass(frozen=True)
class _Marked:
    """What the person marked, and what stays for it."""

    library: Library
    matches: Matches
    shown: Suggestions
    review: Review

    def group(self, number: int) -> Iterator[tuple[int, int | str]]:
        """The marked photos of a group, each with the photo that stays for it or why it cannot go."""
        groups = self.shown.groups
        begin, end = groups.starts[number : number + 2]
        parts = dict(zip(groups[number].tolist(), groups.part[begin:end].tolist(), strict=True))
        marked = {photo for photo in parts if self._mark(photo) is Mark.TRASH}
        for photo in (each for each in parts if each in marked):
            if len(marked) == len(parts):
                yield photo, "no photo of its group is kept"
                continue
            matching = groups[number][direct(self.matches, groups, number, photo)].tolist()
            staying = {other: parts[other] for other in matching if other not in marked}
            yield photo, self._keeper(photo, parts[photo], staying, self.shown.anchor(number))

    def _keeper(self, photo: int, part: int, staying: Mapping[int, int], anchor: int) -> int | str:
        """The survivor that vouches: intact, then of the same cluster, kept, proposed, and the nearest."""
        if not staying:
            return f"{'the picture that it was made from' if part else 'a photo that matches it'} is not kept"

        def preference(other: int) -> tuple[bool, bool, bool, bool, int, int]:
            kept = self._mark(other) is Mark.KEEP
            distance = distance_between(self.library, photo, other)
            damaged = _damaged(self.library, other)
            return damaged, staying[other] != part, not kept, other != anchor, distance, other

        keeper = min(staying, key=preference)
        if _damaged(self.library, keeper) and not _damaged(self.library, photo):
            return "only damaged photos that match it are kept"
        return keeper

    def _mark(self, photo: int) -> Mark | None:
        return self.review.mark(self.library.photos[photo].path)


def plan_from_suggestions(library: Library, matches: Matches, shown: Suggestions) -> Plan:
    """The plan that the keeper rules propose: in every group with a keeper, what equals it or is near it.

    Edited copies and similar shots are never among them: only the person can tell whether they are wanted.
    """
    removals: list[Removal] = []
    for number in range(len(shown)):
        keeper = int(shown.keeper[number])
        for photo in shown.proposal(number).tolist():
            removals.append(_removal(library, photo, keeper, kind_between(matches, photo, keeper)))
    return Plan(tuple(removals))


def write_plan(plan: Plan, path: Path) -> None:
    """Writes a plan as JSON; an earlier plan at that place is replaced, anything else is not.

    Raises:
        WrongUseError: There is something else at that place, or it cannot be written.
    """
    removals = [_as_json(removal) for removal in plan.removals]
    document = {"schema": SCHEMA, "photodedup": "plan", "created": _now(), "removals": removals}
    data = json.dumps(document, indent=1).encode("ascii")
    try:
        if os.path.lexists(path):
            _check_earlier(path)
            disk.replace_own(path, data)
        else:
            disk.create_exclusive(path, data, 0o644)
    except OSError as error:
        raise WrongUseError(f"The plan could not be written to {path}: {error.strerror}.") from error


def check_destination(path: Path) -> None:
    """Looks whether `write_plan` could write a plan, so that a long search need not end in vain.

    Raises:
        WrongUseError: There is something else at that place, or its folder is missing or read-only.
    """
    if os.path.lexists(path):
        _check_earlier(path)
    elif not path.parent.is_dir():
        raise WrongUseError(
            f"The plan cannot be written to {path}: there is no folder {path.parent}. Choose another one."
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise WrongUseError(
            f"The plan cannot be written to {path}: its folder is read-only. Choose another one."
        )


def read_plan(path: Path) -> Plan:
    """Reads a plan that `write_plan` wrote.

    Raises:
        WrongUseError: The file cannot be read, is no plan, or comes from a newer photodedup.
        NoKeeperError: The plan was altered so that it would remove a keeper.
    """
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise WrongUseError(f"The plan {path} cannot be read: {error.strerror}.") from error
    except ValueError:
        document = None
    if not isinstance(document, dict) or document.get("photodedup") != "plan":
        raise WrongUseError(f"{path} is not a plan. Make one with: photodedup scan FOLDER --plan FILE")
    if document.get("schema") != SCHEMA:
        raise WrongUseError(f"The plan {path} was made by another version of photodedup. Make a new one.")
    try:
        return Plan(tuple(_from_json(entry) for entry in document["removals"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise WrongUseError(f"The plan {path} is damaged. Make a new one.") from error


def _check_earlier(path: Path) -> None:
    try:
        # A pipe must not even be opened, and a link is never written through.
        if path.is_file() and not path.is_symlink():
            read_plan(path)
            return
    except (WrongUseError, NoKeeperError):
        pass
    raise WrongUseError(f"{path} exists and is not a plan. Choose another name for the plan.")


def _identity(witness: Witness) -> tuple[int, int] | Path:
    """Tells one file from another; some network drives number no files, there the path has to do."""
    return (witness.device, witness.inode) if witness.inode else witness.path


def _refusal(path: Path, reason: str) -> Failure:
    return Failure(path, f"{path.name} stays: {reason}.")


def _damaged(library: Library, photo: int) -> bool:
    return bool(library.seen.rows["damaged"][photo])


def _removal(library: Library, photo: int, keeper: int, kind: Kind) -> Removal:
    distance = distance_between(library, photo, keeper)
    return Removal(_witness(library, photo), _witness(library, keeper), kind, distance)


def _witness(library: Library, number: int) -> Witness:
    photo = library.photos[number]
    content = library.fingerprints[number].content
    return Witness(photo.path, photo.size, photo.mtime_ns, photo.device, photo.inode, content)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _as_json(removal: Removal) -> dict[str, Any]:
    return {
        "photo": dict(_fields(removal.photo)),
        "keeper": dict(_fields(removal.keeper)),
        "kind": removal.kind.label,
        "distance": removal.distance,
    }


def _fields(witness: Witness) -> Iterator[tuple[str, str | int]]:
    yield "path", str(witness.path)
    for name in NUMBERS:
        yield name, getattr(witness, name)
    yield "content", witness.content.hex()


def _from_json(entry: dict[str, Any]) -> Removal:
    kinds = {kind.label: kind for kind in Kind}
    return Removal(
        photo=_witness_from_json(entry["photo"]),
        keeper=_witness_from_json(entry["keeper"]),
        kind=kinds[entry["kind"]],
        distance=int(entry["distance"]),
    )


def _witness_from_json(entry: dict[str, Any]) -> Witness:
    path = Path(entry["path"])
    if not path.is_absolute():
        raise ValueError("a plan holds absolute paths")
    size, mtime_ns, device, inode = (int(entry[name]) for name in NUMBERS)
    return Witness(path, size, mtime_ns, device, inode, bytes.fromhex(entry["content"]))
