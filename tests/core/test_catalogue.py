"""What the catalogue was told comes back whole, for the file that it was told about and for no other."""

import os
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photodedup.core.catalogue import Catalogue, Record, Wanted, default_catalogue, journal_folder
from photodedup.core.errors import CatalogueError
from photodedup.core.values import Fingerprint, Mark, Photo, Skipped, SkipReason

WANTED = Wanted("phash256", 1, 1)


def photo(name="a.jpg", **changed):
    return replace(Photo(Path("/photos") / name, 1000, 1_600_000_000_123_456_789, 5, 77), **changed)


def fingerprint(seed=1, **changed):
    when = datetime(2019, 7, 1, 12, 30, 5)
    made = Fingerprint(bytes([seed]) * 32, b"b" * 32, b"s" * 16, False, 4000, 3000, "JPEG", when, "Canon")
    return replace(made, **changed)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "catalogue.sqlite"


def test_what_was_measured_comes_back_after_a_restart(path):
    with Catalogue(path) as catalogue:
        catalogue.remember([Record(photo(), fingerprint(), b"jpeg")], WANTED)
    with Catalogue(path) as catalogue:
        assert catalogue.lookup([photo(), photo("b.jpg")], WANTED) == [fingerprint(), None]
        assert catalogue.thumbnail(fingerprint().content) == b"jpeg"
        assert catalogue.thumbnail(b"other") is None


@pytest.mark.parametrize("changed", [{"size": 1001}, {"mtime_ns": 1}, {"inode": 78}])
def test_a_changed_file_is_not_known(changed):
    with Catalogue(None) as catalogue:
        catalogue.remember([Record(photo(), fingerprint())], WANTED)
        catalogue.remember_skipped([(photo("s.jpg"), skip("s.jpg"))], WANTED)
        assert catalogue.lookup([photo(**changed), photo("s.jpg", **changed)], WANTED) == [None, None]


def test_a_drive_that_gets_another_number_keeps_its_rows():
    with Catalogue(None) as catalogue:
        catalogue.remember([Record(photo(), fingerprint())], WANTED)
        assert catalogue.lookup([photo(device=6)], WANTED) == [fingerprint()]


def skip(name):
    return Skipped(photo(name).path, SkipReason.DAMAGED, f"{name} is damaged.")


def test_a_skip_that_cost_a_decoding_is_remembered_until_it_is_measured():
    with Catalogue(None) as catalogue:
        catalogue.remember_skipped([(photo(), skip("a.jpg"))], WANTED)
        assert catalogue.lookup([photo()], WANTED) == [skip("a.jpg")]
        assert catalogue.lookup([photo()], replace(WANTED, measure=2)) == [None]
        catalogue.remember([Record(photo(), fingerprint())], WANTED)
        assert catalogue.lookup([photo()], WANTED) == [fingerprint()]


def test_another_recipe_or_version_is_measured_again_and_both_are_kept():
    other = Wanted("dhash64", 1, 1)
    with Catalogue(None) as catalogue:
        catalogue.remember([Record(photo(), fingerprint())], WANTED)
        assert catalogue.lookup([photo()], other) == [None]
        assert catalogue.lookup([photo()], replace(WANTED, version=2)) == [None]
        assert catalogue.lookup([photo()], replace(WANTED, measure=2)) == [None]
        catalogue.remember([Record(photo(), fingerprint(bits=b"12345678"))], other)
        assert catalogue.lookup([photo()], other) == [fingerprint(bits=b"12345678")]
        assert catalogue.lookup([photo()], WANTED) == [fingerprint()]


def test_a_moved_file_is_found_by_its_content():
    with Catalogue(None) as catalogue:
        catalogue.remember([Record(photo(), fingerprint())], WANTED)
        assert catalogue.known_contents([1000, 2000], WANTED) == {1000: [fingerprint().content]}
        assert catalogue.by_content(fingerprint().content, WANTED) == fingerprint()
        assert catalogue.by_content(b"other", WANTED) is None


def test_proven_pixels_stay_with_their_content():
    with Catalogue(None) as catalogue:
        catalogue.remember([Record(photo(), fingerprint())], WANTED)
        catalogue.remember_pixels([(fingerprint().content, b"p" * 32)])
        assert catalogue.pixels([fingerprint().content, b"other"]) == {fingerprint().content: b"p" * 32}
        catalogue.remember([Record(photo("b.jpg"), fingerprint())], WANTED)
        assert catalogue.lookup([photo("b.jpg")], WANTED) == [fingerprint(pixels=b"p" * 32)]


