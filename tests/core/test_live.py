"""The content identifier of Live Photos, from good files, odd ones and garbage."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photodedup.core.decode.live import live_identifier
from tests.core.live import film, heic, jpeg

SAME = "E905E6C6-C747-4805-942F-9904A0281F02"


@pytest.mark.parametrize(
    "content",
    [
        jpeg(SAME),
        jpeg(SAME, b"a comment before"),
        heic(SAME),
        film(SAME),
        film(SAME, large=True),
        film(SAME, version=bytes(4), brand=b"isom"),
    ],
    ids=["jpeg", "jpeg with comment", "heic", "mov", "mov of long boxes", "mp4"],
)
def test_the_identifier_is_read(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert live_identifier(path) == SAME


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xe1\0\1Exif",
        b"\0\0\0\0moov",
        b"\0\0\0\4free",
        film(SAME).replace(b"content.identifier", b"content.identifies"),
        film(SAME).replace(b"ilst", b"xxxx"),
        film(SAME).replace(b"data", b"xxxx"),
        jpeg(SAME).replace(b"Apple iOS", b"Apple xxx"),
        jpeg(SAME).replace(b"\1MM", b"\1XX"),
        jpeg("E905\nE6C6"),
        jpeg("é" * 20),
        heic(SAME).replace(b"Exif", b"Fixe"),
    ],
)
def test_what_has_none_says_nothing(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert live_identifier(path) == ""


def test_a_file_that_is_not_there_is_an_error_and_a_link_is_not_followed(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "file").write_bytes(jpeg(SAME))
    for name in ("nothing", "link"):
        with pytest.raises(OSError, match=r"Too many levels|No such file"):
            live_identifier(tmp_path / name)


@given(st.sampled_from([jpeg(SAME), heic(SAME), film(SAME), film(SAME, large=True)]), st.integers())
def test_garbage_raises_nothing(tmp_path_factory, content, seed):
    dice = random.Random(seed)
    broken = bytearray(content)
    for _ in range(dice.randrange(1, 12)):
        broken[dice.randrange(len(broken))] = dice.choice([0, 1, 4, 127, 255])
    path = tmp_path_factory.getbasetemp() / "garbage"
    path.write_bytes(broken[: dice.randrange(len(broken)) if dice.random() < 0.3 else None])
    assert isinstance(live_identifier(path), str)


def test_the_pair_of_the_corpus_is_one(corpus):
    folder = corpus / "companions/live-photo"
    assert live_identifier(folder / "train.mov") == live_identifier(folder / "train.jpg") != ""
