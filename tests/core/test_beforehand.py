"""What is proposed at a position of the slider is the same, found beforehand or now."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodedup.core.found import Found
from photodedup.core.group import build_tree, leave_out
from photodedup.core.match import find_matches
from photodedup.core.suggest import NO_KEEPER, beforehand, keepers, keepers_beforehand, measure
from photodedup.core.values import Kind
from tests.core.group.test_stars import edits_of
from tests.core.match.library import clustered, fingerprint, library_of
from tests.core.test_satellites import FAR, libraries, photos


def found_of(library, edits=()):
    matches = replace(find_matches(library, 64, frozenset(Kind)), edits=edits_of(list(edits)))
    return Found(library=library, matches=matches, tree=build_tree(matches), complete=True)


def told(shown):
    arrays = (shown.groups.members, shown.groups.starts, shown.groups.part)
    arrays += (shown.keeper, shown.kind, shown.free, shown.match, shown.held)
    proposals = {keeper: sorted(going) for keeper, going in shown.proposals()}
    single = {int(keeper): sorted(shown.proposal(at).tolist()) for at, keeper in enumerate(shown.keeper)}
    assert proposals == {keeper: going for keeper, going in single.items() if going}
    return [each.tolist() for each in arrays]


@settings(max_examples=150, deadline=None)
@given(libraries(), st.sets(st.integers(0, 8)))
def test_a_prepared_search_proposes_what_an_unprepared_one_does(drawn, gone):
    prepared, now = found_of(*drawn), found_of(*drawn)
    prepared.prepare()
    without = np.isin(np.arange(len(drawn[0])), list(gone))
    for threshold in (0, 1, 2, 48, 64):
        assert told(prepared.suggest(threshold)) == told(now.suggest(threshold))
        assert told(prepared.suggest(threshold, without)) == told(now.suggest(threshold, without))
        nothing = np.zeros(len(drawn[0]), bool)
        assert told(prepared.suggest(threshold, nothing)) == told(now.suggest(threshold))


@pytest.mark.parametrize("at_once", [1, 7, 1 << 20])
def test_every_cluster_of_every_threshold_has_its_keeper(monkeypatch, at_once):
    monkeypatch.setattr(beforehand, "_AT_ONCE", at_once)
    hashes = clustered(300, 8, 12, 3, most=0.25)
    library = library_of([fingerprint(at, row.tobytes()) for at, row in enumerate(hashes)])
    found, measured = found_of(library), measure(library)
    known = keepers_beforehand(found.tree, found.matches, measured)
    for threshold in range(65):
        groups = found.tree.cut(threshold)
        assert known.of(groups).tolist() == keepers(groups, found.matches, measured).tolist()
        rest = leave_out(groups, np.arange(300) % 3 == threshold % 3)
        expected = keepers(rest, found.matches, measured)
        assert known.of_rest(rest, found.matches, measured).tolist() == expected.tolist()


def test_a_damaged_source_alone_has_no_keeper_beforehand():
    found = found_of(photos(FAR, 0, FAR << 56, damaged="b"), [(0, 1, 0.9)])
    found.prepare()
    assert found.suggest(48).keeper.tolist() == [NO_KEEPER]
