from dataclasses import replace
from threading import Event

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodedup.core.errors import StoppedError
from photodedup.core.group import build_tree
from photodedup.core.match import (
    distance_between,
    find_matches,
    find_pairs,
    pack_pairs,
    pairs_key,
    unpack_pairs,
)
from photodedup.core.values import Kind, Library
from tests.core.match.library import fingerprint, library_of

ALL = frozenset(Kind)
FURTHEST = 4


@st.composite
def libraries(draw):
    """Small libraries in which equal content has equal facts, and everything else may collide."""
    bits = st.sampled_from([0, 1, 3, 7, 15, 255, 254, 0xFF00])
    pictures = draw(
        st.lists(st.tuples(bits, st.booleans(), st.none() | st.integers(0, 3)), min_size=1, max_size=8)
    )
    contents = draw(st.lists(st.integers(0, len(pictures) - 1), max_size=12))
    plain_is_rare = [
        (look, plain and at % 3 == 0, pixels) for at, (look, plain, pixels) in enumerate(pictures)
    ]
    prints = []
    for content in contents:
        look, plain, pixels = plain_is_rare[content]
        prints.append(fingerprint(content, look, plain=plain, pixels=pixels))
    return library_of(prints)


def joined_by_brute_force(library, equal):
    label = list(range(len(library)))
    for _ in library.photos:
        for one in range(len(library)):
            for other in range(len(library)):
                if equal(library.fingerprints[one], library.fingerprints[other]):
                    label[one] = label[other] = min(label[one], label[other])
    return label


@settings(max_examples=150, deadline=None)
@given(libraries())
def test_same_picture_is_equal_pixels_or_content_through_any_chain(library):
    matches = find_matches(library, FURTHEST, ALL)
    expected = joined_by_brute_force(
        library,
        lambda one, other: one.content == other.content or (one.pixels == other.pixels is not None),
    )
    assert matches.same_picture.tolist() == expected


@settings(max_examples=150, deadline=None)
@given(libraries())
def test_the_pairs_of_nodes_are_exactly_the_near_ones(library):
    matches = find_matches(library, FURTHEST, ALL)
    members = [np.flatnonzero(matches.node == node) for node in range(matches.nodes)]
    expected = []
    for left, lefts in enumerate(members):
        for right in range(left + 1, matches.nodes):
            photos = [*lefts, *members[right]]
            distance = max(distance_between(library, one, other) for one in lefts for other in members[right])
            if distance <= FURTHEST and not any(library.fingerprints[photo].plain for photo in photos):
                expected.append((distance, left, right))
    found = zip(matches.distance.tolist(), matches.left.tolist(), matches.right.tolist(), strict=True)
    assert list(found) == sorted(expected)


@settings(max_examples=200, deadline=None)
@given(libraries(), st.integers(0, FURTHEST))
def test_every_photo_of_a_group_is_within_the_threshold_of_every_other(library, threshold):
    matches = find_matches(library, FURTHEST, ALL)
    for group in build_tree(matches).cut(threshold):
        for one in group:
            for other in group:
                if matches.same_picture[one] != matches.same_picture[other]:
                    assert distance_between(library, one, other) <= threshold
                    assert not library.fingerprints[one].plain


@settings(max_examples=100, deadline=None)
@given(libraries())
def test_copies_of_one_picture_always_share_a_group(library):
    matches = find_matches(library, FURTHEST, ALL)
    assert len(set(zip(matches.same_picture, matches.node, strict=True))) == len(set(matches.same_picture))


@settings(max_examples=100, deadline=None)
@given(libraries())
def test_nodes_are_numbered_by_their_first_photo(library):
    node = find_matches(library, FURTHEST, ALL).node
    assert list(dict.fromkeys(node.tolist())) == list(range(len(set(node.tolist()))))


@settings(max_examples=60, deadline=None)
@given(libraries())
def test_pairs_of_an_earlier_search_give_the_same_matches(library):
    unproven = Library(library.photos, [replace(each, pixels=None) for each in library.fingerprints])
    again = find_matches(library, FURTHEST, ALL, pairs=find_pairs(unproven, FURTHEST))
    fresh = find_matches(library, FURTHEST, ALL)
    assert all(
        np.array_equal(getattr(again, name), getattr(fresh, name)) for name in ("node", "left", "distance")
    )


