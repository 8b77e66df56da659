"""Identical files are found without decoding: the same ones as by comparing all bytes."""

import os
import time
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.fingerprint import DEFAULT_RECIPE, Reading
from photodedup.core.line import Crew, Settings, search
from photodedup.core.scan import look
from photodedup.core.values import Kind, SkipReason
from tests.pictures import library

ONLY = Settings(kinds=frozenset({Kind.IDENTICAL_FILE}), jobs=2)


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def groups_in(folder, catalogue=None, stop=None):
    """The groups by name, with workers that refuse every task: nothing is decoded."""
    workers = Workers(1)
    workers.close()
    with catalogue or Catalogue(None) as known:
        found = search([folder], ONLY, Crew(known, workers, None, stop or Event()))
    shown = found.suggest(0)
    return [{found.library.photos[photo].path.name for photo in group} for group in shown.groups], found


def read_all(folder):
    looked = look([folder])
    reading = Reading(looked.photos, looked.skipped, DEFAULT_RECIPE)
    reading.take_contents(2, Event(), lambda _: None)
    return reading


# Long runs of one byte, so that files of one size differ at the start, the middle, the end or nowhere.
PIECES = st.lists(st.sampled_from([b"a", b"b"]), min_size=3, max_size=3)
SIZES = st.sampled_from([1, 4096, 4097, 8192, 20_000, 70_000, 300_000])


@given(st.lists(st.tuples(SIZES, PIECES), min_size=1, max_size=8))
def test_files_are_identical_exactly_when_their_bytes_are(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("photos")
    held = {}
    for at, (size, pieces) in enumerate(files):
        middle = pieces[1] * max(0, size - 2)
        content = (pieces[0] + middle + pieces[2])[:size]
        put(folder / f"{at}.jpg", content)
        held.setdefault(content, set()).add(f"{at}.jpg")
    groups, found = groups_in(folder)
    assert sorted(map(sorted, groups)) == sorted(sorted(names) for names in held.values() if len(names) > 1)
    assert len(found.library) == len(files)
    assert found.complete


def test_the_groups_are_those_of_a_whole_scan(tmp_path):
    folder = library(tmp_path / "Photos")
    groups, found = groups_in(folder)
    with Catalogue(None) as catalogue, Workers(2) as workers:
        whole = search([folder], Settings(), Crew(catalogue, workers))
    first = whole.suggest(0).only(Kind.IDENTICAL_FILE)
    assert groups == [{whole.library.photos[photo].path.name for photo in group} for group in first.groups]
    assert found.why(found.suggest(0), 0) == whole.why(first, 0)
    members = [int(photo) for photo in found.suggest(0).groups[0]]
    assert [found.library.fingerprints[at].content for at in members] == [
        whole.library.fingerprints[at].content for at in members
    ]


def test_what_an_earlier_scan_measured_is_not_read_again(tmp_path):
    folder = library(tmp_path / "Photos")
    with Catalogue(tmp_path / "c.sqlite") as catalogue, Workers(2) as workers:
        search([folder], Settings(), Crew(catalogue, workers))
    groups, found = groups_in(folder, Catalogue(tmp_path / "c.sqlite"))
    assert len(groups) == 1
    assert {seen.width for seen in found.library.fingerprints} == {320, 640}
    put(folder / "new.jpg", (folder / "2019/IMG_0002.jpg").read_bytes())
    put(folder / "other.jpg", b"another content")
    groups, _ = groups_in(folder, Catalogue(tmp_path / "c.sqlite"))
    assert {"IMG_0002.jpg", "new.jpg"} in groups
    assert len(groups) == 2


def test_a_file_of_a_size_of_its_own_is_not_opened(tmp_path):
    path = put(tmp_path / "a.jpg", b"alone")
    os.utime(path, ns=(1, 1))
    put(tmp_path / "b.jpg", b"other size")
    before = path.stat().st_atime_ns
    assert len(read_all(tmp_path).library()) == 2
    assert path.stat().st_atime_ns == before


@pytest.mark.parametrize("size", [10, 100_000])
def test_what_cannot_be_read_any_more_is_a_skip(tmp_path, size):
    for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg"):
        put(tmp_path / name, b"x" * size)
    looked = look([tmp_path])
    (tmp_path / "a.jpg").unlink()
    time.sleep(0.01)
    put(tmp_path / "b.jpg", b"y" * size)
    reading = Reading(looked.photos, looked.skipped, DEFAULT_RECIPE)
    reading.take_contents(2, Event(), lambda _: None)
    reasons = {each.path.name: each.reason for each in reading.skipped}
    assert reasons["a.jpg"] is SkipReason.VANISHED
    assert reasons.get("b.jpg") in (None, SkipReason.UNREADABLE)
    contents = {
        p.path.name: f.content
        for p, f in zip(reading.library().photos, reading.library().fingerprints, strict=True)
    }
    assert contents["c.jpg"] == contents["d.jpg"] != contents.get("b.jpg")


def test_stop_ends_it_and_is_told(tmp_path):
    for name in ("a.jpg", "b.jpg"):
        put(tmp_path / name, b"x")
    stop = Event()
    stop.set()
    _, found = groups_in(tmp_path, stop=stop)
    assert not found.complete
