"""Times to the fraction of a second, which tell the shots of one moment."""

import io
from datetime import datetime

import pytest
from PIL import Image

from photodedup.core.decode import exif

TAKEN, DIGITISED, FRACTION, OTHER_FRACTION = 0x9003, 0x9004, 0x9291, 0x9292
SECOND = "2019:07:11 15:07:32"


def opened(tags):
    made, stream = Image.Exif(), io.BytesIO()
    made.get_ifd(0x8769).update(tags)
    Image.new("RGB", (8, 8)).save(stream, "JPEG", exif=made)
    return Image.open(stream)


@pytest.mark.parametrize(
    ("fraction", "microseconds"),
    [
        ("50", 500_000),
        ("7", 700_000),
        ("0123456789", 12_345),
        ("  80", 800_000),
        ("x", 0),
        ("", 0),
        ("-1", 0),
    ],
)
def test_the_fraction_of_the_second_is_read(fraction, microseconds):
    when = datetime(2019, 7, 11, 15, 7, 32, microseconds)
    assert exif.taken(opened({TAKEN: SECOND, FRACTION: fraction})) == when


def test_each_time_has_its_own_fraction():
    picture = opened({DIGITISED: SECOND, FRACTION: "90", OTHER_FRACTION: "20"})
    assert exif.taken(picture) == datetime(2019, 7, 11, 15, 7, 32, 200_000)
    assert exif.taken(opened({TAKEN: SECOND})) == datetime(2019, 7, 11, 15, 7, 32)
