"""The room that measures photos: perceptual hash, content, facts and thumbnail, once and never again.

Photos enter; fingerprints leave. What is imported here loads no codec and no imagehash; the workers do.
"""

from photodedup.core.fingerprint.describing import describe, undescribed
from photodedup.core.fingerprint.facts import with_facts
from photodedup.core.fingerprint.proving import Suspect, prove_pixels
from photodedup.core.fingerprint.reading import Reading
from photodedup.core.fingerprint.recipes import DEFAULT_RECIPE, RECIPES, Recipe
from photodedup.core.fingerprint.stream import fingerprints

__all__ = [
    "DEFAULT_RECIPE",
    "RECIPES",
    "Reading",
    "Recipe",
    "Suspect",
    "describe",
    "fingerprints",
    "prove_pixels",
    "undescribed",
    "with_facts",
]
