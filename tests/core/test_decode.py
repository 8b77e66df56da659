"""Pictures come out small, upright, in sRGB on white, whatever the file; what cannot be read says why."""

import io
import struct
import zlib
from datetime import datetime

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw

from photodedup.core.decode import Task, Workers, identity, read_view
from photodedup.core.decode.exif import _TAKEN
from photodedup.core.decode.picture import read_small, view
from photodedup.core.decode.task import RefusedError
from photodedup.core.values import Photo, SkipReason

ORIENTATION = 0x0112


def scene(width=640, height=480, seed=1):
    """A picture with texture that looks different from every side."""
    random = np.random.default_rng(seed)
    picture = Image.fromarray(random.integers(0, 255, (12, 16, 3), np.uint8)).resize((width, height))
    ImageDraw.Draw(picture).ellipse((width * 0.1, height * 0.1, width * 0.3, height * 0.4), fill="red")
    return picture


def saved(picture, form="JPEG", **options):
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    stream.seek(0)
    return stream


def exif(**tags):
    made = Image.Exif()
    for tag, value in tags.items():
        made[int(tag[1:], 16)] = value
    return made


def pixels(image):
    return np.asarray(image, np.int16)


def apart(image):
    """By how many grey levels a picture differs from the scene in the mean."""
    return np.abs(pixels(image) - pixels(scene().resize(image.size))).mean()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "AVIF", "HEIF"])
def test_every_format_is_read_small_and_keeps_its_full_size(form):
    import pillow_heif

    pillow_heif.register_heif_opener()
    small = read_small(saved(scene(), form))
    assert (small.width, small.height, small.format) == (640, 480, form)
    # A JPEG stays as its decoder gives it, since half of this one would be too small.
    assert small.image.size == ((640, 480) if form == "JPEG" else (320, 240))
    assert small.image.mode == "RGB"
    assert apart(small.image) < 9


@pytest.mark.parametrize("turn", range(1, 9))
def test_the_camera_may_be_held_in_any_way(turn):
    from photodedup.core.decode.colour import _TRANSPOSE

    stored = scene()
    undo = {6: 8, 8: 6}.get(turn, turn)
    if undo in _TRANSPOSE:
        stored = stored.transpose(_TRANSPOSE[undo])
    for form in ("JPEG", "PNG", "TIFF", "WEBP"):
        small = read_small(saved(stored, form, exif=exif(x112=turn)))
        assert (small.width, small.height) == (640, 480)
        assert apart(small.image) < 8


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_absurd_orientation_is_no_turn(value):
    small = read_small(saved(scene(), exif=exif(x112=value)))
    assert (small.width, small.height) == (640, 480)


@pytest.mark.parametrize(
    ("form", "size", "expected"),
    [
        ("PNG", (1000, 750), 240),
        ("PNG", (3000, 600), 128),
        ("PNG", (200, 90), 90),
        ("JPEG", (4000, 3000), 375),
        ("JPEG", (1024, 1024), 512),
        ("JPEG", (3000, 600), 150),
        ("JPEG", (200, 90), 90),
    ],
)
def test_the_shorter_side_never_falls_below_128_where_there_are_as_many(form, size, expected):
    small = read_small(saved(scene(*size), form))
    assert min(small.image.size) == expected
    assert (small.width, small.height) == size


def test_sixteen_bits_of_grey_do_not_turn_white():
    steps = np.linspace(0, 65535, 256, dtype=np.uint16).reshape(16, 16).repeat(8, 0).repeat(8, 1)
    for form in ("PNG", "TIFF"):
        small = read_small(saved(Image.fromarray(steps), form))
        assert np.abs(pixels(small.image)[..., 0] - (steps // 257)).max() <= 1


@pytest.mark.parametrize("top", [1.0, 255.0, 65535.0, 1e9])
def test_floating_point_pictures_keep_their_tones(top):
    steps = (np.linspace(0, top, 128 * 128).reshape(128, 128)).astype(np.float32)
    small = read_small(saved(Image.fromarray(steps), "TIFF"))
    assert np.abs(pixels(small.image)[..., 0] - steps * (255 / top)).max() <= 1


def test_what_shows_through_becomes_white():
    clear = Image.new("RGBA", (200, 200), (255, 0, 0, 0))
    palette = Image.new("P", (200, 200), 0)
    palette.putpalette([255, 0, 0, 0, 255, 0])
    for stream in (
        saved(clear, "PNG"),
        saved(clear, "WEBP", lossless=True),
        saved(palette, "PNG", transparency=0),
    ):
        assert read_small(stream).image.getextrema() == ((255, 255),) * 3


@pytest.mark.parametrize("mode", ["L", "CMYK", "1", "P", "LA"])
def test_every_mode_becomes_rgb(mode):
    form = "JPEG" if mode in ("L", "CMYK") else "PNG"
    assert read_small(saved(scene().convert(mode), form)).image.mode == "RGB"


def test_an_embedded_profile_is_honoured_and_a_broken_one_ignored():
    lab = ImageCms.createProfile("LAB")
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), lab, "RGB", "LAB")
    stored = saved(to_lab.apply(scene()), "TIFF")
    assert apart(read_small(stored).image) < 4
    broken = read_small(saved(scene(), icc_profile=b"no profile at all"))
    assert apart(broken.image) < 4


