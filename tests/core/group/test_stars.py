"""Edited copies hang on the picture that they were made from: stars, never chains, whatever the order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodedup.core.group import build_tree, hang, leave_out
from photodedup.core.values import Edits, Matches

FURTHEST = 4


def edits_of(pairs):
    """Edits from (copy, source, likeness)."""
    copy, source, likeness = (
        np.array([each[at] for each in pairs], kind)
        for at, kind in enumerate((np.int32, np.int32, np.float32))
    )
    whole = np.tile(np.array([[1, 0, 0], [0, 1, 0]], np.float32), (len(pairs), 1, 1))
    return Edits(copy, source, whole, likeness)


def matches_of(photos, near, edits):
    """Matches of photos that all differ; `near` maps pairs to bits, `edits` are (copy, source, likeness)."""
    pairs = sorted((bits, *pair) for pair, bits in near.items())
    columns = [np.array([pair[at] for pair in pairs], np.int32) for at in range(3)]
    own = np.arange(photos, dtype=np.int32)
    return Matches(own, columns[1], columns[2], columns[0], own, own, FURTHEST, edits_of(edits))


def hung(matches, threshold=FURTHEST, areas=None, gone=None):
    groups = build_tree(matches).cut(threshold)
    groups = groups if gone is None else leave_out(groups, gone)
    areas = np.ones(len(matches.node), np.int64) if areas is None else np.array(areas, np.int64)
    return hang(groups, matches, areas, gone)


def told(groups):
    """Each group as its clusters, the centre first."""
    found = []
    for number, group in enumerate(groups):
        part = groups.part[groups.starts[number] : groups.starts[number + 1]]
        found.append([group[part == each].tolist() for each in range(part.max() + 1)])
    return found


def test_two_crops_that_share_nothing_are_found_under_their_picture():
    assert told(hung(matches_of(3, {}, [(0, 1, 0.9), (2, 1, 0.8)]))) == [[[1], [0], [2]]]


def test_a_near_cluster_hangs_whole_on_a_near_cluster():
    near = {(0, 3): 1, (1, 2): 1}
    assert told(hung(matches_of(5, near, [(3, 1, 0.9)]))) == [[[1, 2], [0, 3]]]


def test_nothing_chains():
    # 2 was made from 1, 1 from 0, and 3 from 2: 2 has no direct edit with 0.
    chain = [(1, 0, 0.9), (2, 1, 0.9), (3, 2, 0.9)]
    assert told(hung(matches_of(4, {}, chain))) == [[[0], [1]], [[2], [3]]]
    assert told(hung(matches_of(3, {}, chain[:2]))) == [[[0], [1]]]


def test_a_copy_of_two_pictures_hangs_on_the_likelier_one():
    assert told(hung(matches_of(3, {}, [(2, 0, 0.5), (2, 1, 0.8)]))) == [[[1], [2]]]
    assert told(hung(matches_of(3, {}, [(2, 0, 0.8), (2, 1, 0.8)]))) == [[[0], [2]]]


def test_a_cluster_whose_sources_hang_keeps_its_own_group():
    near = {(2, 3): 1}
    assert told(hung(matches_of(4, near, [(1, 0, 0.9), (2, 1, 0.9)]))) == [[[0], [1]], [[2, 3]]]


@pytest.mark.parametrize(("areas", "expected"), [([1, 9], [[[1], [0]]]), ([1, 1], [[[0], [1]]])])
def test_where_copies_lead_in_a_circle_the_larger_picture_is_the_source(areas, expected):
    assert told(hung(matches_of(2, {}, [(0, 1, 0.9), (1, 0, 0.9)]), areas=areas)) == expected


def test_of_a_cluster_in_a_circle_the_largest_photo_counts():
    near = {(0, 1): 1, (2, 3): 1}
    circle = matches_of(4, near, [(0, 2, 0.9), (3, 1, 0.9)])
    assert told(hung(circle, areas=[1, 2, 1, 9])) == [[[2, 3], [0, 1]]]


def test_an_edit_within_a_cluster_changes_nothing():
    assert told(hung(matches_of(2, {(0, 1): 2}, [(0, 1, 0.9)]))) == [[[0, 1]]]
    assert told(hung(matches_of(2, {(0, 1): 2}, [(0, 1, 0.9)]), threshold=1)) == [[[1], [0]]]


def test_what_is_gone_holds_nothing_together():
    near = {(0, 3): 1}
    gone = np.array([True, False, False, False])
    assert told(hung(matches_of(4, near, [(1, 0, 0.9), (2, 3, 0.9)]), gone=gone)) == [[[3], [2]]]


def test_without_edits_the_groups_stay_as_they_are():
    groups = hung(matches_of(4, {(1, 3): 2}, []))
    assert (told(groups), groups.part.any()) == ([[[1, 3]]], False)


@st.composite
def libraries(draw):
    photos = draw(st.integers(2, 9))
    pair = st.tuples(st.integers(0, photos - 1), st.integers(0, photos - 1))
    near = draw(st.dictionaries(pair.filter(lambda p: p[0] < p[1]), st.integers(0, FURTHEST), max_size=8))
    made = draw(st.dictionaries(pair.filter(lambda p: p[0] != p[1]), st.integers(1, 9), max_size=12))
    areas = draw(st.lists(st.integers(1, 3), min_size=photos, max_size=photos))
    return photos, near, [(*pair, likeness / 10) for pair, likeness in made.items()], areas


@settings(max_examples=300, deadline=None)
@given(libraries(), st.integers(0, FURTHEST))
def test_every_satellite_has_a_direct_edit_with_its_centre(drawn, threshold):
    photos, near, edits, areas = drawn
    matches = matches_of(photos, near, edits)
    clusters = [set(group.tolist()) for group in build_tree(matches).cut(threshold)]
    groups = hung(matches, threshold, areas)
    assert len(set(groups.members.tolist())) == len(groups.members)
    pairs = {frozenset(each[:2]) for each in edits}
    for centre, *satellites in told(groups):
        assert satellites or set(centre) in clusters
        for each in (centre, *satellites):
            assert len(each) == 1 or set(each) in clusters
        for satellite in satellites:
            assert any({one, other} in pairs for one in centre for other in satellite)
    assert set().union(*clusters) <= set(groups.members.tolist())
    firsts = groups.members[groups.starts[:-1]]
    assert (np.diff(firsts) > 0).all()


@settings(max_examples=200, deadline=None)
@given(libraries(), st.randoms(use_true_random=False), st.integers(0, FURTHEST))
def test_the_order_in_which_edits_were_found_does_not_matter(drawn, random, threshold):
    photos, near, edits, areas = drawn
    first = hung(matches_of(photos, near, edits), threshold, areas)
    random.shuffle(edits)
    assert told(hung(matches_of(photos, near, edits), threshold, areas)) == told(first)


def by_hand(matches, threshold, areas):
    """The stars, from what the module says of them: one cluster after the other, without arrays."""
    clusters = {group[0]: group.tolist() for group in build_tree(matches).cut(threshold)}
    near = {photo: first for first, group in clusters.items() for photo in group}
    edits = matches.edits
    arrows = [
        (near.get(copy, copy), near.get(source, source), likeness)
        for copy, source, likeness in zip(
            edits.copy.tolist(), edits.source.tolist(), edits.likeness.tolist(), strict=True
        )
    ]
    arrows = [each for each in arrows if each[0] != each[1]]
    ways = {arrow[:2] for arrow in arrows}
    for each in {end for way in ways for end in way}:
        clusters.setdefault(each, [each])

    def weight(one):
        around = len({frozenset(way) for way in ways if one in way})
        votes = sum(source == one for _, source in ways) - sum(copy == one for copy, _ in ways)
        return around + votes + min(len(clusters[one]) - 1, around)

    def rank(one):
        made = sum(copy == one for copy, _, _ in arrows)
        return -weight(one), made, -max(areas[photo] for photo in clusters[one]), one

    partners = {one: {other for way in ways if one in way for other in way} - {one} for one in clusters}
    centres = set()
    for one in sorted(clusters, key=rank):
        if not partners[one] & centres:
            centres.add(one)
    found = {one: [clusters[one]] for one in centres}
    for one in sorted(clusters.keys() - centres):
        choices = [
            (-weight(other), -likeness, other)
            for copy, source, likeness in arrows
            for other in {copy, source} & centres
            if one in {copy, source}
        ]
        found[min(choices)[2]].append(clusters[one])
    return [star for _, star in sorted(found.items()) if len(star) > 1 or len(star[0]) > 1]


@settings(max_examples=400, deadline=None)
@given(libraries(), st.integers(0, FURTHEST))
def test_the_stars_are_those_that_are_laid_by_hand(drawn, threshold):
    photos, near, edits, areas = drawn
    matches = matches_of(photos, near, edits)
    assert told(hung(matches, threshold, areas)) == by_hand(matches, threshold, areas)
