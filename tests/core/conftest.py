"""What the tests of core share."""

import pytest

from tests.core.trash.library import Breaker


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
