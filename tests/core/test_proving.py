"""Identical pictures are proven, by as little decoding as proves it."""

import io
import shutil
from threading import Event

import pytest
from blake3 import blake3
from PIL import Image

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.fingerprint import Suspect, prove_pixels
from photodedup.core.scan import look
from photodedup.core.values import SkipReason
from tests.pictures import save, scene

NOTE = b"\xff\xfe\x00\x08noted!"


@pytest.fixture(scope="module")
def workers():
    with Workers(1) as pool:
        yield pool


class Watched:
    """Workers that count what is asked of them."""

    def __init__(self, workers):
        self.workers, self.asked = workers, []

    def run(self, tasks, stop=None):
        self.asked += [task.function.rpartition(":")[2] for task in tasks]
        yield from self.workers.run(tasks, stop)


@pytest.fixture
def folder(tmp_path):
    """A photo, a copy of the file, and a copy with a note in it."""
    save(scene(1), tmp_path / "a.jpg")
    shutil.copyfile(tmp_path / "a.jpg", tmp_path / "copy.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "noted.jpg").write_bytes(data[:2] + NOTE + data[2:])
    return tmp_path


def content(path):
    return blake3(path.read_bytes()).digest()


def proven(folder, catalogue, workers, looks=None):
    photos = list(look([folder]).photos)
    suspects = [
        Suspect(photo, content(photo.path), (looks or {}).get(photo.path.name, 1)) for photo in photos
    ]
    return {photos[place].path.name: answer for place, answer in prove_pixels(suspects, catalogue, workers)}


def test_photos_of_one_code_are_proven_without_decoding(folder, workers):
    watched = Watched(workers)
    with Catalogue(None) as catalogue:
        digests = proven(folder, catalogue, watched)
    assert set(digests) == {"a.jpg", "copy.jpg", "noted.jpg"}
    assert len(set(digests.values())) == 1
    assert watched.asked == ["code", "code"]


def test_a_photo_and_its_lossless_copy_are_proven_by_their_pixels(folder, workers):
    decoded = Image.open(io.BytesIO((folder / "a.jpg").read_bytes()))
    decoded.save(folder / "same.png")
    watched = Watched(workers)
    with Catalogue(None) as catalogue:
        digests = proven(folder, catalogue, watched)
    assert len(digests) == 4
    assert len(set(digests.values())) == 1
    assert watched.asked.count("prove") == 2


def test_photos_of_one_look_with_other_pixels_get_other_digests(folder, workers):
    save(scene(1), folder / "again.jpg", quality=91)
    with Catalogue(None) as catalogue:
        digests = proven(folder, catalogue, workers)
    assert digests["a.jpg"] == digests["copy.jpg"] == digests["noted.jpg"]
    assert digests["again.jpg"] != digests["a.jpg"]


def test_a_look_that_may_have_other_codes_is_proven_by_pixels(folder, workers):
    watched = Watched(workers)
    with Catalogue(None) as catalogue:
        digests = proven(folder, catalogue, watched, dict.fromkeys(("a.jpg", "copy.jpg", "noted.jpg"), -1))
    assert len(set(digests.values())) == 1
    assert watched.asked.count("prove") == 1


def test_what_was_proven_is_remembered(folder, workers):
    Image.open(folder / "a.jpg").save(folder / "same.png")
    idle = Watched(workers)
    with Catalogue(None) as catalogue:
        first = proven(folder, catalogue, workers, {"same.png": 2})
        assert proven(folder, catalogue, idle, {"same.png": 2}) == first
    assert idle.asked == []


def test_a_copy_that_comes_later_is_compared_with_what_was_proven_before(folder, workers):
    with Catalogue(None) as catalogue:
        proven(folder, catalogue, workers)
        Image.open(folder / "a.jpg").save(folder / "same.png")
        first = proven(folder, catalogue, workers)
        data = (folder / "a.jpg").read_bytes()
        (folder / "later.jpg").write_bytes(data[:2] + NOTE + NOTE + data[2:])
        digests = proven(folder, catalogue, workers)
    assert len(set(digests.values())) == 1
    assert set(first.values()) == set(digests.values())


def test_a_file_that_is_not_what_was_measured_proves_nothing(folder, workers):
    photo = next(photo for photo in look([folder]).photos if photo.path.name == "a.jpg")
    with Catalogue(None) as catalogue:
        ((place, answer),) = prove_pixels([Suspect(photo, b"other content", 1)], catalogue, workers)
    assert (place, answer.reason) == (0, SkipReason.UNREADABLE)


def test_stopped_between_the_steps_it_says_nothing_false(folder, workers):
    stop = Event()
    stop.set()
    photos = list(look([folder]).photos)
    suspects = [Suspect(photo, content(photo.path), 1) for photo in photos]
    with Catalogue(None) as catalogue:
        assert list(prove_pixels(suspects, catalogue, workers, stop)) == []
