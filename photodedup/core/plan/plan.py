"""The plan itself: removals that can all be done, each with the photo that stays for it.

In: removals and refusals. Out: a `Plan`, or an error where it would leave a photo without its keeper.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from photodedup.core.errors import NoKeeperError
from photodedup.core.values import Failure, Pairs, Removal, Witness


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

    def _check_companions(self, paths: set[Path], gone: set[tuple[int, int] | Path]) -> None:
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


def _identity(witness: Witness) -> tuple[int, int] | Path:
    """Tells one file from another; some network drives number no files, there the path has to do."""
    return (witness.device, witness.inode) if witness.inode else witness.path
