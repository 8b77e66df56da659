"""The perceptual hashes that can be chosen, each with the distances that mean something for it.

Nothing enters; `RECIPES` leaves. The thresholds are the largest at which no two different photos of the
corpus matched by look, less a margin; the pictures that are too plain to be matched by look were left out.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to turn the look of a picture into bits.

    Attributes:
        name: What people choose it by.
        bits: Length of the hash.
        version: Raised when the same picture would give other bits, so that old ones are measured again.
        threshold: Bits within which two photos match, where the person says nothing.
        furthest: Bits up to which the slider goes.
        turned: Bits within which two photos match turned or mirrored; negative where such a hash cannot tell.
    """

    name: str
    bits: int
    version: int
    threshold: int
    furthest: int
    turned: int = -1


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("phash256", 256, 1, 48, 64, 48),
        Recipe("phash64", 64, 1, 6, 16, 6),
        Recipe("dhash256", 256, 1, 28, 64),
        Recipe("dhash64", 64, 1, 3, 16),
        Recipe("ahash256", 256, 1, 1, 64),
        Recipe("ahash64", 64, 1, 0, 16),
        Recipe("whash256", 256, 1, 3, 64),
        Recipe("whash64", 64, 1, 1, 16),
    )
}
"""Every recipe by its name."""

DEFAULT_RECIPE = RECIPES["phash256"]
