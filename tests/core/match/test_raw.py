"""A raw photo and its JPEG look the same, and are never taken for copies of each other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from photodedup.core.group import build_tree
from photodedup.core.match import find_matches, find_pairs, pairs_key
from photodedup.core.values import RAW_FORMATS, Kind
from tests.core.match.library import fingerprint, library_of

ALL = frozenset(Kind)
FORMATS = st.sampled_from(["JPEG", "HEIF", "DNG", "CR2"])


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([0, 1, 3, 255]), FORMATS), max_size=12))
def test_raw_photos_match_by_look_exactly_what_they_would_among_themselves(made):
    formats = {content: form for content, _, form in made}
    prints = [fingerprint(content, bits, format=formats[content], small=bits) for content, bits, _ in made]
    looks = {each.content: each.bits for each in prints}
    prints = [fingerprint(int.from_bytes(p.content), looks[p.content], format=p.format) for p in prints]
    raw = [p.format in RAW_FORMATS for p in prints]
    library = library_of(prints)
    assert library.raw().tolist() == raw
    tree = build_tree(find_matches(library, 4, ALL))
    for group in tree.cut(4):
        assert len({raw[photo] for photo in group}) == 1
    together = {tuple(group) for group in tree.cut(4)}
    apart = set()
    for which in (False, True):
        places = [at for at, each in enumerate(raw) if each == which]
        alone = library_of([prints[at] for at in places])
        groups = build_tree(find_matches(alone, 4, ALL)).cut(4)
        apart |= {tuple(places[photo] for photo in group) for group in groups}
    assert together == apart


def test_pairs_stay_sorted_and_the_key_knows_raw_photos():
    prints = [fingerprint(at, 1 << at, format="DNG" if at % 2 else "JPEG") for at in range(8)]
    library = library_of(prints)
    pairs = find_pairs(library, 4)
    order = np.lexsort((pairs.right, pairs.left, pairs.distance))
    assert np.array_equal(order, np.arange(len(order)))
    assert len(order) == 12
    developed = library_of([fingerprint(at, 1 << at) for at in range(8)])
    assert pairs_key(library, 4) != pairs_key(developed, 4)