def test_more_photos_than_one_question_can_hold():
    many = [photo(f"{number}.jpg", inode=number + 1) for number in range(1234)]
    with Catalogue(None) as catalogue:
        catalogue.remember([Record(each, fingerprint()) for each in many], WANTED)
        assert catalogue.lookup(many, WANTED) == [fingerprint()] * len(many)


NAMES = st.binary(min_size=1, max_size=40).filter(lambda name: b"\0" not in name and b"/" not in name)
NUMBERS = st.integers(0, 2**64 - 1)


@given(name=NAMES, size=st.integers(0, 2**62), inode=NUMBERS, mtime=st.integers(-(2**62), 2**62))
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_any_name_and_number_that_a_disk_can_say_is_kept(name, size, inode, mtime):
    odd = Photo(Path("/photos") / os.fsdecode(b"x" + name), size, mtime, 2**63 + 5, inode)
    with Catalogue(None) as catalogue:
        catalogue.remember([Record(odd, fingerprint())], WANTED)
        assert catalogue.lookup([odd], WANTED) == [fingerprint()]
        gone = Skipped(odd.path, SkipReason.TOO_SLOW, f"{odd.path.name} took too long.")
        catalogue.remember_skipped([(replace(odd, mtime_ns=mtime + 1), gone)], WANTED)
        assert catalogue.lookup([odd], WANTED) == [fingerprint()]
        catalogue.save_marks({odd.path: (b"c", Mark.TRASH)})
        assert catalogue.load_marks() == {odd.path: (b"c", Mark.TRASH)}


def test_marks_survive_a_restart_and_can_be_taken_away(path):
    one, two = Path("/photos/1.jpg"), Path("/photos/2.jpg")
    with Catalogue(path) as catalogue:
        catalogue.save_marks({one: (b"1", Mark.KEEP), two: (b"2", Mark.TRASH)})
        catalogue.save_marks({one: (b"1", None)})
    with Catalogue(path) as catalogue:
        assert catalogue.load_marks() == {two: (b"2", Mark.TRASH)}


def test_recent_libraries_come_newest_first_and_once_each(path):
    with Catalogue(path) as catalogue:
        catalogue.remember_library([Path("/b"), Path("/a")], 10, 2)
        catalogue.remember_library([Path("/c")], 5, 0)
        catalogue.remember_library([Path("/a"), Path("/b")], 12, 3)
        recent = catalogue.recent_libraries()
    assert [(each.folders, each.photos, each.groups) for each in recent] == [
        ((Path("/a"), Path("/b")), 12, 3),
        ((Path("/c"),), 5, 0),
    ]
    assert recent[0].scanned >= recent[1].scanned


FILES = ["catalogue.sqlite", "catalogue-thumbnails.sqlite"]


@pytest.mark.parametrize("file", FILES)
def test_a_broken_catalogue_is_set_aside_and_built_anew(file):
    path = default_catalogue()
    path.parent.mkdir(parents=True)
    (path.parent / file).write_bytes(b"this is no database" * 500)
    with Catalogue(path) as catalogue:
        catalogue.remember([Record(photo(), fingerprint(), b"jpeg")], WANTED)
        assert catalogue.lookup([photo()], WANTED) == [fingerprint()]
    assert (path.parent / f"{file}.damaged-1").read_bytes() == b"this is no database" * 500


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("damage", [lambda whole: whole[:100], lambda whole: whole[:100] + b"x" * 9000])
def test_a_broken_catalogue_elsewhere_is_known_by_its_header(path, file, damage):
    Catalogue(path).close()
    broken = damage((path.parent / file).read_bytes())
    (path.parent / file).write_bytes(broken)
    with Catalogue(path) as catalogue:
        catalogue.remember([Record(photo(), fingerprint(), b"jpeg")], WANTED)
    assert (path.parent / f"{file}.damaged-1").read_bytes() == broken


def test_an_empty_file_becomes_a_catalogue(path):
    path.parent.mkdir()
    path.touch()
    with Catalogue(path) as catalogue:
        catalogue.remember([Record(photo(), fingerprint())], WANTED)
    with Catalogue(path) as catalogue:
        assert catalogue.lookup([photo()], WANTED) == [fingerprint()]


