"""Edits as bytes: they come back whole or not at all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photodedup.core.match.copies.keeping import edits_key, pack_edits, unpack_edits
from photodedup.core.match.find import find_matches
from photodedup.core.values import NO_EDITS, Edits, Kind
from tests.core.match.library import fingerprint, library_of


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=20), st.integers(0, 1000))
def test_edits_come_back_as_they_were(pairs, seed):
    random = np.random.default_rng(seed)
    ends = np.array(pairs, np.int32).reshape(-1, 2)
    transform = random.normal(size=(len(ends), 2, 3)).astype(np.float32)
    edits = Edits(ends[:, 0], ends[:, 1], transform, random.random(len(ends)).astype(np.float32))
    again = unpack_edits(pack_edits(edits), 100)
    for name in ("copy", "source", "transform", "likeness"):
        assert np.array_equal(getattr(again, name), getattr(edits, name))


@pytest.mark.parametrize("kept", [b"x", b"\xff" * 36, np.array([7] + [0] * 8, "<i4").tobytes()])
def test_bytes_that_are_not_whole_or_name_photos_that_are_not_there_are_refused(kept):
    assert unpack_edits(kept, 5) is None
    assert len(unpack_edits(pack_edits(NO_EDITS), 5)) == 0


def test_the_name_of_edits_changes_with_what_they_depend_on():
    library = library_of([fingerprint(1, 5), fingerprint(2, 9)])
    other = library_of([fingerprint(1, 5), fingerprint(3, 9)])
    matches = find_matches(library, 3, frozenset({Kind.IDENTICAL_FILE}))
    apart, together = np.array([0, 1], np.int32), np.array([0, 0], np.int32)
    keys = [edits_key(library, matches, apart), edits_key(other, matches, apart)]
    assert len({*keys, edits_key(library, matches, together)}) == 3
    assert edits_key(library, matches, apart) == keys[0]
