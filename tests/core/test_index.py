"""The indexes of the service: dHash as imagehash makes it, kept for good, the same for all who ask."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from photodedup.core.decode import Workers
from photodedup.core.errors import NoIndexError, ServiceError
from photodedup.core.index import LEAST, MOST, Measured, Pictures, Upload, measure, usual_distance
from photodedup.core.index.sides import place, width
from photodedup.core.index.upload import dhash
from photodedup.core.values import Kind, Skipped, SkipReason
from tests.pictures import save, scene

PIXELS = 100_000_000


@pytest.fixture(scope="module")
def workers():
    with Workers(2) as pool:
        yield pool


@pytest.fixture
def pictures(tmp_path):
    with closing(Pictures(tmp_path / "data" / "s.sqlite")) as opened:
        yield opened


def measured(workers, path, side=16, most=PIXELS):
    with path.open("rb") as file:
        return measure(workers, path.name, file.fileno(), side, most)


def invented(number, side=16, **facts):
    """A picture that was never seen: each number has another dHash."""
    random = np.random.default_rng(number)
    sketch = b"".join(random.bytes(width(each)) for each in range(LEAST, MOST + 1))
    given = {"content": random.bytes(32), "pixels": random.bytes(32), "bits": random.bytes(width(side))}
    rest = {"plain": False, "tint": bytes(192), "width": 40, "height": 30, "format": "JPEG"}
    return Upload(f"{number}.jpg", 9, Measured(side=side, sketch=sketch, **(given | rest | facts)))


def found(pictures, upload, most=0, index="a", limit=1000):
    hits = pictures.find(index, upload.measured, most, limit)
    return [(hit.id, hit.distance, hit.kind) for hit in hits]


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(LEAST, MOST), st.integers(0, 9))
def test_a_dhash_is_that_of_imagehash(wide, high, side, seed):
    image = scene(seed, wide, high)
    expected = np.packbits(imagehash.dhash(image, side).hash).tobytes()
    assert dhash(image.convert("L"), side) == expected
    assert len(expected) == width(side)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "grey.jpg", "palette.gif"])
def test_an_upload_has_the_dhash_of_imagehash_at_full_size(tmp_path, workers, name):
    image = scene(3, 1600, 1200)
    path = save(image.convert("L") if name == "grey.jpg" else image, tmp_path / name)
    for side in (8, 16, 23):
        upload = measured(workers, path, side)
        with Image.open(path) as opened:
            assert upload.measured.bits == np.packbits(imagehash.dhash(opened, side).hash).tobytes()
        sketched = upload.measured.sketch[place(side) : place(side + 1)]
        apart = np.bitwise_count(
            np.frombuffer(sketched, np.uint8) ^ np.frombuffer(upload.measured.bits, np.uint8)
        )
        assert apart.sum() <= side * side / 25
    assert (upload.size, upload.measured.width) == (path.stat().st_size, 1600)


def test_an_upload_is_measured_upright(tmp_path, workers):
    exif = Image.Exif()
    exif[274] = 6
    turned = scene(4).transpose(Image.Transpose.ROTATE_90)
    one = measured(workers, save(turned, tmp_path / "turned.png", exif=exif)).measured
    other = measured(workers, save(scene(4), tmp_path / "plain.png")).measured
    assert (one.pixels, one.bits, one.width) == (other.pixels, other.bits, 640)


def test_what_is_no_picture_is_refused_with_a_reason(tmp_path, workers):
    whole = save(scene(1), tmp_path / "a.jpg").read_bytes()
    for name, data, reason in (
        ("empty.jpg", b"", SkipReason.EMPTY),
        ("text.jpg", b"hello, world" * 50, SkipReason.NOT_A_PICTURE),
        ("cut.jpg", whole[: len(whole) // 2], SkipReason.DAMAGED),
        ("../film.jpg", b"\0\0\0\x18ftypmp42" * 20, SkipReason.UNSUPPORTED_FORMAT),
    ):
        (tmp_path / Path(name).name).write_bytes(data)
        with (tmp_path / Path(name).name).open("rb") as file:
            refused = measure(workers, name, file.fileno(), 16, PIXELS)
        assert isinstance(refused, Skipped)
        assert refused.reason is reason
        assert refused.detail.startswith(Path(name).name)
    refused = measured(workers, tmp_path / "a.jpg", most=1000)
    assert (refused.reason, "640 x 480" in refused.detail) == (SkipReason.TOO_LARGE, True)


def test_copies_come_identical_ones_first_then_the_nearest(pictures):
    sought = invented(1)
    flipped = bytearray(sought.measured.bits)
    flipped[0] ^= 0b111
    others = [
        invented(2),
        invented(3, bits=bytes(flipped)),
        invented(4, pixels=sought.measured.pixels, bits=sought.measured.bits),
        sought,
    ]
    assert pictures.add("a", others) == [1, 2, 3, 4]
    expected = [(3, 0, Kind.IDENTICAL_PICTURE), (4, 0, Kind.IDENTICAL_FILE), (2, 3, Kind.NEAR_DUPLICATE)]
    assert found(pictures, sought, 3) == expected
    assert found(pictures, sought, 2) == expected[:2]
    assert found(pictures, sought, 3, limit=1) == expected[:1]
    assert len(found(pictures, sought, 256)) == 4


def test_an_identical_picture_is_a_copy_even_if_its_hash_was_made_otherwise(pictures):
    sought = invented(1)
    pictures.add("a", [invented(2, content=sought.measured.content)])
    assert [kind for _, _, kind in found(pictures, sought)] == [Kind.IDENTICAL_FILE]


def test_plain_pictures_are_copies_only_in_the_same_colours(pictures):
    red, almost, blue = bytes([200, 0, 0] * 64), bytes([198, 2, 1] * 64), bytes([0, 0, 200] * 64)
    flat = {"plain": True, "bits": bytes(32)}
    pictures.add("a", [invented(1, tint=red, **flat), invented(2, tint=blue, **flat)])
    assert found(pictures, invented(3, tint=almost, **flat)) == [(1, 0, Kind.NEAR_DUPLICATE)]
    assert found(pictures, invented(3, tint=almost, plain=False, bits=bytes(32))) == [
        (1, 0, Kind.NEAR_DUPLICATE)
    ]


def test_pictures_of_another_side_are_compared_by_their_sketches(pictures, tmp_path, workers):
    path = save(scene(5), tmp_path / "a.jpg")
    again = save(scene(5).resize((320, 240)), tmp_path / "b.jpg", quality=70)
    pictures.add("a", [measured(workers, path, 16), measured(workers, save(scene(6), tmp_path / "c.jpg"), 8)])
    for side in (2, 8, 11, 16, 32):
        assert found(pictures, measured(workers, path, side)) == [(1, 0, Kind.IDENTICAL_FILE)]
        close = found(pictures, measured(workers, again, side), usual_distance(side))
        assert [(number, kind) for number, _, kind in close][:1] == [(1, Kind.NEAR_DUPLICATE)]


def test_indexes_are_apart_and_one_that_is_not_there_is_told(pictures):
    pictures.add("a", [invented(1)])
    pictures.begin("b")
    pictures.begin("b")
    assert found(pictures, invented(1), index="b") == []
    assert pictures.images("b", 0, 10) == (0, [])
    with pytest.raises(NoIndexError, match="no index c"):
        found(pictures, invented(1), index="c")
    with pytest.raises(NoIndexError):
        pictures.images("c", 0, 10)


def test_a_removed_picture_is_found_no_more_and_its_number_never_given_again(pictures):
    assert pictures.add("a", [invented(1), invented(2)]) == [1, 2]
    assert found(pictures, invented(2)) == [(2, 0, Kind.IDENTICAL_FILE)]
    assert pictures.remove(2)
    assert not pictures.remove(2)
    assert found(pictures, invented(2)) == []
    assert pictures.add("a", [invented(3)]) == [3]
    assert [held.name for held in pictures.images("a", 0, 10)[1]] == ["1.jpg", "3.jpg"]
    assert found(pictures, invented(3)) == [(3, 0, Kind.IDENTICAL_FILE)]


def test_images_come_in_pages(pictures):
    pictures.add("a", [invented(number) for number in range(5)])
    total, page = pictures.images("a", 2, 2)
    assert (total, [(held.id, held.name, held.size) for held in page]) == (
        5,
        [(3, "2.jpg", 9), (4, "3.jpg", 9)],
    )


def test_adding_several_is_all_or_nothing(pictures):
    broken = Upload("b.jpg", 1, None)
    with pytest.raises(AttributeError):
        pictures.add("a", [invented(1), broken])
    with pytest.raises(NoIndexError):
        pictures.images("a", 0, 1)


def test_two_who_have_the_same_file_open_see_what_the_other_does(pictures, tmp_path):
    with closing(Pictures(tmp_path / "data" / "s.sqlite")) as other:
        pictures.add("a", [invented(1)])
        assert len(found(other, invented(1))) == 1
        other.add("a", [invented(2)])
        assert len(found(pictures, invented(2))) == 1
        other.remove(1)
        assert found(pictures, invented(1)) == []


def test_threads_that_add_and_look_at_once_lose_nothing(pictures):
    def work(number):
        pictures.add("a", [invented(number)])
        return len(found(pictures, invented(number)))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(60))) == [1] * 60
    assert pictures.images("a", 0, 1)[0] == 60


ADDING = """
import sys
from pathlib import Path
from photodedup.core.index import Pictures
from tests.core.test_index import invented
pictures = Pictures(Path(sys.argv[1]))
for number in range(20):
    pictures.add("a", [invented(int(sys.argv[2]) + number)])
