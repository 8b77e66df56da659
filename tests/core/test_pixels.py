"""Two pictures have one digest where every pixel is equal, whatever holds them, and else never."""

import io
import struct
import zlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from photodedup.core.decode.colour import upright
from photodedup.core.decode.pixels import pixel_digest
from tests.core.test_decode import chunk, exif, saved, scene


def digest(stream, content=b"c"):
    return pixel_digest(stream, content)


def test_the_same_pixels_in_another_container_have_the_same_digest():
    jpeg = saved(scene())
    decoded = Image.open(io.BytesIO(jpeg.getvalue()))
    digests = {digest(jpeg)} | {digest(saved(decoded, form)) for form in ("PNG", "TIFF", "BMP")}
    digests.add(digest(saved(decoded, "WEBP", lossless=True)))
    digests.add(digest(saved(decoded.convert("RGBA"), "PNG")))
    assert len(digests) == 1


def test_one_other_pixel_gives_another_digest():
    other = scene()
    other.putpixel((5, 5), (1, 2, 3))
    assert digest(saved(scene(), "PNG")) != digest(saved(other, "PNG"))


def test_a_second_frame_makes_another_picture():
    one, two = scene(64, 64, 2), scene(64, 64, 3)
    first = digest(saved(scene(64, 64), "GIF", save_all=True, append_images=[one]))
    assert first != digest(saved(scene(64, 64), "GIF", save_all=True, append_images=[two]))
    assert first != digest(saved(scene(64, 64), "GIF"))


def test_deep_colour_is_equal_to_itself_only():
    rows = zlib.compress(b"".join(b"\0" + bytes(48) for _ in range(8)))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 16, 2, 0, 0, 0))
    deep = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    black = Image.new("RGB", (8, 8))
    assert digest(io.BytesIO(deep)) != digest(saved(black, "PNG"))
    assert digest(io.BytesIO(deep), b"one") != digest(io.BytesIO(deep), b"two")


def test_sixteen_bits_of_grey_are_compared_in_full():
    values = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
    grey, other = Image.fromarray(values), Image.fromarray(values ^ 1)
    assert digest(saved(grey, "PNG")) == digest(saved(grey, "TIFF"))
    assert digest(saved(grey, "PNG")) != digest(saved(other, "PNG"))


@given(
    data=st.binary(min_size=48, max_size=48),
    shape=st.sampled_from([(16, 1), (1, 16), (4, 4), (8, 2)]),
    turn=st.integers(1, 8),
)
def test_turning_by_tag_is_the_same_as_turning_the_pixels(data, shape, turn):
    stored = Image.frombytes("RGB", shape, data)
    turned = upright(stored, turn)
    assert digest(saved(stored, "PNG", exif=exif(x112=turn))) == digest(saved(turned, "BMP"))
