"""What every test needs: a home of its own, a Qt without a screen, and Qt warnings that fail."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch) -> Path:
    """A home folder of the test's own, so that no catalogue, journal or trash of the machine is touched."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    for name in ("DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
    return folder


@pytest.fixture
def corpus() -> Path:
    """The real photos beside the checkout."""
    if not (CORPUS / "groups.csv").exists():
        pytest.skip("the corpus of real photos is not beside the checkout")
    return CORPUS
