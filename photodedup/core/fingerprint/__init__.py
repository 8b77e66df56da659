"""The room that measures photos: perceptual hash, content, facts and thumbnail, once and never again.

Photos enter; fingerprints leave. What is imported here loads no codec and no imagehash; the workers do. A
module is loaded when something of it is asked for, since workers need none of those that know the catalogue.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
_PLACES = {
    "DEFAULT_RECIPE": "recipes",
    "RECIPES": "recipes",
    "Reading": "reading",
    "Recipe": "recipes",
    "Suspect": "proving",
    "describe": "describing",
    "fingerprints": "stream",
    "prove_pixels": "proving",
    "undescribed": "describing",
    "with_facts": "facts",
}


def __getattr__(name: str) -> object:
    """Load what is asked for."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    return found
