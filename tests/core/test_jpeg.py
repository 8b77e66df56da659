"""A JPEG is decoded as small as serves, pixel for pixel as Pillow does, and a damaged one is never intact."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from photodedup.core.decode import jpeg
from photodedup.core.decode.picture import read_small
from photodedup.core.decode.pixels import code
from photodedup.core.decode.scans import essential
from photodedup.core.decode.task import RefusedError
from photodedup.core.values import SkipReason
from tests.pictures import scene

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
INTACT = ("photos", "groups", "hard_negatives", "formats/jpeg", "formats/mpo", "companions")
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the real photos are not beside the checkout")


def saved(picture, **options):
    stream = io.BytesIO()
    picture.save(stream, "JPEG", **{"quality": 90, **options})
    return stream.getvalue()


LARGE = scene(1, 1280, 1040)


def outcome(data):
    """What becomes of a JPEG: whether it is damaged, or why it is no photo."""
    try:
        return read_small(io.BytesIO(data)).damaged
    except RefusedError as refused:
        return refused.reason
    except (OSError, ValueError):
        return SkipReason.DAMAGED


def damage(data, kind, place, length=2048):
    """Harm a JPEG, at a share of its length."""
    at = int(len(data) * place)
    return {
        "cut": data[:at],
        "cut and closed": data[:at] + b"\xff\xd9",
        "zeroed": data[:at] + bytes(min(length, len(data) - at - 2)) + data[at + length :],
        "zeroed to the end": data[:at] + bytes(len(data) - at),
    }[kind]


KINDS = ("cut", "cut and closed", "zeroed", "zeroed to the end")


@pytest.mark.parametrize("options", [{}, {"subsampling": 0}, {"optimize": True}, {"restart_marker_rows": 1}])
@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_the_small_picture_is_that_of_pillow_pixel_for_pixel(options, progressive, mode):
    data = saved(LARGE.convert(mode), progressive=progressive, **options)
    plain = Image.open(io.BytesIO(data))
    plain.draft(None, (160, 130))
    small, damaged = jpeg.decode(data, mode, LARGE.size, (160, 130))
    assert not damaged
    assert small.mode == mode
    assert np.array_equal(np.asarray(small), np.asarray(plain))


@settings(max_examples=40)
@given(st.integers(1024, 1400), st.integers(1024, 1400), st.sampled_from([0, 1, 2]), st.integers(30, 98))
def test_leaving_out_what_an_eighth_does_not_need_changes_no_pixel(width, height, subsampling, quality):
    picture = LARGE.resize((width, height), Image.Resampling.NEAREST)
    data = saved(picture, progressive=True, subsampling=subsampling, quality=quality)
    shortened, complete = essential(data)
    assert complete
    assert len(shortened) < len(data)
    plain = Image.open(io.BytesIO(data))
    plain.draft(None, (width // 8, height // 8))
    small, _ = jpeg.decode(data, "RGB", picture.size, (width // 8, height // 8))
    assert np.array_equal(np.asarray(small), np.asarray(plain))


@pytest.mark.parametrize("kind", KINDS)
@given(seed=st.integers(0, 3), place=st.floats(0.1, 0.97))
@settings(max_examples=12, deadline=None)
def test_a_damaged_jpeg_is_never_intact(kind, seed, place):
    data = saved(scene(seed, 640, 480))
    assert outcome(damage(data, kind, place)) in (True, SkipReason.DAMAGED)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", [0.2, 0.4, 0.5])
def test_damage_in_the_scans_that_are_left_out_is_noticed(kind, place):
    data = saved(LARGE, progressive=True)
    assert outcome(damage(data, kind, place)) in (True, SkipReason.DAMAGED)


def test_a_slightly_cut_photo_is_kept_and_told_as_damaged_and_a_rest_is_skipped():
    data = saved(LARGE)
    assert outcome(damage(data, "cut", 0.95)) is True
    assert outcome(damage(data, "cut and closed", 0.95)) is True
    assert outcome(damage(data, "cut", 0.4)) is SkipReason.DAMAGED


def test_junk_that_harms_no_pixel_is_no_damage():
    data = saved(LARGE)
    assert outcome(data + b"a film, as phones append one" * 50) is False
    table = data.index(b"\xff\xdb")
    assert outcome(data[:table] + b"junk!" + data[table:]) is False


def code_of(tmp_path, data):
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    with path.open("rb", buffering=0) as stream:
        return code(stream)[1]


def test_jpegs_that_differ_beside_their_pixels_only_have_one_code(tmp_path):
    data = saved(LARGE)
    exif = Image.Exif()
    exif[0x010F] = "Acme"
    same = [saved(LARGE, exif=exif), saved(LARGE, comment="edited"), data + b"tail"]
    assert {code_of(tmp_path, each) for each in same} == {code_of(tmp_path, data)}
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    others = [
        saved(LARGE, exif=exif),
        saved(LARGE, quality=91),
        saved(LARGE, icc_profile=profile),
        saved(LARGE, progressive=True),
        data.replace(b"JFIF", b"JFXX", 1)[:-2] + b"\0\xff\xd9",
    ]
    assert len({code_of(tmp_path, each) for each in [data, *others]}) == 1 + len(others)


@needs_corpus
@pytest.mark.corpus
def test_no_intact_photo_of_the_corpus_is_told_as_damaged():
    paths = [path for part in INTACT for path in sorted((CORPUS / part).rglob("*.jp*g"))]
    assert len(paths) > 250
    assert [path for path in paths if outcome(path.read_bytes()) not in (False,)] == []


@needs_corpus
@pytest.mark.corpus
def test_every_damaged_photo_of_the_corpus_is_told_as_damaged():
    random = np.random.default_rng(1)
    missed = []
    paths = sorted((CORPUS / "photos").rglob("*.jp*g"))
    for path in paths:
        data = path.read_bytes()
        for kind in KINDS:
            if outcome(damage(data, kind, random.uniform(0.15, 0.9))) is False:
                missed.append((path.name, kind))
    assert len(paths) * len(KINDS) >= 90
    assert missed == []