def test_a_catalogue_that_breaks_while_it_is_used_is_built_anew(path):
    with Catalogue(path) as catalogue:
        catalogue.remember([Record(photo(str(n)), fingerprint(n % 250)) for n in range(2000)], WANTED)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * (size - 8192))
    with Catalogue(path) as catalogue:
        assert catalogue.lookup([photo("7")], WANTED) in ([None], [fingerprint(7)])
        catalogue.remember([Record(photo(), fingerprint())], WANTED)
        assert catalogue.lookup([photo()], WANTED) == [fingerprint()]


def make_newer(path, *statements):
    with sqlite3.connect(path) as newer:
        for statement in (*statements, "PRAGMA user_version = 99"):
            newer.execute(statement)
    newer.close()


def told(path):
    with closing(sqlite3.connect(path)) as raw:
        return "\n".join(raw.iterdump()), raw.execute("PRAGMA user_version").fetchone()


def test_a_newer_catalogue_is_only_read(path):
    with Catalogue(path) as catalogue:
        assert not catalogue.newer
        catalogue.remember([Record(photo(), fingerprint(), b"jpeg")], WANTED)
        catalogue.save_marks({photo().path: (b"1", Mark.KEEP)})
    for file in FILES:
        make_newer(path.parent / file)
    make_newer(path, "INSERT INTO decision VALUES (x'2f78', x'31', 'a mark of the future')")
    before = [told(path.parent / file) for file in FILES]
    with Catalogue(path) as catalogue:
        assert catalogue.newer
        assert catalogue.lookup([photo()], WANTED) == [fingerprint()]
        assert catalogue.load_marks() == {photo().path: (b"1", Mark.KEEP)}
        catalogue.remember([Record(photo("b.jpg"), fingerprint(2), b"jpeg")], WANTED)
        catalogue.remember_skipped([(photo("s.jpg"), skip("s.jpg"))], WANTED)
        catalogue.remember_library([Path("/a")], 1, 0)
        catalogue.drawer.put(b"key", b"held")
        with pytest.raises(CatalogueError, match="newer photodedup, so that it is only read"):
            catalogue.save_marks({photo().path: (b"1", None)})
        assert catalogue.lookup([photo("b.jpg")], WANTED) == [None]
    assert [told(path.parent / file) for file in FILES] == before
    assert sorted(each.name for each in path.parent.glob("*damaged*")) == []


def test_a_newer_catalogue_with_other_tables_knows_nothing(path):
    Catalogue(path).close()
    make_newer(path, "DROP TABLE file", "ALTER TABLE decision RENAME TO marks")
    with Catalogue(path) as catalogue:
        assert catalogue.lookup([photo()], WANTED) == [None]
        assert catalogue.load_marks() == {}


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CatalogueError, match="--no-catalogue"):
        Catalogue(tmp_path / "file" / "catalogue.sqlite")


def test_two_photodedups_and_several_threads_share_one_catalogue(path):
    def work(start):
        with Catalogue(path) as own:
            for number in range(start, start + 20):
                own.remember([Record(photo(f"{number}"), fingerprint(number), b"jpeg")], WANTED)

    with Catalogue(path) as catalogue:
        threads = [threading.Thread(target=work, args=(start,)) for start in (0, 20, 40)]
        for thread in threads:
            thread.start()
        for number in range(60, 80):
            catalogue.remember([Record(photo(f"{number}"), fingerprint(number))], WANTED)
        for thread in threads:
            thread.join()
        found = catalogue.lookup([photo(f"{number}") for number in range(80)], WANTED)
    assert found == [fingerprint(number) for number in range(80)]


def test_nothing_is_forgotten_because_it_was_not_seen(path):
    with Catalogue(path) as catalogue:
        catalogue.remember([Record(photo("unplugged.jpg"), fingerprint(1))], WANTED)
        catalogue.remember([Record(photo("b.jpg"), fingerprint(2))], WANTED)
        assert catalogue.lookup([photo("b.jpg")], WANTED) == [fingerprint(2)]
        assert catalogue.lookup([photo("unplugged.jpg")], WANTED) == [fingerprint(1)]


def test_places_are_absolute_and_made_by_nobody_yet():
    assert default_catalogue().is_absolute()
    assert default_catalogue().parent == journal_folder().parent
