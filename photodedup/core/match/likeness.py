"""Says in per cent how alike two photos are, so that bits of different hashes mean the same to a person.

Enters: how two photos match, the bits between them, and what geometry proved. Leaves: 0 to 100.
"""

from __future__ import annotations

from photodedup.core.match.edits import edit_between
from photodedup.core.match.kinds import distance_between
from photodedup.core.values import Kind, Library, Matches

IDENTICAL = frozenset({Kind.IDENTICAL_FILE, Kind.IDENTICAL_PICTURE})


def likeness_of_bits(distance: int, bits: int) -> float:
    """The likeness of two hashes in per cent: 100 where they are equal, 0 where half of their bits differ.

    Two pictures that have nothing to do with each other differ in half of their bits.

    Args:
        distance: How many bits differ.
        bits: How many there are.
    """
    return max(0.0, round(100 - 200 * distance / bits, 1))


def likeness_of_cosine(cosine: float) -> float:
    """The likeness of two pictures to a neural network in per cent; at an angle of 90 degrees and more 0."""
    return round(100 * min(1.0, max(0.0, cosine)), 1)


def likeness(library: Library, matches: Matches, kind: Kind, one: int, other: int) -> float:
    """The likeness of two photos in per cent.

    Args:
        library: The photos.
        matches: Their matches.
        kind: How the two match: identical ones are alike to 100 %, an edited copy as far as geometry is sure
            of it, similar shots as far as a neural network sees them so, all others as far as their hashes
            agree.
        one: A photo.
        other: Another one.
    """
    if kind in IDENTICAL:
        return 100.0
    edit = edit_between(matches, one, other) if kind is Kind.EDITED_COPY else None
    if edit is not None:
        return round(100 * edit.likeness, 1)
    cosine = matches.embeddings.cosine(one, other) if kind is Kind.SIMILAR_SHOT else None
    if cosine is not None:
        return likeness_of_cosine(cosine)
    return likeness_of_bits(distance_between(library, one, other), 8 * library.seen.rows["bits"].shape[1])
