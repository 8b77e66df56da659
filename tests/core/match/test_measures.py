"""The measures of the literature: 100 for equal pictures, and what their definitions say for others."""

import numpy as np
import pytest
from PIL import Image

from photodedup.core.match import Turn
from photodedup.core.match.measures import SIDE, cosine, euclidean, ssim, turn_pixels
from tests.pictures import scene

ALL = (euclidean, cosine, ssim)


def pixels(seed, width=400, height=300):
    return np.asarray(scene(seed, width, height))


def flat(value):
    return np.full((SIDE, SIDE, 3), value, np.uint8)


@pytest.mark.parametrize("measure", ALL)
def test_equal_pictures_are_alike_to_100_per_cent(measure):
    assert measure(pixels(1), pixels(1)) == 100
    assert measure(flat(0), flat(0)) == 100


@pytest.mark.parametrize("measure", ALL)
def test_a_small_copy_is_more_alike_than_another_picture(measure):
    small = np.asarray(Image.fromarray(pixels(1)).resize((200, 150), Image.Resampling.LANCZOS))
    assert measure(pixels(1), small) > measure(pixels(1), pixels(2)) + 2
    assert measure(pixels(1), pixels(2)) == measure(pixels(2), pixels(1))


def test_black_and_white_are_not_alike():
    assert (euclidean(flat(0), flat(255)), cosine(flat(0), flat(255))) == (0, 0)
    assert ssim(flat(0), flat(255)) == 0


def test_euclid_measures_as_numpy_does():
    one, other = np.random.default_rng(1).integers(0, 256, (2, SIDE, SIDE, 3), dtype=np.uint8)
    apart = np.linalg.norm(one.astype(float) - other) / np.linalg.norm(flat(255).astype(float))
    assert euclidean(one, other) == round(100 * (1 - apart), 1)


def test_structural_similarity_is_that_of_its_definition():
    one, other = (scene(seed, SIDE, SIDE).convert("L") for seed in (1, 2))
    x, y = (np.asarray(each, np.float64) for each in (one, other))
    at = np.arange(11) - 5
    window = np.exp(-(at[:, None] ** 2 + at[None] ** 2) / (2 * 1.5**2))
    window /= window.sum()
    c1, c2, total, count = 2.55**2, 7.65**2, 0.0, 0
    for top in range(0, SIDE - 10, 35):
        for left in range(0, SIDE - 10, 35):
            a, b = x[top : top + 11, left : left + 11], y[top : top + 11, left : left + 11]
            mean_a, mean_b = (window * a).sum(), (window * b).sum()
            var_a, var_b = (window * a * a).sum() - mean_a**2, (window * b * b).sum() - mean_b**2
            both = (window * a * b).sum() - mean_a * mean_b
            total += (
                (2 * mean_a * mean_b + c1)
                * (2 * both + c2)
                / (mean_a**2 + mean_b**2 + c1)
                / (var_a + var_b + c2)
            )
            count += 1
    grey = [np.repeat(np.asarray(each)[..., None], 3, axis=2) for each in (one, other)]
    assert ssim(*grey) == pytest.approx(100 * total / count, abs=6)


@pytest.mark.parametrize("turn", list(Turn))
def test_pixels_are_turned_as_their_orientation_says(turn):
    picture = scene(3, 60, 40)
    transposed = [
        None,
        Image.Transpose.FLIP_LEFT_RIGHT,
        Image.Transpose.ROTATE_180,
        Image.Transpose.FLIP_TOP_BOTTOM,
        Image.Transpose.TRANSPOSE,
        Image.Transpose.ROTATE_270,
        Image.Transpose.TRANSVERSE,
        Image.Transpose.ROTATE_90,
    ][turn]
    expected = picture if transposed is None else picture.transpose(transposed)
    assert np.array_equal(turn_pixels(np.asarray(picture), turn), np.asarray(expected))