"""


def test_processes_that_add_to_a_new_file_at_once_lose_nothing(tmp_path):
    (tmp_path / "adding.py").write_text(ADDING)
    path = tmp_path / "new.sqlite"
    commands = [[sys.executable, tmp_path / "adding.py", path, str(start)] for start in (0, 100, 200)]
    root = Path(__file__).parents[2]
    running = [subprocess.Popen(command, cwd=root, env={"PYTHONPATH": str(root)}) for command in commands]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    with closing(Pictures(path)) as pictures:
        assert pictures.images("a", 0, 1)[0] == 60


TELLING = {
    "broken": "not a database",
    "foreign": "another program",
    "earlier": "an early photodedup",
    "newer": "a newer photodedup",
    "folder": "unable to open",
}


@pytest.mark.parametrize("what", TELLING)
def test_a_file_that_cannot_be_used_is_told_and_stays_as_it_is(tmp_path, what):
    path = tmp_path / "s.sqlite"
    if what == "folder":
        path.mkdir()
    elif what == "broken":
        path.write_bytes(b"no database at all" * 300)
    elif what == "foreign":
        with closing(sqlite3.connect(path)) as raw:
            raw.executescript("CREATE TABLE other (x); PRAGMA user_version=1")
    else:
        Pictures(path).close()
        with closing(sqlite3.connect(path)) as raw:
            raw.execute(f"PRAGMA user_version={1 if what == 'earlier' else 99}")
    before = None if what == "folder" else path.read_bytes()
    with pytest.raises(ServiceError, match=TELLING[what]):
        Pictures(path)
    assert what == "folder" or path.read_bytes() == before
