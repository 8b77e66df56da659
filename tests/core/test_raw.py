"""A raw photo is known by the JPEG that its camera put into it, turned as the camera was held."""

import io
import struct
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Task, Workers
from photodedup.core.decode.layouts import layout_of
from photodedup.core.decode.picture import read_small, view
from photodedup.core.decode.pixels import code, prove
from photodedup.core.decode.raw import is_raw, read_raw
from photodedup.core.decode.tags import directories
from photodedup.core.decode.task import RefusedError
from photodedup.core.fingerprint.measure import measure
from photodedup.core.line import Crew, Settings, search
from photodedup.core.values import RAW_FORMATS, SkipReason
from tests.core import raws
from tests.pictures import scene


def pixels(image):
    return np.asarray(image, np.int16)


def small(data):
    return read_small(io.BytesIO(data))


SHOWN = raws.jpeg()


@pytest.mark.parametrize("form", raws.MADE)
def test_every_layout_is_read_by_its_largest_preview(form):
    made = small(raws.MADE[form](SHOWN))
    assert (made.format, made.damaged) == (form, False)
    assert {form} <= RAW_FORMATS
    assert made.width in (2990, 3000)
    assert made.height in (1990, 2000)
    assert np.abs(pixels(made.image) - pixels(scene(1, 1200, 800).resize(made.image.size))).mean() < 8
    if form not in ("RAF", "X3F"):
        assert made.camera.endswith("One")
        assert (made.taken or datetime(2019, 7, 21)).date() == datetime(2019, 7, 21).date()


@pytest.mark.parametrize("turn", [3, 6, 8])
@pytest.mark.parametrize("form", [form for form in raws.MADE if form != "RAF"])
def test_the_turn_of_the_raw_photo_is_honoured(form, turn):
    from photodedup.core.decode.colour import upright

    made = small(raws.MADE[form](SHOWN, turn))
    expected = upright(scene(1, 1200, 800), turn)
    assert (made.width > made.height) == (expected.width > expected.height)
    assert np.abs(pixels(made.image) - pixels(expected.resize(made.image.size))).mean() < 8


def test_the_turn_of_the_preview_serves_where_the_raw_photo_has_no_other():
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Fuji"
    made = small(raws.raf(raws.jpeg(exif=exif)))
    assert (made.width, made.height, made.camera) == (2000, 3000, "Fuji")


def test_a_preview_that_is_upright_already_is_not_turned_again():
    made = small(raws.dng(raws.jpeg(1, 800, 1200), turn=6))
    assert made.width < made.height
    assert np.abs(pixels(made.image) - pixels(scene(1, 800, 1200).resize(made.image.size))).mean() < 8


def test_both_orders_of_bytes_are_read():
    assert small(raws.dng(SHOWN, order=">")).format == "DNG"


def test_what_has_no_usable_preview_is_a_reasoned_skip():
    for data in (raws.dng(raws.jpeg(1, 160, 120)), raws.dng(b"no picture"), raws.cr3(b"")):
        with pytest.raises(RefusedError) as refused:
            small(data)
        assert refused.value.reason is SkipReason.UNSUPPORTED_FORMAT
        assert "preview" in refused.value.what


def test_a_lossless_jpeg_of_a_sensor_is_no_preview():
    lossless = raws.jpeg(1, 2000, 1500).replace(b"\xff\xc0", b"\xff\xc3", 1)
    with pytest.raises(RefusedError):
        small(raws.dng(lossless))


@pytest.mark.parametrize("form", ["DNG", "NEF", "ARW", "CR2", "RAF", "CR3"])
def test_a_raw_photo_that_was_cut_is_damaged(form):
    whole = raws.MADE[form](SHOWN)
    big = bytes(200_000)
    longer = {
        "RAF": lambda: whole[:100] + struct.pack(">II", len(whole), len(big)) + whole[108:] + big,
        "CR3": lambda: raws.cr3(SHOWN + big),
    }
    data = longer[form]() if form in longer else whole
    cut = data[: len(data) - 100_000] if form in longer else with_far_strip(form)
    assert not small(data).damaged
    assert small(cut).damaged


def with_far_strip(form):
    """The same photo, of which a strip of pixels goes on behind the end."""
    data = raws.MADE[form](SHOWN)
    order = ">" if data[:2] == b"MM" else "<"
    at = data.find(struct.pack(f"{order}HHI", 0x117, raws.LONG, 1))
    return data[: at + 8] + struct.pack(f"{order}I", len(data)) + data[at + 12 :]


def test_a_plain_tiff_is_no_raw_photo():
    stream = io.BytesIO()
    scene(1).save(stream, "TIFF", compression="jpeg")
    assert not is_raw(stream)
    assert read_raw(stream) is None
    assert small(stream.getvalue()).format == "TIFF"


