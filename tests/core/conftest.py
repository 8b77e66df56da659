"""What the tests of core share."""

import pytest

from photodedup.core.trash import move_to_trash, trash_can
from tests.core.trash.library import Breaker, pairs, tree


@pytest.fixture
def data_home(tmp_path, monkeypatch):
    """A data folder of our own, so that no test ever touches the trash of the person who runs it."""
    data = tmp_path / "data home"
    data.mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(data))
    return data


@pytest.fixture
def breaker(monkeypatch):
    return Breaker(monkeypatch)


@pytest.fixture
def moved(data_home, tmp_path):
    """A library of three pairs whose copies are in the trash; gives the removals and the tree before."""
    removals = pairs(tmp_path / "library", 3)
    before = tree(tmp_path / "library")
    report = move_to_trash(removals, tmp_path / "journal", trash_can())
    assert len(report.moved) == 3
    return removals, before
