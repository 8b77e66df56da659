"""The disk fails, or the process dies, at every change of a unit: nothing is split and nothing is lost."""

import errno
import itertools
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from photodedup.core import disk, journal
from photodedup.core.errors import PhotodedupError
from photodedup.core.trash import move_to_trash, trash_can
from photodedup.core.undo import put_back
from tests.core.test_crash import DIED, at_change, broken
from tests.core.trash.library import contents, sentences, tree
from tests.core.trash.units import away, units

NUMBERS = (errno.EIO, errno.ENOSPC, errno.EACCES, errno.EROFS)


@pytest.mark.parametrize("after", [False, True])
def test_a_failure_at_any_change_never_splits_a_unit(data_home, tmp_path, monkeypatch, after):
    for number in itertools.count():
        folder = tmp_path / str(number)
        removals = units(folder / "library", 2)
        before = {name: facts for name, facts in tree(folder / "library").items() if facts[0]}
        with monkeypatch.context() as patch:
            seen = at_change(number, broken(NUMBERS[number % len(NUMBERS)]), after)
            patch.setattr(disk, "_change", seen)
            try:
                report = move_to_trash(removals, folder / "journal", trash_can())
                moved, companions = set(report.moved), report.companions
            except PhotodedupError:
                moved, companions = set(), 0
        assert all(away(each) in {0, 3} for each in removals)
        assert moved == {each.photo.path for each in removals if away(each)}
        assert companions == 2 * len(moved)
        if moved:
            assert put_back(folder / "journal").failures == ()
        found = {name: facts for name, facts in tree(folder / "library").items() if facts[0]}
        assert found == before
        if len(moved) == 2 and number > 60:
            break


@pytest.mark.parametrize("after", [False, True])
def test_a_death_at_any_change_is_undone_whole(data_home, tmp_path, after):
    for number in itertools.count():
        folder = tmp_path / str(number)
        removals = units(folder / "library", 1)
        before = contents(folder / "library")
        names = set(tree(folder / "library"))
        child = os.fork()
        if child == 0:
            disk._change = at_change(number, lambda: os._exit(DIED), after)
            try:
                move_to_trash(removals, folder / "journal", trash_can())
            finally:
                os._exit(0)
        died = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == DIED
        if any(batch.restorable for batch in journal.batches(folder / "journal")):
            assert put_back(folder / "journal").failures == ()
        assert contents(folder / "library") == before
        assert set(tree(folder / "library")) == names
        if not died:
            break
    assert number > 25


FAULTS = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(NUMBERS)), max_size=5)


@given(FAULTS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_failures_lose_nothing_and_are_told(data_home, tmp_path_factory, faults):
    folder = tmp_path_factory.mktemp("faults")
    removals = units(folder / "library", 2)
    names, before = set(tree(folder / "library")), contents(folder / "library")
    count, real, bad = itertools.count(), disk._change, dict(faults)

    def change(call, *args, **kwargs):
        if (number := bad.get(next(count))) is not None:
            raise OSError(number, os.strerror(number))
        return real(call, *args, **kwargs)

    disk._change = change
    try:
        report = move_to_trash(removals, folder / "journal", trash_can())
        for made in removals:
            assert (made.photo.path in report.moved) == (not made.photo.path.exists())
            # A unit is only split where the disk failed again while it was put back, and that is told.
            assert away(made) in {0, 3} or any("is in the trash" in each for each in sentences(report))
    except PhotodedupError:
        assert all(away(made) == 0 for made in removals)
    finally:
        disk._change = real
    if any(batch.restorable for batch in journal.batches(folder / "journal")):
        put_back(folder / "journal")
    assert set(tree(folder / "library")) == names
    assert contents(folder / "library") == before
