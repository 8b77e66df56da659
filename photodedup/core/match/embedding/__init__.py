"""The room of similar shots that a neural network finds, with a model file that the person has.

Enters: a library whose thumbnails are in the catalogue, and a model. Leaves: `Embeddings`, kept for the next
search, and the pairs of photos that are at least as alike as a cosine says; these are similar shots, which
are shown last and never proposed for the trash.

The model runs in a process of its own (`process`, `serving`): thumbnails are JPEGs that we made, but no
picture is decoded in the window's process, a model may take a minute or fall over, and stop means stop.
"""

from photodedup.core.match.embedding.keeping import likest_key, pack_likest, unpack_likest
from photodedup.core.match.embedding.likest import Likest, find_likest
from photodedup.core.match.embedding.shots import with_likest
from photodedup.core.match.embedding.showing import check_model, embed

__all__ = [
    "Likest",
    "check_model",
    "embed",
    "find_likest",
    "likest_key",
    "pack_likest",
    "unpack_likest",
    "with_likest",
]
