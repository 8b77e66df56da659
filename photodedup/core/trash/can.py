"""What every trash can do, whatever the platform: two steps, so that the journal comes before the move.

In: a `Proof`. Out: a `Slot`, the place in the trash that was reserved for the photo; then the photo in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from photodedup.core import disk
from photodedup.core.trash.proof import Proof


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the trash, reserved for one proven photo.

    Attributes:
        proof: That this photo may be moved.
        place: Where it will be, or None where only the system's trash knows.
        info: The trash's own record of it, or None where there is none.
        info_text: The bytes of that record.
    """

    proof: Proof
    place: Path | None = None
    info: Path | None = None
    info_text: bytes = b""


class TrashCan(Protocol):
    """A trash from which a file can be taken back."""

    def check(self, photo: Path) -> None:
        """Tells before anything is done whether there is a trash for a photo; changes nothing.

        Raises:
            TrashError: No trash can be proven for its volume.
        """

    def reserve(self, proof: Proof) -> Slot:
        """Finds the place for a photo and notes it in the trash's record, durably.

        Raises:
            TrashError: No trash can be proven for its volume, or it cannot be written.
        """

    def move(self, slot: Slot) -> Path | None:
        """Looks a last time, then moves the photo to its place.

        Returns:
            Where it is now, or None where only the system's trash knows.

        Raises:
            TrashError: The photo or its keeper changed meanwhile.
            OSError: It could not be moved, or the move not be brought to the disk.
        """

    def release(self, slot: Slot) -> None:
        """Takes the record back, where the photo did not come.

        Raises:
            OSError: The record could not be taken back.
        """


def move_within(slot: Slot) -> Path:
    """Looks a last time, then moves a photo to a place on its own volume, and brings that to the disk.

    Raises:
        TrashError: The photo or its keeper changed meanwhile.
        OSError: It could not be moved, or the move not be brought to the disk.
    """
    assert slot.place is not None
    slot.proof.check_places()
    disk.rename_no_replace(slot.proof.path, slot.place)
    # The new name first: were only one of the two to reach the disk, it must not be the loss of the old.
    disk.sync_folder(slot.place.parent)
    disk.sync_folder(slot.proof.path.parent)
    return slot.place
