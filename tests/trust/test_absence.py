"""Absence is not deletion: what cannot be seen now is neither forgotten nor taken for gone."""

import os

import pytest

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.line import Crew, Settings, search
from photodedup.core.scan import look, walking
from photodedup.core.values import Mark, SkipReason
from photodedup.gui.opened import nothing_found
from tests.pictures import library


@pytest.fixture
def scan(tmp_path):
    """Scans with the catalogue of this test, as the window does; gives what was found."""

    def scan(*folders):
        with Catalogue(tmp_path / "c.sqlite") as catalogue, Workers(2) as workers:
            found = search(folders, Settings(), Crew(catalogue, workers))
            catalogue.remember_library(found.folders, len(found.library), found.group_count)
            return found

    return scan


def unread(tmp_path, monkeypatch, scan, folder):
    """How many photos a scan must decode."""
    decoded = []
    real = Workers.run
    with monkeypatch.context() as patch:
        patch.setattr(
            Workers, "run", lambda pool, tasks, stop=None: real(pool, counted(tasks, decoded), stop)
        )
        scan(folder)
    return len(decoded)


def counted(tasks, decoded):
    for task in tasks:
        decoded.append(task)
        yield task


def test_an_empty_root_keeps_what_was_measured_and_decided(tmp_path, monkeypatch, scan):
    drive = library(tmp_path / "drive")
    photos = [photo.path for photo in scan(drive).library.photos]
    with Catalogue(tmp_path / "c.sqlite") as catalogue:
        catalogue.save_marks({photos[0]: (b"content", Mark.KEEP)})
    away = drive.rename(tmp_path / "away")
    drive.mkdir()
    found = scan(drive)
    assert len(found.library) == 0
    assert [each.detail for each in found.absent] == [
        f"{drive} holds no photos now, though {len(photos)} were there: what is known of them is kept. "
        "If its drive is away, connect it and scan again."
    ]
    assert nothing_found(found) == found.absent[0].detail
    drive.rmdir()
    away.rename(drive)
    with Catalogue(tmp_path / "c.sqlite") as catalogue:
        assert catalogue.load_marks() == {photos[0]: (b"content", Mark.KEEP)}
    assert unread(tmp_path, monkeypatch, scan, drive) == 0


def test_marks_of_photos_that_are_away_stay(tmp_path, scan):
    pytest.importorskip("PySide6.QtCore")
    from photodedup.gui.opened import make_ready
    from photodedup.gui.session import Session

    folder = library(tmp_path / "Photos")
    session = Session()
    session.show_found(make_ready(scan(folder), {}))
    photo = folder / "Backup/IMG_0000 (1).jpg"
    session.apply(session.review.keep(photo))
    (folder / "Backup").rename(tmp_path / "away")
    session.show_found(make_ready(scan(folder), {}))
    assert session.review.mark(photo) is Mark.KEEP


def test_a_file_that_vanishes_during_the_walk_costs_one_file(tmp_path, monkeypatch):
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (tmp_path / name).write_bytes(b"x")
    real = os.scandir

    def late(folder):
        entries = list(real(folder))
        (tmp_path / "b.jpg").unlink(missing_ok=True)
        return Listing(entries)

    monkeypatch.setattr(walking.os, "scandir", late)
    looked = look([tmp_path])
    assert [photo.path.name for photo in looked.photos] == ["a.jpg", "c.jpg"]
    assert [each.reason for each in looked.skipped] == [SkipReason.VANISHED]


class Listing(list):
    """A listing that was made before."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def test_only_a_folder_that_held_photos_and_holds_none_is_told(tmp_path, scan):
    drive, beside = library(tmp_path / "drive"), library(tmp_path / "drive 2")
    scan(drive, beside)
    new = tmp_path / "new"
    new.mkdir()
    for path in drive.rglob("*.jpg"):
        path.unlink()
    found = scan(drive, beside, new)
    assert [each.path for each in found.absent] == [drive]
    assert [each.path for each in found.skipped if each.path in (drive, beside, new)] == [drive]
