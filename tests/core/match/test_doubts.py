"""Near pairs that are looked at again: copies stay where they are, other shots go to the far end."""

from dataclasses import replace
from threading import Event

import numpy as np
import pytest
from PIL import ImageEnhance, ImageOps

from photodedup.core.catalogue import Catalogue, Wanted
from photodedup.core.errors import StoppedError
from photodedup.core.fingerprint.waves import VERSION
from photodedup.core.match import find_pairs, look_again
from photodedup.core.match.turns import Turn, turned
from photodedup.core.values import Library
from tests.core.match.copies.pictures import record, textured

PICTURE = textured(1)
MOVED = PICTURE.crop((26, 20, 640, 480)).resize(PICTURE.size)
DARK = ImageEnhance.Brightness(PICTURE).enhance(0.7)
BITS = np.random.default_rng(5).integers(0, 256, 32, np.uint8)


def flipped(count, bits=BITS):
    """A hash so many bits from another one."""
    each = np.unpackbits(bits)
    each[np.random.default_rng(count).permutation(256)[:count]] ^= 1
    return np.packbits(each)


def looked_at(*photos, stop=None, thumbnails=True):
    """The distances of the pairs of photos, each a picture and a hash, before and after a second look."""
    records = [record(f"p{at}", image) for at, (image, _) in enumerate(photos)]
    records = [
        replace(each, fingerprint=replace(each.fingerprint, bits=bits.tobytes()))
        for each, (_, bits) in zip(records, photos, strict=True)
    ]
    library = Library([each.photo for each in records], [each.fingerprint for each in records], 48)
    pairs = find_pairs(library, 64)
    with Catalogue(None) as catalogue:
        if thumbnails:
            catalogue.remember(records, Wanted("phash256", 1, 1, VERSION))
        after = look_again(library, pairs, 48, catalogue, stop)
    return pairs.distance.tolist(), after


def test_another_shot_of_a_scene_is_put_to_the_far_end():
    before, after = looked_at((PICTURE, BITS), (MOVED, flipped(34)))
    assert before == [34]
    assert after.distance.tolist() == [64]
    assert after.upright.tolist() == [34]


def test_a_copy_with_other_tones_stays():
    assert looked_at((PICTURE, BITS), (DARK, flipped(44)))[1].distance.tolist() == [44]


@pytest.mark.parametrize("bits", [0, 10, 24, 49, 64])
def test_only_pairs_between_half_of_the_threshold_and_the_threshold_are_looked_at(bits):
    before, after = looked_at((PICTURE, BITS), (MOVED, flipped(bits)))
    assert after.distance.tolist() == before


def test_a_mirror_image_is_looked_at_as_it_lies():
    mirrored = flipped(30, turned(BITS[None], Turn.MIRRORED)[0])
    before, after = looked_at((PICTURE, BITS), (ImageOps.mirror(PICTURE), mirrored))
    assert before == [30]
    assert after.distance.tolist() == [30]
    assert looked_at((PICTURE, BITS), (PICTURE, mirrored))[1].distance.tolist() == [64]


def test_without_thumbnails_nothing_is_doubted():
    assert looked_at((PICTURE, BITS), (MOVED, flipped(34)), thumbnails=False)[1].distance.tolist() == [34]


def test_pairs_stay_sorted_and_whole():
    before, after = looked_at(
        (PICTURE, BITS), (MOVED, flipped(30)), (DARK, flipped(40)), (textured(7), flipped(28))
    )
    assert sorted(after.distance.tolist()) == after.distance.tolist()
    assert len(after.distance) == len(before)
    near = {(int(left), int(right)) for left, right in zip(after.left, after.right, strict=True)}
    assert len(near) == len(before)
    assert (after.distance <= 48).sum() == 1


def test_who_stops_is_heard():
    stop = Event()
    stop.set()
    with pytest.raises(StoppedError):
        looked_at((PICTURE, BITS), (MOVED, flipped(34)), stop=stop)
