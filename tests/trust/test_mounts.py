"""The same batch and undo on every kind of volume that people have: it works whole, or it is refused before.

Each test mounts what it needs in a child with mounts of its own; root only. Cards and Macs are a file system
of our own (`fusing.py`), since the kernel here knows neither exFAT nor folded names.
"""

import itertools
import os
import threading
import time
from pathlib import Path

import pytest

from photodedup.core import disk
from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.line import Crew, Settings, search
from photodedup.core.scan import look
from photodedup.core.trash import move_to_trash, refused, trash_can
from photodedup.core.undo import put_back
from photodedup.core.values import SkipReason
from tests.core.trash.library import contents, pair, pairs, put, removal
from tests.trust import mounting
from tests.trust.breaking import files
from tests.trust.fusing import Mounted

ODD = [
    "-rf.jpg",
    "new\nline.jpg",
    "📷.jpg",
    os.fsdecode(b"\xff\xfe.jpg"),
    "x" * 251 + ".jpg",
    "été.jpg",
    ".a.jpg",
]

pytestmark = pytest.mark.skipif(bool(mounting.why_not()), reason=str(mounting.why_not()))
with_fuse = pytest.mark.skipif(not Path("/dev/fuse").exists(), reason="there is no /dev/fuse")


@pytest.fixture
def place(tmp_path):
    (tmp_path / "place").mkdir()
    (tmp_path / "shown").mkdir()
    return tmp_path / "place"


def on(place, kind):
    """Mounts one kind of volume; gives what must be kept."""
    if kind == "ext4":
        return mounting.mount("-o", "loop", mounting.image(place.parent / "disk"), place)
    if kind == "tmpfs":
        return mounting.mount("-t", "tmpfs", "none", place)
    if kind == "bind":
        return mounting.mount("--bind", place.parent / "shown", place)
    return Mounted(place.parent / "shown", place, kind)


def there_and_back(place, removals):
    """Moves and puts back; all must be as it was, and meanwhile all in the trash of that volume."""
    before, everything = files(place), contents(place)
    report = move_to_trash(removals, place.parent / "journal", trash_can())
    assert report.failures == ()
    assert contents(place) == everything
    assert contents(place / f".Trash-{os.geteuid()}") == sorted(
        os.fsencode(each.photo.path.name) for each in removals
    )
    assert put_back(place.parent / "journal").failures == ()
    assert files(place) == before


