"""Stop means stop, within a second, also where the disk does not answer; the cloud is never asked."""

import os
import stat
import threading
import time
from types import SimpleNamespace

import pytest

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers, task
from photodedup.core.errors import StoppedError
from photodedup.core.fingerprint import contents
from photodedup.core.line import Crew, Settings, search
from photodedup.core.scan import check_folders, exclusions, look, looking, walking
from photodedup.core.values import Kind, SkipReason
from tests.pictures import library

PATIENCE = 10.0


@pytest.fixture
def hung():
    """Makes a call hang from when the disk does not answer any more, until the test is over."""
    gate = threading.Event()

    def hang(real, which=bool):
        def call(path, *more, **named):
            if which(os.fsdecode(path)):
                gate.wait(60)
            return real(path, *more, **named)

        return call

    yield hang
    gate.set()


def seconds_to_stop(work):
    """How long `work(stop)` goes on after the stop; a test that hangs is ended by its own patience."""
    stop, ended = threading.Event(), threading.Event()
    began = []

    def run():
        work(stop)
        ended.set()

    threading.Thread(target=run, daemon=True).start()
    assert not ended.wait(0.5), "it came to its end without the disk"
    began.append(time.monotonic())
    stop.set()
    assert ended.wait(PATIENCE), "it goes on although it was stopped"
    return time.monotonic() - began[0]


def test_a_walk_that_hangs_stops_and_gives_what_it_met(tmp_path, monkeypatch, hung):
    folder = library(tmp_path / "Photos")
    monkeypatch.setattr(walking.os, "scandir", hung(os.scandir, lambda path: path.endswith("Messenger")))
    found = []
    assert seconds_to_stop(lambda stop: found.append(look([folder], stop))) < 1
    assert len(found[0].photos) == 5


def test_folders_that_hang_can_be_given_up(tmp_path, monkeypatch, hung):
    monkeypatch.setattr(looking, "_checked", hung(lambda path: path))

    def work(stop):
        with pytest.raises(StoppedError):
            check_folders([tmp_path], stop)

    assert seconds_to_stop(work) < 1


@pytest.mark.parametrize("kinds", [frozenset({Kind.IDENTICAL_FILE}), frozenset(Kind)], ids=["files", "all"])
def test_a_search_stops_where_a_file_hangs_while_it_is_opened(tmp_path, monkeypatch, hung, kinds):
    folder = library(tmp_path / "Photos")
    for room in (task, contents):
        monkeypatch.setattr(room.os, "open", hung(os.open, lambda path: "IMG_0000" in path))
    found = []

    def work(stop):
        with Catalogue(None) as catalogue, Workers(1) as workers:
            found.append(search([folder], Settings(kinds=kinds), Crew(catalogue, workers, stop=stop)))

    assert seconds_to_stop(work) < 1
    assert not found[0].complete


def test_a_placeholder_of_the_cloud_is_never_read(tmp_path, monkeypatch):
    for name in ("here.jpg", "away.jpg"):
        (tmp_path / name).write_bytes(b"x")
    real = os.open
    opened = []
    monkeypatch.setattr(walking, "_PLAIN_STATUS", False)
    monkeypatch.setattr(
        os, "open", lambda path, *more, **named: opened.append(path) or real(path, *more, **named)
    )

    def attributes(status):
        away = status.st_ino == (tmp_path / "away.jpg").stat().st_ino
        return SimpleNamespace(st_file_attributes=stat.FILE_ATTRIBUTE_OFFLINE if away else 0)

    real_look = exclusions.not_downloaded
    monkeypatch.setattr(exclusions, "not_downloaded", lambda status: real_look(attributes(status)))
    looked = look([tmp_path])
    assert [photo.path.name for photo in looked.photos] == ["here.jpg"]
    assert [(each.path.name, each.reason) for each in looked.skipped] == [
        ("away.jpg", SkipReason.NOT_DOWNLOADED)
    ]
    assert opened == []
