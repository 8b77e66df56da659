"""Identical files are found without decoding: the same ones as by comparing all bytes."""

import io
import os
import shutil
import time
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.decode.headers import HEAD, facts_of_jpeg
from photodedup.core.decode.picture import read_small
from photodedup.core.fingerprint import DEFAULT_RECIPE, Reading
from photodedup.core.line import Crew, Settings, search
from photodedup.core.scan import look
from photodedup.core.values import Kind, SkipReason
from tests.core import raws
from tests.pictures import library, save, scene

ONLY = Settings(kinds=frozenset({Kind.IDENTICAL_FILE}), jobs=2)


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def groups_in(folder, catalogue=None, stop=None):
    """The groups by name; the workers must not be needed for JPEGs."""
    with catalogue or Catalogue(None) as known, Workers(1) as workers:
        found = search([folder], ONLY, Crew(known, workers, None, stop or Event()))
        assert not workers.pids() or any(b"JFIF" not in p.read_bytes()[:20] for p in folder.rglob("*.*"))
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
    seen = read_all(folder).library()
    found = {}
    for photo, each in zip(seen.photos, seen.fingerprints, strict=True):
        found.setdefault(each.content, set()).add(photo.path.name)
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, held.values()))


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
    put(folder / "other.jpg", (folder / "2019/IMG_0003.jpg").read_bytes() + b"another content")
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


def facts(library):
    return {
        photo.path.name: (seen.width, seen.height, seen.format, seen.taken, seen.camera)
        for photo, seen in zip(library.photos, library.fingerprints, strict=True)
    }


def test_identical_photos_have_the_facts_that_a_whole_scan_finds(tmp_path):
    taken = datetime(2020, 2, 29, 23, 59, 1)
    for name in ("a.jpg", "b.jpg", "c.png", "d.png", "e.webp", "f.webp", "g.tif", "h.tif"):
        save(scene(1, 300, 200), tmp_path / name, taken=taken)
    put(tmp_path / "i.nef", raws.nef(raws.jpeg(), turn=6))
    put(tmp_path / "j.nef", raws.nef(raws.jpeg(), turn=6))
    turned = Image.Exif()
    turned[0x0112] = 8
    save(scene(2, 300, 200), tmp_path / "k.jpg", exif=turned)
    shutil.copy(tmp_path / "k.jpg", tmp_path / "l.jpg")
    groups, found = groups_in(tmp_path)
    assert len(groups) == 6
    with Catalogue(None) as catalogue, Workers(1) as workers:
        whole = search([tmp_path], Settings(), Crew(catalogue, workers))
    assert facts(found.library) == facts(whole.library)
    assert facts(found.library)["l.jpg"][:2] == (200, 300)


def test_equal_files_that_are_no_pictures_are_skipped_each_in_its_own_words(tmp_path):
    for name in ("a.jpg", "b.jpg"):
        put(tmp_path / name, b"just words")
    groups, found = groups_in(tmp_path)
    assert groups == []
    assert [each.path.name for each in found.skipped] == ["a.jpg", "b.jpg"]
    assert {each.reason for each in found.skipped} == {SkipReason.NOT_A_PICTURE}
    assert [each.detail.split()[0] for each in found.skipped] == ["a.jpg", "b.jpg"]
    assert len(found.library) == 0


@pytest.mark.corpus
def test_the_header_of_every_jpeg_of_the_corpus_says_what_its_decoding_says(corpus):
    wrong, read = [], 0
    for path in sorted(
        each for part in ("photos", "formats/jpeg", "groups") for each in (corpus / part).rglob("*.jp*g")
    ):
        data = path.read_bytes()
        told = facts_of_jpeg(data[:HEAD])
        small = read_small(io.BytesIO(data))
        read += told is not None
        names = ("width", "height", "format", "taken", "camera")
        if told is not None and told != {name: getattr(small, name) for name in names}:
            wrong.append((path.name, told, small))
    assert wrong == []
    assert read > 150
