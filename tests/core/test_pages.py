"""What is unchanged is known at once by folders, and whatever differs is not known."""

import os
import sqlite3
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photodedup.core.catalogue import Catalogue, Wanted
from photodedup.core.values import Fingerprint, Library, Photo, PhotoColumns

WANTED = Wanted("phash256", 1, 1)
NAMES = ["a.jpg", "b.jpg", "b/a.jpg", "b/c.jpg", "c/d/e.jpg", "c/z.jpg", "d.jpg"]


def photo(name, at=0):
    path = Path(os.sep).resolve() / "photos" / name
    return Photo(path, 1000 + at, 1_600_000_000_123_456_789 - at, 5, 2**63 + at)


def fingerprint(seed):
    camera = f"Acme {seed % 3}" if seed % 3 else ""
    taken = datetime(2019, 7, 1, 12, 30, seed) if seed % 2 else None
    content, bits, small = bytes([seed]) * 32, bytes([seed + 1]) * 32, bytes([seed + 2]) * 16
    return Fingerprint(content, bits, small, seed % 2 == 0, 4000 + seed, 3000, "JPEG", taken, camera)


def library(names=NAMES):
    photos = [photo(name, at) for at, name in enumerate(names)]
    return Library(photos, [fingerprint(at) for at in range(len(photos))])


def known(catalogue, photos, wanted=WANTED):
    numbers, prints = catalogue.pages.known(PhotoColumns.of(photos), wanted)
    return dict(zip(numbers.tolist(), prints, strict=True))


def test_unchanged_folders_are_known_after_a_restart(tmp_path):
    kept = library()
    with Catalogue(tmp_path / "c.sqlite") as catalogue:
        catalogue.pages.write(kept, WANTED)
    with Catalogue(tmp_path / "c.sqlite") as catalogue:
        assert known(catalogue, kept.photos) == dict(enumerate(kept.fingerprints))


def test_nothing_is_known_of_an_empty_catalogue_or_an_empty_folder():
    with Catalogue(None) as catalogue:
        assert known(catalogue, library().photos) == {}
        catalogue.pages.write(Library(), WANTED)
        assert known(catalogue, []) == {}


@given(st.sets(st.integers(0, len(NAMES) - 1)), st.sets(st.integers(0, len(NAMES) - 1)), st.integers(0, 3))
def test_whatever_changed_is_not_known_and_everything_else_is(changed, gone, what):
    kept = library()
    changes = [{"size": 1}, {"mtime_ns": 1}, {"inode": 1}, {"path": photo("b/new.jpg").path}]
    met = [
        (at, replace(each, **changes[what]) if at in changed else each)
        for at, each in enumerate(kept.photos)
        if at not in gone
    ]
    with Catalogue(None) as catalogue:
        catalogue.pages.write(kept, WANTED)
        found = known(catalogue, [each for _, each in met])
    assert found == {place: kept.fingerprints[at] for place, (at, _) in enumerate(met) if at not in changed}


def test_a_drive_that_gets_another_number_keeps_its_pages():
    kept = library()
    with Catalogue(None) as catalogue:
        catalogue.pages.write(kept, WANTED)
        assert len(known(catalogue, [replace(each, device=77) for each in kept.photos])) == len(kept)


@pytest.mark.parametrize("changed", [{"recipe": "dhash64"}, {"version": 2}, {"measure": 2}])
def test_pages_of_another_recipe_or_version_are_not_read(changed):
    with Catalogue(None) as catalogue:
        catalogue.pages.write(library(), WANTED)
        assert known(catalogue, library().photos, replace(WANTED, **changed)) == {}
        assert len(known(catalogue, library().photos)) == len(NAMES)


def test_a_folder_is_written_anew_as_it_is_now():
    with Catalogue(None) as catalogue:
        catalogue.pages.write(library(), WANTED)
        kept = library()
        fewer = Library(kept.files.take(np.array([0, 6])), kept.seen.take(np.array([6, 0])))
        catalogue.pages.write(fewer, WANTED)
        found = known(catalogue, kept.photos)
    assert found.pop(0) == fingerprint(6)
    assert found.pop(6) == fingerprint(0)
    assert sorted(found) == [2, 3, 4, 5]


@pytest.mark.parametrize("broken", ["prints = substr(prints, 5)", "seen = x'', prints = x''"])
def test_a_broken_page_is_as_good_as_none(tmp_path, broken):
    with Catalogue(tmp_path / "c.sqlite") as catalogue:
        catalogue.pages.write(library(), WANTED)
    with sqlite3.connect(tmp_path / "c.sqlite") as raw:
        raw.execute(f"UPDATE page SET {broken} WHERE length(names) = 12")
    raw.close()
    with Catalogue(tmp_path / "c.sqlite") as catalogue:
        assert sorted(known(catalogue, library().photos)) in ([0, 1, 4, 5, 6], [])