KINDS = [
    "ext4",
    "tmpfs",
    "bind",
    *(pytest.param(each, marks=with_fuse) for each in ("plain", "case", "unicode")),
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_and_its_undo_are_whole_on_this_volume(place, kind):
    def task():
        if kind == "ext4" and mounting.why_no_image():
            return
        held = on(place, kind)
        removals = [pair(place / "library", name, os.fsencode(name)) for name in ODD]
        for each in removals:
            each.photo.path.chmod(0o444)
        removals = [removal(each.photo.path, each.keeper.path) for each in removals]
        there_and_back(place, removals)
        del held

    assert mounting.alone(task) == 0


def test_a_bind_mount_never_makes_two_files_of_one(place):
    def task():
        put(place.parent / "shown" / "a.jpg", b"a photo")
        on(place, "bind")
        looked = look([place.parent / "shown", place])
        assert len(looked.photos) == 1
        assert {each.reason for each in looked.skipped} == {SkipReason.SAME_FILE}
        one_file(place / "a.jpg", place.parent / "shown" / "a.jpg", place.parent / "journal")

    assert mounting.alone(task) == 0


def one_file(photo, keeper, journal):
    report = move_to_trash([removal(photo, keeper)], journal, trash_can())
    assert report.moved == ()
    assert "one file under two names" in report.failures[0].sentence
    assert photo.exists()


@with_fuse
@pytest.mark.parametrize(
    ("kind", "one", "other"), [("case", "a.jpg", "A.JPG"), ("unicode", "é.jpg", "é.jpg")]
)
def test_doubles_by_case_and_unicode_are_one_file_and_never_overwritten(place, kind, one, other):
    def task():
        held = on(place, kind)
        put(place / "in" / one, b"a photo")
        put(place / "keeper.jpg", b"a photo")
        assert (place / "in" / other).read_bytes() == b"a photo"
        folders = [place / "in", place / ("IN" if kind == "case" else "in")]
        assert len(look(folders).photos) == 1
        one_file(place / "in" / one, place / "in" / other, place.parent / "journal")
        made = removal(place / "in" / one, place / "keeper.jpg")
        assert len(move_to_trash([made], place.parent / "journal", trash_can()).moved) == 1
        put(place / "in" / other, b"of another program")
        report = put_back(place.parent / "journal")
        assert "another file has taken its place" in report.failures[0].sentence
        assert (place / "in" / one).read_bytes() == b"of another program"
        (place / "in" / other).unlink()
        assert put_back(place.parent / "journal").moved == (place / "in" / one,)
        del held

    assert mounting.alone(task) == 0


@pytest.mark.parametrize("kind", ["ext4", "tmpfs"])
def test_a_read_only_volume_is_told_before_and_nothing_moves(place, kind):
    def task():
        if kind == "ext4" and mounting.why_no_image():
            return
        on(place, kind)
        removals = pairs(place / "library", 2)
        mounting.mount("-o", "remount,ro", place)
        told = refused(removals, trash_can())
        assert [each.path for each in told] == [each.photo.path for each in removals]
        assert all("is read-only" in each.sentence for each in told)
        report = move_to_trash(removals, place.parent / "journal", trash_can())
        assert (report.moved, len(report.failures)) == ((), 2)

    assert mounting.alone(task) == 0


def test_a_full_volume_moves_nothing_or_whole_and_says_so(place):
    def task():
        mounting.mount("-t", "tmpfs", "-o", "size=512k", "none", place)
        removals = pairs(place / "library", 3)
        before = files(place / "library")
        with (place / "filler").open("wb", buffering=0) as file:
            try:
                while file.write(bytes(1024)):
                    pass
            except OSError:
                pass
        report = move_to_trash(removals, place.parent / "journal", trash_can())
        assert (report.moved, len(report.failures)) == ((), 3)
        assert all("the disk is full" in each.sentence for each in report.failures)
        assert files(place / "library") == before

    assert mounting.alone(task) == 0


@with_fuse
def test_a_drive_that_vanishes_in_a_batch_loses_nothing_and_undo_waits_for_it(place):
    def task():
        drive = on(place, "plain")
        removals = pairs(place / "library", 4)
        before = files(place)
        real, numbers = disk._change, itertools.count()

        def change(call, *args, **kwargs):
            if next(numbers) == 34:
                drive.vanish()
            return real(call, *args, **kwargs)

        disk._change = change
        report = move_to_trash(removals, place.parent / "journal", trash_can())
        disk._change = real
        assert 0 < len(report.moved) < 4
        assert report.failures
        assert not any(each.sentence.endswith("!") for each in report.failures)
        assert put_back(place.parent / "journal").moved == ()
        mounting.unmount(place)
        again = on(place, "plain")
        assert put_back(place.parent / "journal").failures == ()
        assert files(place) == before
        del again

    assert mounting.alone(task) == 0


@with_fuse
def test_a_scan_of_a_drive_that_hangs_stops_within_a_second(place):
    def task():
        drive = on(place, "plain")
        for number in range(3):
            put(place / str(number) / "a.jpg", b"x")
        drive.hang()
        stop = threading.Event()
        threading.Timer(0.5, stop.set).start()
        began = time.monotonic()
        assert len(look([place], stop).photos) == 0
        with Catalogue(None) as catalogue, Workers(1) as workers, pytest.raises(Exception, match="Stopped"):
            search([place], Settings(), Crew(catalogue, workers, stop=stop))
        assert time.monotonic() - began < 0.5 + 2
        drive.vanish()

    assert mounting.alone(task) == 0
