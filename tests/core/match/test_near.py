from threading import Event

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodedup.core.errors import StoppedError
from photodedup.core.match import near_pairs
from photodedup.core.match.blocks import scattered, to_words
from photodedup.core.values import Stage
from tests.core.match.library import clustered


def by_brute_force(hashes, furthest):
    distance = np.bitwise_count(hashes[:, None] ^ hashes[None]).sum(axis=2, dtype=np.int64)
    left, right = np.nonzero(np.triu(distance <= furthest, 1))
    distance = distance[left, right]
    order = np.lexsort((right, left, distance))
    return left[order], right[order], distance[order]


def same(found, expected):
    return all(np.array_equal(one, other) for one, other in zip(found, expected, strict=True))


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(
        [(32, 64), (32, 48), (32, 32), (32, 7), (8, 16), (8, 5), (8, 1), (32, 0), (3, 9), (12, 30)]
    ),
    st.sampled_from([100, 20_000, 100_000, 1_000_000]),
    st.integers(0, 2**32 - 1),
    st.integers(1, 40),
    st.integers(0, 160),
)
def test_the_pairs_are_those_of_brute_force(shape, planned_for, seed, per_cluster, count):
    size, furthest = shape
    hashes = np.unique(clustered(count, size, per_cluster, seed, most=0.3), axis=0)
    found = near_pairs(hashes, furthest, plan_for=planned_for)
    assert same(found, by_brute_force(hashes, furthest))


@pytest.mark.parametrize("furthest", range(65))
def test_every_radius_up_to_64_of_256_is_exact(furthest):
    hashes = np.unique(clustered(250, 32, 25, furthest, most=0.3), axis=0)
    found = near_pairs(hashes, furthest, plan_for=100_000)
    assert same(found, by_brute_force(hashes, furthest))


@pytest.mark.parametrize("furthest", range(17))
def test_every_radius_up_to_16_of_64_is_exact(furthest):
    hashes = np.unique(clustered(250, 8, 25, furthest, most=0.3), axis=0)
    found = near_pairs(hashes, furthest, plan_for=100_000)
    assert same(found, by_brute_force(hashes, furthest))


def test_all_pairs_of_the_ball_around_one_hash_are_found():
    hashes = np.zeros((257, 32), np.uint8)
    hashes[1:] = np.packbits(np.eye(256, dtype=np.uint8), axis=1)
    _, _, distance = near_pairs(hashes, 2, plan_for=100_000)
    assert np.array_equal(np.bincount(distance), [0, 256, 256 * 255 // 2])


def test_more_pairs_than_a_tile_holds_are_found():
    hashes = np.unique(clustered(2500, 32, 1250, 5, most=0.02), axis=0)
    assert same(near_pairs(hashes, 64), by_brute_force(hashes, 64))


@pytest.mark.parametrize("planned_for", [3000, 100_000, 1_000_000])
def test_pairs_between_crowded_and_sparse_keys_are_found(planned_for):
    crowd = clustered(400, 32, 400, 7, most=0.04)
    hashes = np.unique(np.concatenate((crowd, clustered(900, 32, 20, 8, most=0.3))), axis=0)
    found = near_pairs(hashes, 40, plan_for=planned_for)
    assert same(found, by_brute_force(hashes, 40))


def test_256_differing_bits_are_not_none():
    hashes = np.array([[0] * 32, [255] * 32], np.uint8)
    assert [len(each) for each in near_pairs(hashes, 255)] == [0, 0, 0]
    assert [each.tolist() for each in near_pairs(hashes, 256)] == [[0], [1], [256]]


@pytest.mark.parametrize("count", [0, 1])
def test_a_pair_takes_two(count):
    assert [len(each) for each in near_pairs(np.zeros((count, 32), np.uint8), 64)] == [0, 0, 0]


def test_words_keep_distances():
    hashes = clustered(60, 32, 6, 1)
    words = to_words(hashes, scattered(256))
    apart = np.bitwise_count(words[:, :, None] ^ words[:, None]).sum(axis=0, dtype=np.int64)
    assert np.array_equal(apart, np.bitwise_count(hashes[:, None] ^ hashes[None]).sum(axis=2, dtype=np.int64))


def test_progress_rises_to_the_number_of_hashes():
    told = []
    near_pairs(clustered(3000, 32, 10, 2), 48, tell=told.append)
    done = [each.done for each in told]
    assert done == sorted(done)
    assert (told[-1].stage, told[-1].done, told[-1].total) == (Stage.MATCHING, 3000, 3000)


def test_it_stops_in_the_midst():
    stop = Event()
    with pytest.raises(StoppedError):
        near_pairs(clustered(3000, 32, 10, 2), 48, tell=lambda _: stop.set(), stop=stop)
    assert stop.is_set()


def test_numpy_keeps_its_buffer():
    before = np.getbufsize()
    near_pairs(clustered(100, 32, 10, 2), 48)
    assert np.getbufsize() == before
