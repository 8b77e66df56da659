"""The line as a whole: what it remembers from one search to the next."""

import sqlite3
from contextlib import closing

from photodedup.core import line
from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.fingerprint import reading
from photodedup.core.line import Crew, Settings, search
from photodedup.core.match import no_pairs, pack_pairs, pairs_key
from photodedup.core.values import Kind
from tests.core.match.copies.pictures import textured
from tests.pictures import library, save, scene


def pages(place):
    with closing(sqlite3.connect(place)) as raw:
        return raw.execute("SELECT rowid, folder FROM page ORDER BY folder").fetchall()


def test_only_folders_of_which_something_was_read_anew_are_written_again(tmp_path):
    folder, place = library(tmp_path / "Photos"), tmp_path / "c.sqlite"
    (folder / "2019/cut.jpg").write_bytes((folder / "2019/IMG_0000.jpg").read_bytes()[:9000])
    with Catalogue(place) as catalogue, Workers(2) as workers:
        crew = Crew(catalogue, workers)
        search([folder], Settings(), crew)
        first = pages(place)
        assert len(first) == 3
        search([folder], Settings(), crew)
        assert pages(place) == first
        save(scene(77), folder / "Backup/new.jpg")
        search([folder], Settings(), crew)
        again = pages(place)
    assert [path for _, path in again] == [path for _, path in first]
    assert sum(one != other for one, other in zip(first, again, strict=True)) == 1


def test_near_pairs_are_remembered_while_the_hashes_are_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(line, "MANY", 1)
    folder = library(tmp_path / "Photos")
    with Catalogue(None) as catalogue, Workers(2) as workers:
        crew = Crew(catalogue, workers)
        first = search([folder], Settings(), crew)
        again = search([folder], Settings(), crew)
        assert again.matches.distance.tolist() == first.matches.distance.tolist()
        assert {Kind(int(kind)) for kind in again.suggest(48).kind} == {
            Kind.IDENTICAL_FILE,
            Kind.NEAR_DUPLICATE,
        }
        # Who finds no near-duplicates now did not search for them again.
        key = pairs_key(first.library, 64, 48)
        catalogue.drawer.put(key, pack_pairs(no_pairs(first.library, 64)))
        assert len(search([folder], Settings(), crew).matches.left) == 0
        catalogue.drawer.put(key, b"broken")
        assert len(search([folder], Settings(), crew).matches.left) == len(first.matches.left)
        catalogue.drawer.put(key, pack_pairs(no_pairs(first.library, 64)))
        save(scene(77), folder / "new.jpg")
        assert len(search([folder], Settings(), crew).matches.left) >= len(first.matches.left)


def test_what_is_shown_while_photos_are_read_holds_no_other_shots_of_a_scene(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "FIRST_SHOW", 1)
    shot, settings, shown = textured(1), Settings(kinds=frozenset([Kind.NEAR_DUPLICATE])), []
    save(shot, tmp_path / "1.jpg")
    save(shot.crop((16, 12, 640, 480)).resize(shot.size), tmp_path / "2.jpg")
    with Catalogue(None) as catalogue, Workers(2) as workers:
        search([tmp_path], settings, Crew(catalogue, workers))
        save(scene(77), tmp_path / "3.jpg")
        last = search([tmp_path], settings, Crew(catalogue, workers), show=shown.append)
    assert [found.matches.distance.tolist() for found in (*shown, last)] == [[64], [64]]
