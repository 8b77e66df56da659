"""A photo that was cut or partly wiped is told as damaged or left out, whatever its format, and no other."""

import io
import struct
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.decode.boxes import items
from photodedup.core.decode.picture import read_small
from photodedup.core.decode.task import RefusedError
from photodedup.core.line import Crew, Settings, search
from photodedup.core.values import SkipReason
from tests.pictures import save, scene

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
INTACT = ("photos", "groups", "hard_negatives", "companions", "formats")
pillow_heif.register_heif_opener()

FORMS = {
    "PNG": ("PNG", {}),
    "WebP": ("WEBP", {"quality": 85}),
    "WebP lossless": ("WEBP", {"lossless": True}),
    "TIFF": ("TIFF", {}),
    "TIFF LZW": ("TIFF", {"compression": "tiff_lzw"}),
    "TIFF deflate": ("TIFF", {"compression": "tiff_adobe_deflate"}),
    "GIF": ("GIF", {}),
    "AVIF": ("AVIF", {}),
    "HEIF": ("HEIF", {}),
    "HEIF with a preview": ("HEIF", {"thumbnails": [320]}),
    "BMP": ("BMP", {}),
    "JPEG of four inks": ("JPEG", {"quality": 90}),
}


def saved(picture, form, **options):
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


def bright(seed):
    """A photo without black in it, so that black can only come from damage."""
    return Image.fromarray((np.asarray(scene(seed, 900, 700)) // 2 + 100).astype(np.uint8))


def made(name):
    form, options = FORMS[name]
    picture = bright(3)
    return saved(picture.convert("CMYK") if "inks" in name else picture, form, **options)


MADE = {name: made(name) for name in FORMS}


def outcome(data):
    """Whether it is damaged, or why it is no photo."""
    try:
        return read_small(io.BytesIO(data)).damaged
    except RefusedError as refused:
        return refused.reason
    except Exception:  # the worker makes this of whatever a codec raises
        return SkipReason.DAMAGED


@pytest.mark.parametrize("name", FORMS)
def test_what_is_whole_is_not_damaged(name):
    assert outcome(MADE[name]) is False


@pytest.mark.parametrize("name", FORMS)
@given(share=st.floats(0.05, 0.97))
@settings(max_examples=8, deadline=None)
def test_what_was_cut_is_damaged_or_left_out(name, share):
    data = MADE[name]
    assert outcome(data[: int(len(data) * share)]) in (True, SkipReason.DAMAGED)


@pytest.mark.parametrize("name", FORMS)
@given(share=st.floats(0.15, 0.9))
@settings(max_examples=8, deadline=None)
def test_what_was_wiped_in_part_is_damaged_or_left_out(name, share):
    data = MADE[name]
    at, length = int(len(data) * share), min(4096, len(data) // 10)
    assert outcome(data[:at] + bytes(length) + data[at + length :]) in (True, SkipReason.DAMAGED)


@pytest.mark.parametrize("name", FORMS)
@given(share=st.floats(0.15, 0.9))
@settings(max_examples=8, deadline=None)
def test_what_was_wiped_to_its_end_is_damaged_or_left_out(name, share):
    data = MADE[name]
    at = int(len(data) * share)
    assert outcome(data[:at] + bytes(len(data) - at)) in (True, SkipReason.DAMAGED)


def test_a_small_block_of_a_disk_that_was_wiped_is_noticed_within_a_row():
    data = bytearray(saved(bright(4), "BMP"))
    data[300_032 : 300_032 + 512] = bytes(512)
    assert outcome(bytes(data)) is True


def framed(size=(900, 700), colour="black"):
    picture = Image.new("RGB", size, colour)
    picture.paste(scene(5, 400, 300), (250, 200))
    return picture


def drawn():
    picture = Image.new("RGB", (900, 700), "white")
    pen = ImageDraw.Draw(picture)
    for at in range(50, 650, 40):
        pen.line((30, at, 870, at), "black")
    pen.rectangle((0, 300, 900, 340), "black")
    pen.ellipse((100, 100, 400, 400), "black")
    return picture


def night():
    values = np.asarray(scene(6, 900, 700), np.int16) - 110
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


HARMLESS = {
    "a black frame": framed,
    "a white frame": lambda: framed(colour="white"),
    "a drawing": drawn,
    "a night": night,
    "black": lambda: Image.new("RGB", (900, 700)),
    "white": lambda: Image.new("RGB", (900, 700), "white"),
    "a bar below": lambda: framed((900, 1400)),
}


@pytest.mark.parametrize("name", [name for name in FORMS if "inks" not in name])
@pytest.mark.parametrize("picture", HARMLESS)
def test_black_and_empty_parts_are_no_damage(picture, name):
    form, options = FORMS[name]
    assert outcome(saved(HARMLESS[picture](), form, **options)) is False


def test_a_damaged_copy_is_never_the_keeper(tmp_path):
    whole = save(scene(1, 900, 700), tmp_path / "whole.webp", quality=80).read_bytes()
    (tmp_path / "whole.webp").write_bytes(whole)
    larger = saved(scene(1, 1800, 1400), "HEIF", thumbnails=[320])
    middle = len(larger) // 3
    (tmp_path / "larger.heic").write_bytes(larger[:middle] + bytes(3000) + larger[middle + 3000 :])
    with Catalogue(None) as catalogue, Workers(1) as workers:
        found = search([tmp_path], Settings(), Crew(catalogue, workers))
    damaged = {
        photo.path.name: seen.damaged
        for photo, seen in zip(found.library.photos, found.library.fingerprints, strict=True)
    }
    assert damaged == {"larger.heic": True, "whole.webp": False}
    shown = found.suggest(48)
    assert [found.library.photos[int(keeper)].path.name for keeper in shown.keeper] == ["whole.webp"]


@given(
    changes=st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), max_size=10),
    end=st.integers(0, 900),
)
@settings(max_examples=80, deadline=None)
def test_no_change_to_the_boxes_of_a_heif_raises_anything(changes, end):
    data = bytearray(MADE["HEIF with a preview"])
    for place, value in changes:
        data[place] = value
    assert all(item.start <= item.end for item in items(bytes(data[: len(data) - end])))


def test_the_places_of_a_heif_lie_in_its_data():
    data = MADE["HEIF with a preview"]
    found = [item for item in items(data) if item.coding == b"hvc1"]
    assert len(found) == 2
    for item in found:
        (length,) = struct.unpack_from(">I", data, item.start)
        assert length <= item.end - item.start - 4


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the real photos are not beside the checkout")
def test_no_intact_picture_of_the_corpus_is_told_as_damaged():
    wrong, read = [], 0
    for path in sorted(path for part in INTACT for path in (CORPUS / part).rglob("*")):
        if path.suffix.lower() in (".jpg", ".jpeg", ".mov", ".mp4") or not path.is_file():
            continue
        told = outcome(path.read_bytes())
        read += told is False
        if told is True:
            wrong.append(path.name)
    assert wrong == []
    assert read > 120
