"""The fine structure of a picture stays where it is in every copy of a frame, and moves with the camera."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from photodedup.core.match.measures import turn_pixels
from photodedup.core.match.structure import (
    SIDE,
    agreeing_cells,
    agreement,
    structure,
    turned_structure,
)
from photodedup.core.match.turns import Turn
from tests.core.match.copies.pictures import textured

PICTURE = textured(1)


def of(image):
    """The structure of a picture as a thumbnail shows it."""
    small = image.convert("RGB")
    small.thumbnail((320, 320))
    stored = io.BytesIO()
    small.save(stored, "JPEG", quality=80)
    return structure(np.asarray(Image.open(stored).convert("L")))


@pytest.mark.parametrize(
    "made",
    [
        lambda image: ImageEnhance.Brightness(image).enhance(0.6),
        lambda image: ImageEnhance.Contrast(image).enhance(1.5),
        lambda image: image.resize((image.width // 4, image.height // 4)),
        lambda image: image.resize((image.width * 5 // 4, image.height)),
        lambda image: image.filter(ImageFilter.GaussianBlur(2)),
        ImageOps.equalize,
        ImageOps.grayscale,
    ],
    ids=["dark", "contrast", "small", "stretched", "blurred", "equalised", "grey"],
)
def test_copies_of_a_frame_agree(made):
    assert agreement(of(PICTURE), of(made(PICTURE))) > 0.75


def test_other_pictures_do_not_agree():
    others = [of(textured(seed)) for seed in range(20, 30)]
    assert max(agreement(of(PICTURE), other) for other in others) < 0.3


def test_a_camera_that_moved_a_little_is_seen():
    moved = PICTURE.crop((26, 20, 640, 480)).resize(PICTURE.size)
    assert agreement(of(PICTURE), of(moved)) < 0.5


@given(st.integers(0, 2**32), st.sampled_from(Turn))
@settings(max_examples=30, deadline=None)
def test_to_turn_a_structure_is_to_turn_its_picture(seed, turn):
    grey = np.random.default_rng(seed).integers(0, 256, (128, 128), np.uint8)
    pixels = np.ascontiguousarray(turn_pixels(grey[..., None], turn)[..., 0])
    assert np.allclose(turned_structure(structure(grey), turn), structure(pixels), atol=0.05)


@given(st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_agreement_is_mutual_and_whole_with_itself(seed):
    random = np.random.default_rng(seed)
    one, other = (structure(random.integers(0, 256, (70, 90), np.uint8)) for _ in range(2))
    assert one.shape == (SIDE, SIDE)
    assert agreement(one, other) == pytest.approx(agreement(other, one), abs=1e-6)
    assert agreement(one, one) == pytest.approx(1, abs=1e-5)
    assert -1.001 <= agreement(one, other) <= 1.001


def test_an_even_picture_agrees_with_nothing_and_shows_nothing():
    even = structure(np.full((60, 80), 77, np.uint8))
    assert agreement(even, of(PICTURE)) == 0
    assert agreeing_cells(even, even, 0.5) == (0, 0)


def test_cells_that_another_thing_covers_do_not_agree():
    covered = PICTURE.copy()
    covered.paste(textured(9).resize((320, 480)), (0, 0))
    agree, there = agreeing_cells(of(PICTURE), of(covered), 0.5)
    assert there == 64
    assert 24 <= agree <= 40
    assert agreeing_cells(of(PICTURE), of(PICTURE), 0.5) == (64, 64)
