"""One frame with other tones is proven as it lies; what different pictures share proves nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps

from photodedup.core.match.copies.frames import sides_of
from photodedup.core.match.copies.toned import judge_toned, laid, turn_of
from photodedup.core.match.measures import turn_pixels
from photodedup.core.match.structure import structure
from photodedup.core.match.turns import Turn
from tests.core.match.copies.pictures import caption, crop, screenshot, textured


def grey(image, noise=0):
    """A thumbnail in grey, with noise in it."""
    small = image.convert("L")
    small.thumbnail((320, 320))
    pixels = np.asarray(small, float) + np.random.default_rng(1).normal(0, noise, (small.height, small.width))
    return np.clip(pixels, 0, 255).astype(np.uint8)


def judged(one, other, turn=Turn.UPRIGHT):
    return judge_toned((one, other), (structure(one), structure(other)), turn)


def dark(seed):
    """A picture that was taken with hardly any light."""
    return textured(seed).point(lambda level: round(14 + level * 0.1))


def test_an_equalised_histogram_that_turned_up_noise_is_proven():
    before = grey(dark(1), 1.5)
    after = np.asarray(ImageOps.equalize(Image.fromarray(before)))
    found = judged(
        before, np.clip(after + np.random.default_rng(2).normal(0, 25, after.shape), 0, 255).astype(np.uint8)
    )
    assert found is not None
    assert found.first_is_copy is None
    assert found.to_other.tolist() == [[1, 0, 0], [0, 1, 0]]
    assert 0.74 <= found.likeness < 1


@pytest.mark.parametrize("turn", Turn)
def test_it_is_proven_as_it_lies(turn):
    one = grey(textured(1))
    other = np.ascontiguousarray(turn_pixels(one[..., None], turn)[..., 0])
    found = judged(one, np.asarray(ImageOps.equalize(Image.fromarray(other))), turn)
    assert found is not None
    assert np.allclose(found.to_other, laid(turn)[:2])


@pytest.mark.parametrize("made", [caption, screenshot, lambda image: image], ids=["caption", "phone", "bare"])
def test_different_pictures_are_not_proven_by_what_both_have(made):
    one, other = (grey(made(textured(seed))) for seed in (30, 31))
    assert judged(one, other) is None


def test_two_pictures_under_one_mark_are_not_proven():
    marked = []
    for seed in (30, 31):
        image = textured(seed).point(lambda level: round(110 + level * 0.1))
        for down in (0.15, 0.5, 0.85):
            place = image.width // 2, int(image.height * down)
            ImageDraw.Draw(image).text(place, "SAMPLE", "white", font_size=110, anchor="mm", stroke_width=3)
        marked.append(grey(image))
    assert judged(*marked) is None


def test_two_lights_in_the_dark_are_not_proven():
    night = Image.new("L", (320, 240), 4)
    ImageDraw.Draw(night).ellipse((140, 90, 190, 140), fill=210)
    assert judged(np.asarray(night), np.asarray(night)) is None


def test_forms_on_an_even_ground_are_not_proven():
    forms = []
    for words in ("Anna Berg", "Otto Lind"):
        form = Image.new("L", (320, 240), 250)
        for line in range(14):
            ImageDraw.Draw(form).text(
                (20, 10 + 16 * line), f"Field {line}: {words if line == 7 else '........'}"
            )
        forms.append(np.asarray(form))
    assert judged(*forms) is None


@given(st.sampled_from(Turn), st.integers(40, 90), st.integers(40, 90))
def test_the_turn_of_a_whole_picture_is_known_by_its_transform(turn, wide, high):
    one = np.zeros((high, wide), np.uint8)
    other = turn_pixels(one[..., None], turn)[..., 0]
    spreads = [np.diag([*sides_of(each), 1.0]) for each in (one, other)]
    to_other = spreads[1] @ laid(turn) @ np.linalg.inv(spreads[0])
    assert turn_of(one, other, to_other) is turn
    nudged = to_other.copy()
    nudged[0, 2] += 0.015
    assert turn_of(one, other, nudged) is turn


@given(st.sampled_from(Turn), st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_a_turn_lays_places_where_it_takes_pixels(turn, place):
    one = np.zeros((64, 64), np.uint8)
    at = [min(63, int(each * 64)) for each in place]
    one[at[1], at[0]] = 255
    row, column = np.argwhere(turn_pixels(one[..., None], turn)[..., 0])[0]
    wanted = laid(turn) @ ((at[0] + 0.5) / 64, (at[1] + 0.5) / 64, 1)
    assert np.allclose(wanted[:2] * 64, (column + 0.5, row + 0.5))


def test_a_part_and_a_tilt_are_no_whole_picture():
    one = grey(textured(1))
    part, place = crop(textured(1), 0.9)
    spread = np.diag([*sides_of(one), 1.0])
    to_whole = spread @ np.vstack((place, (0, 0, 1))) @ np.linalg.inv(spread)
    assert turn_of(grey(part), one, to_whole) is None
    angle = np.radians(5)
    tilt = np.array([(np.cos(angle), -np.sin(angle), 0), (np.sin(angle), np.cos(angle), 0), (0, 0, 1)])
    assert turn_of(one, one, tilt) is None