def test_equal_hashes_join_unless_they_are_plain():
    library = library_of([fingerprint(at, 5, plain=at > 1) for at in range(4)])
    assert find_matches(library, FURTHEST, ALL).node.tolist() == [0, 0, 1, 2]


def test_a_plain_photo_joins_its_own_picture_and_takes_it_along():
    prints = [fingerprint(0, 5, plain=True, pixels=1), fingerprint(1, 5, pixels=1), fingerprint(2, 5)]
    assert find_matches(library_of(prints), FURTHEST, ALL).node.tolist() == [0, 0, 1]


def test_a_picture_with_two_hashes_is_as_far_away_as_the_further_one():
    prints = [fingerprint(0, 0b0, pixels=1), fingerprint(1, 0b111, pixels=1), fingerprint(2, 0b1)]
    matches = find_matches(library_of(prints), FURTHEST, ALL)
    assert (matches.node.tolist(), matches.distance.tolist()) == ([0, 0, 1], [2])


@pytest.mark.parametrize(
    ("kinds", "nodes", "pairs"),
    [
        ({Kind.IDENTICAL_FILE}, [0, 0, 1, 2, 3], 0),
        ({Kind.IDENTICAL_FILE, Kind.IDENTICAL_PICTURE}, [0, 0, 0, 1, 2], 0),
        ({Kind.NEAR_DUPLICATE}, [0, 0, 0, 0, 1], 1),
    ],
)
def test_only_what_was_asked_for_joins(kinds, nodes, pairs):
    prints = [fingerprint(0, 5, pixels=9), fingerprint(0, 5, pixels=9), fingerprint(1, 5, pixels=9)]
    prints += [fingerprint(2, 5), fingerprint(3, 4)]
    matches = find_matches(library_of(prints), FURTHEST, frozenset(kinds))
    assert (matches.node.tolist(), len(matches.left)) == (nodes, pairs)


def test_pairs_of_another_search_are_refused():
    library = library_of([fingerprint(0, 5)])
    with pytest.raises(ValueError, match="another search"):
        find_matches(library, 9, ALL, pairs=find_pairs(library, 8))


def test_matching_can_be_stopped():
    stop = Event()
    stop.set()
    with pytest.raises(StoppedError):
        find_matches(library_of([fingerprint(0, 0), fingerprint(1, 1)]), 8, ALL, stop=stop)


def test_ten_thousand_equal_hashes_need_no_pair():
    library = library_of([fingerprint(at, 5) for at in range(10_000)])
    matches = find_matches(library, 16, ALL)
    assert (matches.nodes, len(matches.left)) == (1, 0)
    assert [len(group) for group in build_tree(matches).cut(0)] == [10_000]


def test_an_empty_library_matches_nothing():
    matches = find_matches(Library(), 64, ALL)
    assert (len(matches.node), len(matches.left), len(build_tree(matches).cut(64))) == (0, 0, 0)


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=12))
def test_pairs_come_back_from_their_bytes_and_only_whole(drawn):
    library = library_of([fingerprint(at, bits, plain=plain) for at, (bits, plain) in enumerate(drawn)])
    pairs = find_pairs(library, 3)
    kept = pack_pairs(pairs)
    again = unpack_pairs(kept)
    assert again.furthest == pairs.furthest
    for name in ("number", "left", "right", "distance"):
        assert getattr(again, name).tolist() == getattr(pairs, name).tolist()
    assert [unpack_pairs(part) for part in (kept[:-1], kept[:-4], kept + b"1234", b"")] == [None] * 4


def test_the_key_of_pairs_follows_everything_that_they_depend_on():
    prints = [fingerprint(1, 5), fingerprint(2, 6)]
    others = [
        prints[::-1],
        [prints[0], fingerprint(2, 7)],
        [prints[0], fingerprint(2, 6, plain=True)],
        prints[:1],
    ]
    keys = [pairs_key(library_of(each), 3) for each in (prints, *others)] + [pairs_key(library_of(prints), 4)]
    assert len(set(keys)) == len(keys)
    assert pairs_key(library_of([fingerprint(8, 5), fingerprint(9, 6)]), 3) == keys[0]
