"""Pictures come from elsewhere, the newest wish first, and what cannot be shown is known to be so."""

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from photodedup.core.values import Fingerprint, Library, Photo
from photodedup.gui import thumbnails
from photodedup.gui.thumbnails import Size, Thumbnails


def pair(number: int) -> tuple[Library, int]:
    content = number.to_bytes(32, "big")
    photo = Photo(Path(f"/photos/{number}.jpg"), 1, 1, 1, number)
    return Library([photo], [Fingerprint(content, b"", b"", False, 2, 2, "JPEG", None, "")]), 0


class Store:
    """Loads grey pictures; photo 9 cannot be shown; waits at a gate."""

    def __init__(self) -> None:
        self.gate, self.loaded, self.closed = threading.Event(), [], 0

    def open(self, _stop):
        return self.load, self.close

    def load(self, photo: Photo, _content: bytes, _size: Size):
        self.gate.wait(20)
        self.loaded.append(photo.inode)
        return None if photo.inode == 9 else (2, 1, bytes(6))

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def store(qt):
    return Store()


@pytest.fixture
def pictures(qt, store):
    parent = QObject()
    made = Thumbnails(store.open, parent)
    yield made
    store.gate.set()
    made.close()


def test_a_picture_is_there_after_it_was_wished_for(qt, store, pictures):
    store.gate.set()
    assert pictures.picture(*pair(1), Size.LARGE) is None
    qt(lambda: pictures.picture(*pair(1), Size.LARGE) is not None)
    assert pictures.picture(*pair(1), Size.LARGE).width() == 2
    assert store.loaded == [1]


def test_the_newest_wish_comes_first(qt, store, pictures):
    for number in (1, 2, 3, 4):
        pictures.picture(*pair(number), Size.LARGE)
    store.gate.set()
    qt(lambda: len(store.loaded) == 4)
    assert store.loaded.index(4) < store.loaded.index(2)


def test_what_cannot_be_shown_is_an_empty_picture(qt, store, pictures):
    store.gate.set()
    pictures.picture(*pair(9), Size.SMALL)
    qt(lambda: pictures.picture(*pair(9), Size.SMALL) is not None)
    assert pictures.picture(*pair(9), Size.SMALL).isNull()


def test_the_cache_lets_go_of_the_oldest(qt, store, pictures, monkeypatch):
    monkeypatch.setattr(thumbnails, "CACHE_BYTES", 20)
    store.gate.set()
    for number in (1, 2, 3, 4):
        pictures.picture(*pair(number), Size.LARGE)
        qt(lambda n=number: pictures.picture(*pair(n), Size.LARGE) is not None)
    assert pictures.picture(*pair(1), Size.LARGE) is None


def test_each_thread_closes_what_it_opened(qt, store):
    parent = QObject()
    made = Thumbnails(store.open, parent)
    store.gate.set()
    made.picture(*pair(1), Size.SMALL)
    made.picture(*pair(1), Size.LARGE)
    qt(lambda: len(store.loaded) == 2)
    made.close()
    assert store.closed == 2


def test_a_wish_that_was_given_up_can_be_wished_again(qt, store, pictures, monkeypatch):
    monkeypatch.setattr(thumbnails, "WAITING", 3)
    for number in range(1, 9):
        pictures.picture(*pair(number), Size.LARGE)
    store.gate.set()
    qt(lambda: all(pictures.picture(*pair(number), Size.LARGE) is not None for number in range(1, 9)))


def test_a_picture_that_fails_costs_no_other(qt, store, pictures, monkeypatch):
    def load(photo: Photo, _content: bytes, _size: Size):
        if photo.inode == 2:
            raise RuntimeError("the catalogue is locked")
        return 2, 1, bytes(6)

    monkeypatch.setattr(store, "load", load)
    for number in (1, 2, 3):
        pictures.picture(*pair(number), Size.SMALL)
    qt(lambda: all(pictures.picture(*pair(number), Size.SMALL) is not None for number in (1, 2, 3)))
    assert pictures.picture(*pair(2), Size.SMALL).isNull()
    assert not pictures.picture(*pair(3), Size.SMALL).isNull()
