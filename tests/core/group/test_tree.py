from itertools import combinations
from threading import Event

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodedup.core.errors import StoppedError
from photodedup.core.group import build_tree, leave_out
from photodedup.core.match import find_matches
from photodedup.core.values import Groups, Kind, Library, Matches
from tests.core.match.library import clustered, fingerprint, library_of

FURTHEST = 6


def matches_of(node, distances, furthest=FURTHEST):
    """Matches of photos with the given nodes; `distances` maps a pair of nodes to bits."""
    pairs = sorted((bits, left, right) for (left, right), bits in distances.items())
    columns = [np.array([pair[at] for pair in pairs], np.int32) for at in range(3)]
    node = np.array(node, np.int32)
    return Matches(node, columns[1], columns[2], columns[0], node, node, furthest)


@st.composite
def all_matches(draw):
    nodes = draw(st.integers(0, 9))
    node = list(range(nodes)) + draw(
        st.lists(st.integers(0, nodes - 1), max_size=4) if nodes else st.just([])
    )
    distances = {}
    for pair in combinations(range(nodes), 2):
        bits = draw(st.integers(0, FURTHEST + 2))
        if bits <= FURTHEST:
            distances[pair] = bits
    return matches_of(node, distances), distances


def by_brute_force(nodes, distances, threshold):
    """Complete linkage from its definition: merge the two clusters whose furthest pair comes first."""
    rank = {pair: (bits, *pair) for pair, bits in distances.items()}
    never = (FURTHEST + 1, 0, 0)
    clusters = [(node,) for node in range(nodes)]
    while len(clusters) > 1:
        furthest, one, other = min(
            (max(rank.get((min(a, b), max(a, b)), never) for a in one for b in other), one, other)
            for one, other in combinations(clusters, 2)
        )
        if furthest[0] > threshold:
            break
        clusters = [each for each in clusters if each not in (one, other)] + [one + other]
    return clusters


def as_lists(groups):
    return [group.tolist() for group in groups]


@settings(max_examples=300, deadline=None)
@given(all_matches(), st.integers(0, FURTHEST))
def test_the_tree_is_that_of_complete_linkage(drawn, threshold):
    matches, distances = drawn
    clusters = by_brute_force(matches.nodes, distances, threshold)
    expected = [np.flatnonzero(np.isin(matches.node, cluster)).tolist() for cluster in clusters]
    expected = sorted(group for group in expected if len(group) > 1)
    assert as_lists(build_tree(matches).cut(threshold)) == expected


@settings(max_examples=100, deadline=None)
@given(all_matches())
def test_the_counts_are_those_of_the_cuts(drawn):
    tree = build_tree(drawn[0])
    assert tree.counts().tolist() == [len(tree.cut(threshold)) for threshold in range(FURTHEST + 1)]


def random_library(seed, count=400):
    hashes = clustered(count, 8, 12, seed, most=0.25)
    return library_of([fingerprint(at, row.tobytes()) for at, row in enumerate(hashes)])


@pytest.mark.parametrize("seed", range(3))
def test_raising_the_threshold_only_merges(seed):
    tree = build_tree(find_matches(random_library(seed), 16, frozenset(Kind)))
    for threshold in range(16):
        wider = {photo: at for at, group in enumerate(tree.cut(threshold + 1)) for photo in group.tolist()}
        assert all(len({wider[photo] for photo in group.tolist()}) == 1 for group in tree.cut(threshold))


@pytest.mark.parametrize("threshold", [0, 8, 16])
def test_all_photos_of_a_group_are_within_the_threshold(threshold):
    library = random_library(7)
    hashes = library.hashes()
    groups = build_tree(find_matches(library, 16, frozenset(Kind))).cut(threshold)
    for group in groups:
        apart = np.bitwise_count(hashes[group][:, None] ^ hashes[group][None]).sum(axis=2, dtype=np.int32)
        assert apart.max() <= threshold
    assert threshold == 0 or len(groups) > 10


def test_photos_met_in_any_order_give_the_same_groups():
    library = random_library(3)
    met = list(zip(library.photos, library.fingerprints, strict=True))
    np.random.default_rng(1).shuffle(met)
    met.sort(key=lambda each: bytes(each[0].path))
    again = Library([photo for photo, _ in met], [mark for _, mark in met])
    trees = [build_tree(find_matches(each, 16, frozenset(Kind))) for each in (library, again)]
    assert as_lists(trees[0].cut(16)) == as_lists(trees[1].cut(16))


def test_of_two_equal_ways_to_merge_the_one_with_the_earlier_paths_is_taken():
    tree = build_tree(matches_of([0, 1, 2], {(0, 1): 3, (1, 2): 3}))
    assert as_lists(tree.cut(3)) == [[0, 1]]


def test_a_chain_is_not_a_group():
    chain = {(at, at + 1): 1 for at in range(5)}
    assert as_lists(build_tree(matches_of(range(6), chain)).cut(6)) == [[0, 1], [2, 3], [4, 5]]


def test_groups_come_by_their_first_photo_and_photos_in_order():
    tree = build_tree(matches_of([0, 1, 2, 1, 3, 0], {(0, 3): 4, (1, 2): 2}))
    assert as_lists(tree.cut(0)) == [[0, 5], [1, 3]]
    assert as_lists(tree.cut(4)) == [[0, 4, 5], [1, 2, 3]]


def test_groups_state_their_types():
    groups = build_tree(matches_of([0, 0, 1], {(0, 1): 2})).cut(2)
    assert (groups.members.dtype, groups.starts.dtype, groups.threshold) == (np.int32, np.int64, 2)
    assert groups.starts.tolist() == [0, 3]


@pytest.mark.parametrize("node", [[], [0], [0, 1, 2]])
def test_without_pairs_and_copies_there_is_no_group(node):
    tree = build_tree(matches_of(node, {}))
    assert (len(tree.cut(FURTHEST)), tree.counts().tolist()) == (0, [0] * (FURTHEST + 1))


def test_a_threshold_beyond_the_search_is_refused():
    with pytest.raises(ValueError, match="threshold"):
        build_tree(matches_of([0, 0], {})).cut(FURTHEST + 1)


def test_grouping_can_be_stopped():
    stop = Event()
    stop.set()
    with pytest.raises(StoppedError):
        build_tree(matches_of([0, 1], {(0, 1): 1}), stop)


def test_leaving_out_photos_ends_groups_of_one():
    groups = Groups(np.array([0, 3, 5, 1, 2], np.int32), np.array([0, 3, 5]), 48)
    gone = np.zeros(6, bool)
    gone[[3, 1]] = True
    left = leave_out(groups, gone)
    assert [group.tolist() for group in left] == [[0, 5]]
    assert left.threshold == 48
    empty = Groups(np.zeros(0, np.int32), np.zeros(1, np.int64), 48)
    assert leave_out(empty, gone) is empty
