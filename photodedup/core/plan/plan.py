"""The plan itself: removals that can all be done, each with the photo that stays for it.

In: removals and refusals. Out: a `Plan`, or an error where it would leave a photo without its keeper; or of
removals that contradict each other, such as after files were linked or exchanged, those that can go together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from photodedup.core.errors import NoKeeperError
from photodedup.core.values import Failure, Pairs, Removal, Witness

_Name = tuple[int, int] | Path
"""What tells one file from another: its number or its path."""


@dataclass(frozen=True)
class Plan:
    """Removals that can all be done and leave a keeper for each.

    Attributes:
        removals: The photos to be moved, each with its keeper.
        refusals: Photos that were marked but won't be moved, each with the reason.
        pairs: What goes of photos with a raw photo or a film; None where companions were not looked for yet.

    Raises:
        NoKeeperError: A keeper is itself removed, is the removed photo, or a photo is removed twice.
    """

    removals: tuple[Removal, ...]
    refusals: tuple[Failure, ...] = field(default=())
    pairs: Pairs | None = None

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
        self._check_companions(paths, gone)

    def _check_companions(self, paths: set[Path], gone: set[_Name]) -> None:
        """Each companion goes once, and what stays for it stays."""
        companions = [each for removal in self.removals for each in removal.companions]
        files = {each.file.path for each in companions}
        if len(files) != len(companions) or files & paths:
            raise NoKeeperError("The plan removes one companion twice. Scan again and make a new plan.")
        gone = gone | {_identity(each.file) for each in companions}
        kept = [each.copy for each in companions if each.copy is not None]
        for witness in [*kept, *(removal.keeper for removal in self.removals if companions)]:
            if _identity(witness) in gone or witness.path in files | paths:
                raise NoKeeperError(
                    f"The plan would remove {witness.path.name}, for which another file goes. Scan again and "
                    "make a new plan."
                )

    @property
    def size(self) -> int:
        """Bytes that the removals free, companions included."""
        companions = (each for removal in self.removals for each in removal.companions)
        return sum(removal.photo.size for removal in self.removals) + sum(
            each.file.size for each in companions
        )

    @property
    def companions(self) -> int:
        """How many companions go with the photos."""
        return sum(len(removal.companions) for removal in self.removals)

    @property
    def keepers(self) -> int:
        """How many photos stay as keepers."""
        return len({removal.keeper.path for removal in self.removals})


def without_conflicts(removals: Sequence[Removal]) -> tuple[tuple[Removal, ...], tuple[Failure, ...]]:
    """Leaves out what cannot go together with the rest, so that one contradiction does not hold up all.

    Args:
        removals: Each complete in itself; together they may name a file twice or take each other's keepers.

    Returns:
        The removals of which a `Plan` can be made, and for each other one why its photo stays.
    """
    once: list[Removal] = []
    refusals: list[Failure] = []
    taken: set[_Name] = set()
    going: set[_Name] = set()
    for removal in removals:
        names = {
            removal.photo.path,
            _identity(removal.photo),
            *(each.file.path for each in removal.companions),
        }
        if names & taken:
            refusals.append(_stays(removal, "it or a file beside it is in the plan twice"))
            continue
        once.append(removal)
        taken |= names
        going |= names | {_identity(each.file) for each in removal.companions}
    together: list[Removal] = []
    for removal in once:
        copies = (each.copy for each in removal.companions if each.copy is not None)
        witnesses = [removal.keeper, *copies]
        lost = [each.path.name for each in witnesses if not going.isdisjoint((each.path, _identity(each)))]
        if lost:
            refusals.append(_stays(removal, f"{lost[0]}, which is to stay for it, would go as well"))
        else:
            together.append(removal)
    return tuple(together), tuple(refusals)


def _stays(removal: Removal, why: str) -> Failure:
    path = removal.photo.path
    return Failure(path, f"{path.name} stays: {why}. Scan again and make a new plan.")


def _identity(witness: Witness) -> _Name:
    """Tells one file from another; some network drives number no files, there the path has to do."""
    return (witness.device, witness.inode) if witness.inode else witness.path