def test_a_view_is_that_of_the_preview(tmp_path):
    path = tmp_path / "a.dng"
    path.write_bytes(raws.dng(SHOWN, turn=6))
    with path.open("rb", buffering=0) as stream:
        assert view(stream, 600)[:2] == (400, 600)


def test_two_raw_photos_are_never_proven_to_be_one_picture_by_their_previews(tmp_path):
    one, two = tmp_path / "1.dng", tmp_path / "2.dng"
    one.write_bytes(raws.dng(SHOWN))
    two.write_bytes(raws.dng(SHOWN) + b"other")
    for task in (prove, code):
        with one.open("rb", buffering=0) as first, two.open("rb", buffering=0) as second:
            assert task(first)[1] != task(second)[1]


def test_a_raw_photo_and_its_jpeg_are_in_no_group_and_copies_of_it_are(tmp_path):
    for folder in ("Developed", "Raw"):  # beside each other they would be one photo
        (tmp_path / folder).mkdir()
    (tmp_path / "Developed/a.jpg").write_bytes(SHOWN)
    (tmp_path / "Raw/a.nef").write_bytes(raws.nef(SHOWN))
    (tmp_path / "Raw/a copy.nef").write_bytes(raws.nef(SHOWN))
    (tmp_path / "Raw/a.dng").write_bytes(raws.dng(SHOWN))
    with Catalogue(None) as catalogue, Workers(1) as workers:
        found = search([tmp_path], Settings(), Crew(catalogue, workers))
    names = [photo.path.name for photo in found.library.photos]
    assert sorted(names) == ["a copy.nef", "a.dng", "a.jpg", "a.nef"]
    groups = [{names[photo] for photo in group} for group in found.tree.cut(48)]
    assert groups == [{"a copy.nef", "a.dng", "a.nef"}]


def test_a_raw_photo_has_no_features_so_that_it_is_no_edited_copy_of_its_jpeg(tmp_path):
    for name, data, described in (("a.jpg", SHOWN, True), ("a.dng", raws.dng(SHOWN), False)):
        (tmp_path / name).write_bytes(data)
        with (tmp_path / name).open("rb", buffering=0) as stream:
            assert bool(measure(stream, "phash256", described=True)["features"]) is described


def hostile():
    """Raw photos that want to be read for ever."""
    loop = tiff_loop()
    many = raws.tiff([raws.facts() | {0xC612: 1, 0x14A: tuple(range(8, 16000, 4))}])
    huge = raws.dng(SHOWN).replace(struct.pack("<HHI", 0x117, 4, 1), struct.pack("<HHI", 0x117, 4, 2**31))
    deep = b"II\x1a\0\0\0HEAPCCDR".ljust(26, b"\0") + struct.pack("<HHII", 1, 0x300A, 10**6, 0) * 1000
    flood = raws.box(b"ftyp", b"crx \0\0\0\1crx isom") + struct.pack(">I4s", 8, b"free") * 100_000
    false = b"FOVb".ljust(40, b"\0") + b"\xff\xd8\xff\xe1\xff\xff" * 500_000
    return {"loop": loop, "many": many, "huge": huge, "deep": deep, "flood": flood, "false": false}


def tiff_loop():
    data = bytearray(raws.dng(SHOWN))
    first = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, first)[0]
    struct.pack_into("<I", data, first + 2 + 12 * count, first)
    return bytes(data)


@pytest.mark.parametrize("name", hostile())
def test_a_hostile_raw_photo_ends_soon(tmp_path, name):
    path = tmp_path / "a.dng"
    path.write_bytes(hostile()[name])
    with Workers(1) as workers:
        answer = workers.run_one(Task(path, measure, ("phash256",)))
    reason = getattr(answer, "reason", None)
    assert reason in (None, SkipReason.UNSUPPORTED_FORMAT, SkipReason.DAMAGED)


@given(
    form=st.sampled_from(sorted(raws.MADE)),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12),
    end=st.floats(0, 1),
)
@settings(max_examples=60, deadline=None)
def test_no_change_to_a_raw_photo_raises_anything_odd(form, changes, end):
    data = bytearray(raws.MADE[form](raws.jpeg(1, 240, 160)))
    for place, value in changes:
        data[int(place * (len(data) - 1)) % 600] = value
    data = bytes(data[: max(16, int(len(data) * end))])
    layout = layout_of(data, len(data))
    assert layout is None or layout.name in RAW_FORMATS
    assert len(directories(data)) <= 32
    try:
        read_raw(io.BytesIO(data))
    except RefusedError as refused:
        assert refused.reason in (SkipReason.UNSUPPORTED_FORMAT, SkipReason.DAMAGED)
