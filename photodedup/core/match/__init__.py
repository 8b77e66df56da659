"""The matches of a library: which photos equal each other, and which are near.

Enters: fingerprints. Leaves: `Matches`, exact for every threshold up to the slider's end, computed once.

Identical pictures are proven between two steps: `find_pairs`, then `picture_candidates` names the photos
whose full-size pixels are needed, then `find_matches` with the pairs that were found.
"""

from photodedup.core.match.doubts import look_again
from photodedup.core.match.edits import Edit, edit_between, edited, place_in
from photodedup.core.match.find import find_matches
from photodedup.core.match.kinds import distance_between, distances, kind_between, kinds_to
from photodedup.core.match.likeness import likeness, likeness_of_bits, likeness_of_cosine
from photodedup.core.match.model import Model, ModelChoice, read_model, usual_threshold
from photodedup.core.match.near import near_pairs
from photodedup.core.match.pairs import HashPairs, find_pairs, no_pairs, pack_pairs, pairs_key, unpack_pairs
from photodedup.core.match.proof import Candidates, picture_candidates
from photodedup.core.match.seek import same_moment, shortlist, with_one
from photodedup.core.match.shots import find_shots
from photodedup.core.match.turns import Turn, turn_between

__all__ = [
    "Candidates",
    "Edit",
    "HashPairs",
    "Model",
    "ModelChoice",
    "Turn",
    "distance_between",
    "distances",
    "edit_between",
    "edited",
    "find_matches",
    "find_pairs",
    "find_shots",
    "kind_between",
    "kinds_to",
    "likeness",
    "likeness_of_bits",
    "likeness_of_cosine",
    "look_again",
    "near_pairs",
    "no_pairs",
    "pack_pairs",
    "pairs_key",
    "picture_candidates",
    "place_in",
    "read_model",
    "same_moment",
    "shortlist",
    "turn_between",
    "unpack_pairs",
    "usual_threshold",
    "with_one",
]