def test_facts_are_read_and_the_maker_is_named_once():
    made = exif(x10f="Canon\0", x110="Canon EOS 5D ")
    made.get_ifd(0x8769)[_TAKEN] = "2019:07:01 12:30:05"
    small = read_small(saved(scene(), exif=made))
    assert (small.taken, small.camera) == (datetime(2019, 7, 1, 12, 30, 5), "Canon EOS 5D")
    assert (
        read_small(saved(scene(), exif=exif(x10f="NIKON CORPORATION", x110="NIKON D70"))).camera
        == "NIKON D70"
    )
    assert read_small(saved(scene(), exif=exif(x10f="Apple", x110="iPhone 7"))).camera == "Apple iPhone 7"


@pytest.mark.parametrize(
    "text", ["0000:00:00 00:00:00", "yesterday", "", "2019:13:45 99:99:99", "    :  :     :  :  "]
)
def test_garbage_for_a_time_is_no_time(text):
    made = exif()
    made.get_ifd(0x8769)[_TAKEN] = text
    assert read_small(saved(scene(), exif=made)).taken is None


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width, height):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(99)))


BOMB_WEBP = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f" + struct.pack("<I", 16382 | 16382 << 14) + b"\0" * 9
BOMB_JPEG = (
    b"\xff\xd8\xff\xc0\x00\x11\x08"
    + struct.pack(">HH", 65500, 65500)
    + b"\x03\x01\x22\0\x02\x11\x01\x03\x11\x01"
)


@pytest.mark.parametrize("data", [png_of(30000, 30000), png_of(2**31 - 1, 2**31 - 1), BOMB_WEBP, BOMB_JPEG])
def test_a_bomb_is_refused_before_it_is_decoded(data):
    with pytest.raises(RefusedError) as refused:
        read_small(io.BytesIO(data))
    assert refused.value.reason is SkipReason.TOO_LARGE


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", SkipReason.UNSUPPORTED_FORMAT),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", SkipReason.UNSUPPORTED_FORMAT),
        (b"<?xml version='1.0'?><svg/>", SkipReason.UNSUPPORTED_FORMAT),
        (b"8BPS\0\1", SkipReason.UNSUPPORTED_FORMAT),
        (b"just words", SkipReason.NOT_A_PICTURE),
        (b"\0" * 4096, SkipReason.DAMAGED),
        (b"\xff\xd8\xff\xe0broken", SkipReason.DAMAGED),
    ],
)
def test_what_is_no_picture_says_what_it_is(tmp_path, workers, data, reason):
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    assert workers.run_one(Task(path, read)).reason is reason


def test_a_raw_photo_is_not_taken_for_its_tiny_preview():
    with pytest.raises(RefusedError) as refused:
        read_small(saved(scene(), "TIFF", tiffinfo={50706: b"\1\4\0\0"}))
    assert refused.value.reason is SkipReason.UNSUPPORTED_FORMAT


def test_a_jpeg_that_carries_a_second_picture_is_a_jpeg():
    stored = saved(scene(), "MPO", save_all=True, append_images=[scene(seed=2)])
    assert read_small(stored).format == "JPEG"


def read(stream):
    from photodedup.core.decode.intake import take_in
    from photodedup.core.decode.picture import read_small

    small = read_small(take_in(stream)[0])
    return small.width, small.height


@pytest.fixture(scope="module")
def workers():
    with Workers(1) as pool:
        yield pool


def test_the_name_does_not_decide_and_a_cut_file_is_damaged(tmp_path, workers):
    whole = saved(scene()).getvalue()
    (tmp_path / "jpeg.png").write_bytes(whole)
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    assert workers.run_one(Task(tmp_path / "jpeg.png", read)) == (640, 480)
    assert workers.run_one(Task(tmp_path / "cut.jpg", read)).reason is SkipReason.DAMAGED


def test_a_view_is_upright_and_never_enlarged(tmp_path, workers):
    path = tmp_path / "a.jpg"
    path.write_bytes(saved(scene(1200, 800), exif=exif(x112=6)).getvalue())
    status = path.stat()
    photo = Photo(path, status.st_size, status.st_mtime_ns, status.st_dev, status.st_ino)
    assert identity(photo)[2] == status.st_size
    width, height, data = read_view(workers, photo, 600)
    assert (width, height, len(data)) == (400, 600, 400 * 600 * 3)
    width, height, data = read_view(workers, photo, 5000)
    assert (width, height, len(data)) == (800, 1200, 800 * 1200 * 3)


def test_a_view_reads_through_a_raw_stream(tmp_path):
    path = tmp_path / "a.png"
    scene().save(path)
    with path.open("rb", buffering=0) as stream:
        assert view(stream, 64)[:2] == (64, 48)
