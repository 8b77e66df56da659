"""The sizes that a dHash may have, and where each lies in the sketch of a picture.

A dHash of side n has n rows of n bits. A sketch holds one dHash of every side, so that a picture that was
added with one side can be compared with any other one later, when its pixels are gone. Sides enter; places
leave.
"""

from __future__ import annotations

LEAST, MOST, USUAL = 2, 32, 16
"""The smallest side, the largest one, and the one where nobody says anything."""


def width(side: int) -> int:
    """Bytes of a dHash of this side."""
    return -(-side * side // 8)


def place(side: int) -> int:
    """Where the dHash of this side begins in a sketch, in bytes."""
    return sum(width(smaller) for smaller in range(LEAST, side))


def usual_distance(side: int) -> int:
    """The bits within which two pictures are copies, where nobody says how many.

    A tenth of all bits from side 16 on, where no two different photos of the corpus were within 28 of 256; a
    twentieth of a smaller hash, which tells less well.
    """
    return side * side // (10 if side >= USUAL else 20)
