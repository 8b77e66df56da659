"""What is smooth is undone before pixels are compared; what moved each by itself is not."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from photodedup.core.match.copies.aligning import Freedom, align, levelled
from photodedup.core.match.copies.bending import bend
from photodedup.core.match.copies.frames import sides_of
from photodedup.core.match.copies.judging import judge
from tests.core.match.copies.pictures import as_jpeg, crop, edits_among, pairs, textured
from tests.pictures import scene

PULLED = {
    "left": (0, 30, 0, 450, 640, 480, 640, 0),
    "top": (60, 0, 0, 480, 640, 480, 580, 0),
    "all": (25, 5, 4, 460, 615, 472, 630, 24),
}


def pulled(image, corners):
    """A picture of which an editor moved the corners; straight lines do not stay straight."""
    size, way = image.size, Image.Resampling.BICUBIC
    return image.transform(size, Image.Transform.QUAD, PULLED[corners], way)


def shot(camera):
    """A scene of things at many depths, from a place of the camera in pixels."""
    random = np.random.default_rng(77)
    image = scene(7, 640, 480)
    draw = ImageDraw.Draw(image)
    for _ in range(260):
        depth = random.uniform(0, 1)
        x, y, size = random.integers(0, 640) + camera * depth, random.integers(0, 480), random.integers(6, 30)
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        draw.rectangle((x, y, x + size, y + size * float(random.uniform(0.5, 1.5))), fill=colour)
    return image


def small(image):
    """The grey thumbnail of a picture."""
    stored, _ = as_jpeg(image)
    stored.thumbnail((320, 320))
    return np.asarray(stored.convert("L"))


def laid(one, other):
    """Two thumbnails laid upon each other as one plane seen aslant, then bent."""
    first, second = small(one), small(other)
    scales = [ours / theirs for ours, theirs in zip(sides_of(second), sides_of(first), strict=True)]
    aslant = align(first, second, np.diag([*scales, 1.0]), Freedom.ASLANT)
    return first, second, aslant, bend(first, second, aslant)


def lacking(aligned):
    """How much the pixels of two pictures lack of a perfect correlation."""
    seen = aligned.seen > 0
    one, other = (levelled(each)[seen] for each in (aligned.one, aligned.other))
    return 1 - float(np.corrcoef(one, other)[0, 1])


@pytest.mark.parametrize("corners", PULLED)
def test_a_picture_whose_corners_were_pulled_is_bent_back(corners):
    source = textured(5)
    first, second, aslant, bent = laid(pulled(source, corners), source)
    assert lacking(bent) < 0.8 * lacking(aslant)
    assert judge(first, second, bent, vouched=False) is not None


@pytest.mark.parametrize("camera", [12, 18, 24])
def test_things_that_moved_each_by_itself_are_not_bent_upon_each_other(camera):
    first, second, aslant, bent = laid(shot(0), shot(camera))
    assert judge(first, second, aslant, vouched=True) is None
    assert judge(first, second, bent, vouched=True) is None


def test_the_same_shot_is_proven_however_it_is_laid():
    first, second, aslant, bent = laid(shot(0), ImageEnhance.Contrast(shot(0)).enhance(0.7))
    assert judge(first, second, aslant, vouched=False) is not None
    assert judge(first, second, bent, vouched=False) is not None


@pytest.mark.parametrize("corners", PULLED)
def test_a_pulled_picture_is_found_though_it_was_mirrored_and_toned(corners):
    source = textured(11)
    made = ImageEnhance.Brightness(ImageOps.mirror(pulled(source, corners))).enhance(1.2)
    found = edits_among({"a": made, "source": source, "z": textured(12)})
    assert {frozenset(each) for each in pairs(found)} == {frozenset(("a", "source"))}


def test_a_part_of_a_pulled_picture_is_found():
    source = textured(21)
    part, _ = crop(pulled(source, "all"), 0.8)
    found = edits_among({"a": part, "source": source, "z": textured(12)})
    assert {frozenset(each) for each in pairs(found)} == {frozenset(("a", "source"))}
