"""Every pair of vectors at or above a cosine, as brute force finds them, and never more than can be held."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodedup.core.errors import StoppedError
from photodedup.core.match.embedding import likest
from photodedup.core.match.embedding.keeping import likest_key, pack_likest, unpack_likest
from photodedup.core.match.embedding.likest import find_likest, unit
from photodedup.core.values import Embeddings


def vectors_of(count, seed, numbers=8, scenes=5):
    """Vectors around a few scenes, so that some are alike; lengths as rounding leaves them."""
    random = np.random.default_rng(seed)
    scene = random.normal(0, 1, (scenes, numbers))[random.integers(0, scenes, count)]
    vectors = scene + random.normal(0, 0.2, (count, numbers))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)


def brute(vectors, raw, threshold):
    cosines = unit(vectors).astype(np.float64) @ unit(vectors).T
    alike = np.triu(cosines >= threshold, 1) & (raw[:, None] == raw)
    return {(int(one), int(other)) for one, other in zip(*np.nonzero(alike), strict=True)}


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.integers(1, 20), st.integers(0, 99), st.floats(-0.5, 0.99))
def test_the_pairs_are_those_of_brute_force_whatever_the_blocks(count, block, seed, threshold):
    vectors, raw = vectors_of(count, seed), np.random.default_rng(seed).random(count) < 0.3
    before, likest.BLOCK = likest.BLOCK, block
    try:
        found = find_likest(vectors, raw, threshold)
    finally:
        likest.BLOCK = before
    pairs = list(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    # What lies on the threshold itself falls on either side, as the last digit of the product does.
    assert brute(vectors, raw, threshold + 1e-5) <= set(pairs) <= brute(vectors, raw, threshold - 1e-5)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 60), st.integers(2, 200), st.integers(0, 99))
def test_too_many_pairs_raise_the_threshold_and_none_at_it_is_left_out(count, most, seed):
    vectors, none = vectors_of(count, seed), np.zeros(count, bool)
    every = find_likest(vectors, none, -2.0)
    found = find_likest(vectors, none, -2.0, most=most)
    assert len(found.left) <= most
    assert len(found.left) == (every.cosine >= found.threshold).sum()


def test_equal_vectors_in_masses_are_given_up_rather_than_held():
    found = find_likest(np.ones((40, 4), np.float16), np.zeros(40, bool), 0.5, most=100)
    assert len(found.left) == 0
    assert found.threshold > 0.99


def test_a_stopped_comparison_ends():
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedError):
        find_likest(vectors_of(10, 1), np.zeros(10, bool), 0.5, stop=stop)


def test_pairs_come_back_as_they_were_kept():
    found = find_likest(vectors_of(30, 3), np.zeros(30, bool), 0.8)
    kept = pack_likest(found)
    back = unpack_likest(kept, 30)
    assert len(found.left)
    for name in ("left", "right", "cosine"):
        assert getattr(back, name).tolist() == getattr(found, name).tolist()
    assert back.threshold == found.threshold
    assert unpack_likest(kept[:-1], 30) is None
    assert unpack_likest(kept, 3) is None
    assert unpack_likest(b"", 30) is None


def test_the_key_names_all_that_the_pairs_depend_on():
    seen = Embeddings(np.arange(9, dtype=np.int32), vectors_of(9, 1))
    other = Embeddings(seen.photos, vectors_of(9, 2))
    raw = np.arange(9) > 4
    keys = {
        likest_key(seen, raw, 0.9),
        likest_key(other, raw, 0.9),
        likest_key(seen, ~raw, 0.9),
        likest_key(seen, raw, 0.8),
    }
    assert len(keys) == 4
