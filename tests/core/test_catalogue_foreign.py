"""A file that photodedup did not make is refused as a catalogue, and left as it is."""

import os
import sqlite3

import pytest

from photodedup.core.catalogue import Catalogue, Record
from photodedup.core.catalogue.store import set_store_aside
from photodedup.core.errors import WrongUseError
from tests.core.test_catalogue import FILES, WANTED, fingerprint, photo


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "catalogue.sqlite"


def foreign(path, *statements):
    path.parent.mkdir(parents=True, exist_ok=True)
    made = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        made.execute(statement)
    made.close()


FOREIGN = {
    "a photo": lambda path: path.write_bytes(b"\xff\xd8\xff\xe0 a photo"),
    "a destroyed catalogue": lambda path: path.write_bytes(b"x" * 8192),
    "a folder": lambda path: path.mkdir(),
    "a device": lambda path: path.symlink_to(os.devnull),
    "an empty database": lambda path: foreign(path, "VACUUM"),
    "a database": lambda path: foreign(path, "CREATE TABLE picture (id)"),
    "one with a version": lambda path: foreign(path, "CREATE TABLE file (id)", "PRAGMA user_version=1"),
    "one in another mode": lambda path: foreign(path, "PRAGMA journal_mode=WAL", "CREATE TABLE t (id)"),
    "one of another program": lambda path: foreign(
        path, "CREATE TABLE thumbnail (id)", "PRAGMA application_id=7", "PRAGMA user_version=1"
    ),
}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("what", FOREIGN)
def test_a_file_that_is_not_ours_is_refused_and_left_as_it_is(path, file, what):
    path.parent.mkdir()
    there = path.parent / file
    FOREIGN[what](there)
    before = there.read_bytes() if there.is_file() else None
    expected = f"{there} exists and is not a catalogue of photodedup. Choose another name with --catalogue."
    with pytest.raises(WrongUseError) as raised:
        Catalogue(path)
    assert str(raised.value) == expected
    assert (there.read_bytes() if there.is_file() else None) == before
    assert sorted(each.name for each in path.parent.iterdir()) == sorted({file, "catalogue.sqlite"})


def test_a_photo_is_never_set_aside_as_a_broken_catalogue(tmp_path):
    there = tmp_path / "mine.jpg"
    there.write_bytes(b"\xff\xd8")
    with pytest.raises(WrongUseError, match="is not a catalogue"):
        set_store_aside(there)
    assert [each.name for each in tmp_path.iterdir()] == ["mine.jpg"]


def test_a_catalogue_from_before_the_number_is_ours(path):
    with Catalogue(path) as catalogue:
        catalogue.remember([Record(photo(), fingerprint(), b"jpeg")], WANTED)
    for file in FILES:
        foreign(path.parent / file, "PRAGMA application_id=0")
    with Catalogue(path) as catalogue:
        assert catalogue.lookup([photo()], WANTED) == [fingerprint()]
        assert catalogue.thumbnail(fingerprint().content) == b"jpeg"
