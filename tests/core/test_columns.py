"""Facts as columns say the same as facts one by one, and a library of a million is a few arrays."""

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photodedup.core.values import Fingerprint, FingerprintColumns, Library, Photo, PhotoColumns

NAMES = st.binary(min_size=1, max_size=12).filter(
    lambda name: not set(name) & set(b"\0/") and name not in (b".", b"..")
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(lambda names: Path(os.fsdecode(b"/" + b"/".join(names))))
PHOTOS = st.builds(
    Photo,
    PATHS,
    st.integers(0, 2**62),
    st.integers(-(2**62), 2**62),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**64 - 1),
)
FINGERPRINTS = st.builds(
    Fingerprint,
    content=st.binary(min_size=32, max_size=32),
    bits=st.binary(min_size=8, max_size=8),
    small=st.binary(min_size=16, max_size=16),
    plain=st.booleans(),
    width=st.integers(1, 65_535),
    height=st.integers(1, 65_535),
    format=st.sampled_from(["JPEG", "PNG", "HEIF"]),
    taken=st.none() | st.datetimes(datetime(1, 1, 1), datetime(9999, 1, 1)),
    camera=st.sampled_from(["", "Acme One", "Ääkmé ❤"]),
    damaged=st.booleans(),
    pixels=st.none() | st.binary(min_size=32, max_size=32),
)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@given(st.lists(PHOTOS, max_size=12))
def test_photos_come_back_as_they_were(photos):
    columns = PhotoColumns.of(photos)
    assert list(columns) == photos
    assert [columns[at] for at in range(len(photos))] == photos
    assert list(columns[1:]) == photos[1:]
    assert [columns[-1]] == photos[-1:] if photos else not len(columns)
    backwards = np.arange(len(photos))[::-1]
    assert list(columns.take(backwards)) == photos[::-1]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@given(st.lists(PHOTOS, max_size=12, unique_by=lambda photo: photo.path), PATHS)
def test_photos_sorted_by_path_are_found_by_it(photos, other):
    columns = PhotoColumns.of(photos).by_path()
    expected = sorted(photos, key=lambda photo: os.fsencode(photo.path))
    assert list(columns) == expected
    assert [columns.find(photo.path) for photo in expected] == list(range(len(expected)))
    assert [columns.find(photo.path, at) for at, photo in enumerate(expected)] == list(range(len(expected)))
    assert (columns.find(other) is None) == (other not in {photo.path for photo in photos})


@given(st.lists(FINGERPRINTS, max_size=8), st.lists(FINGERPRINTS, max_size=8))
def test_fingerprints_come_back_as_they_were_alone_and_joined(some, more):
    columns = FingerprintColumns.of(some)
    assert list(columns) == some
    joined = FingerprintColumns.joined([columns, FingerprintColumns.of(more)])
    assert list(joined) == some + more
    assert list(joined.take(np.arange(len(joined))[::-1])) == (some + more)[::-1]
    assert list(joined[len(some) :]) == more


@given(st.lists(FINGERPRINTS, min_size=1, max_size=8), st.data())
def test_a_proof_of_pixels_is_added_and_replaces_an_earlier_one(some, data):
    places = data.draw(st.sets(st.integers(0, len(some) - 1)))
    proven = {place: bytes([place]) * 32 for place in places}
    columns = FingerprintColumns.of(some)
    expected = [replace(seen, pixels=proven.get(at, seen.pixels)) for at, seen in enumerate(some)]
    assert list(columns.with_pixels(proven)) == expected
    assert list(columns) == some


def test_a_library_needs_a_fingerprint_for_each_photo():
    with pytest.raises(ValueError, match="one fingerprint for each photo"):
        Library([Photo(Path("/a.jpg"), 1, 1, 1, 1)], [])
