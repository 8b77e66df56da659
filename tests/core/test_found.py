"""What was found, at every position of the slider: no photo in two groups, and what is counted is shown."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from photodedup.core.found import Found
from photodedup.core.group import build_tree
from photodedup.core.match import find_matches, find_shots
from photodedup.core.suggest import NO_KEEPER
from photodedup.core.values import Groups, Kind
from tests.core.group.test_stars import edits_of
from tests.core.match.library import library_of
from tests.core.match.test_shots import WIDE, shot

OTHER = 2**256 - 1


def found_of(shots, edits=(), kinds=frozenset(Kind)):
    library = library_of(shots)
    matches = replace(find_matches(library, 64, kinds), edits=edits_of(list(edits)))
    alike = find_shots(library)
    groups = build_tree(alike).cut(alike.furthest)
    found = Found(
        kinds=kinds, library=library, matches=matches, tree=build_tree(matches), shots=groups, complete=True
    )
    found.prepare()
    return found


def as_lists(shown):
    kinds = [Kind(kind) for kind in shown.kind.tolist()]
    return list(zip(kinds, [group.tolist() for group in shown.groups], strict=True))


def test_shots_of_one_moment_come_last_and_have_no_keeper():
    found = found_of([shot(1, 0), shot(2, 1, WIDE), shot(3, 60, OTHER), shot(3, 60, OTHER)])
    shown = found.suggest(48)
    assert as_lists(shown) == [(Kind.IDENTICAL_FILE, [2, 3]), (Kind.SIMILAR_SHOT, [0, 1])]
    assert shown.keeper[1] == NO_KEEPER
    assert found.group_count == 2


def test_shots_of_one_moment_are_no_copies_however_alike():
    found = found_of([shot(1, 0), shot(2, 1, 7), shot(3, 2, WIDE), shot(4, 3, WIDE)])
    assert as_lists(found.suggest(48)) == [(Kind.SIMILAR_SHOT, [0, 1, 2, 3])]


def test_near_photos_are_copies_and_not_shots():
    found = found_of([shot(1, 0), shot(2, None, 7), shot(3, 2, WIDE)])
    assert as_lists(found.suggest(48)) == [(Kind.NEAR_DUPLICATE, [0, 1])]
    assert as_lists(found.suggest(0)) == [(Kind.SIMILAR_SHOT, [0, 2])]


def test_a_shot_joins_its_moment_when_its_copy_is_gone():
    found = found_of([shot(1, 0), shot(1, 0), shot(2, 1, WIDE)])
    assert as_lists(found.suggest(48)) == [(Kind.IDENTICAL_FILE, [0, 1])]
    for gone in (0, 1):
        without = np.arange(3) == gone
        assert as_lists(found.suggest(48, without)) == [(Kind.SIMILAR_SHOT, [1 - gone, 2])]


def test_edited_copies_hang_where_their_source_is_still_there():
    found = found_of([shot(1, None, WIDE), shot(2, None), shot(3, None, 2**255)], [(0, 1, 0.9), (2, 1, 0.9)])
    assert as_lists(found.suggest(0)) == [(Kind.EDITED_COPY, [1, 0, 2])]
    assert as_lists(found.suggest(0, np.array([False, True, False]))) == []
    assert found.grouped.tolist() == [0, 1, 2]


def test_without_edits_and_shots_the_tree_counts():
    found = found_of([shot(1, None), shot(2, None, 7)])
    assert found.shots.members.tolist() == []
    assert found.counts.tolist() == [0, 0, 0, *[1] * 62]
    assert Found().counts.tolist() == []
    assert Found().group_count == 0


SHOTS = st.lists(
    st.tuples(
        st.integers(0, 5), st.sampled_from([0, 1, 8, 30, None]), st.sampled_from([0, 7, 2**60 - 1, WIDE])
    ),
    min_size=1,
    max_size=9,
)
PAIRS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 9)), max_size=8)


@settings(max_examples=150, deadline=None)
@given(SHOTS, PAIRS, st.sets(st.integers(0, 8)))
def test_no_photo_is_in_two_groups_and_what_is_counted_is_shown(made, pairs, gone):
    looks = {content: (seconds, bits) for content, seconds, bits in made}
    shots = [shot(content, *looks[content]) for content, _, _ in made]
    edits = [(a, b, c / 10) for a, b, c in pairs if a != b and max(a, b) < len(shots)]
    found = found_of(shots, edits)
    without = np.isin(np.arange(len(shots)), list(gone))
    for threshold in (0, 3, 48, 64):
        assert len(found.suggest(threshold)) == found.counts[threshold]
        for shown in (found.suggest(threshold), found.suggest(threshold, without)):
            members = shown.groups.members
            assert len(np.unique(members)) == len(members)
            assert (np.diff(shown.groups.starts) > 1).all()
            assert np.isin(members, found.grouped).all()
        assert not without[found.suggest(threshold, without).groups.members].any()
        assert isinstance(shown.groups, Groups)
