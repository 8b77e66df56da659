"""The proof of a pair needs more than what was drawn on both pictures."""

import numpy as np
from PIL import Image, ImageDraw

from photodedup.core.catalogue import Catalogue, Wanted
from photodedup.core.fingerprint.waves import VERSION
from photodedup.core.match.copies.proving import Prover
from photodedup.core.values import Library
from tests.core.match.copies.pictures import record, textured

AS_IT_IS = np.array([(1.0, 0.0, 0.0), (0.0, 1.0, 0.0)])


def sticker(image):
    """A picture with a face drawn on it, whose eyes and mouth have enough edges to be aligned by."""
    draw = ImageDraw.Draw(image)
    draw.ellipse((440, 30, 590, 180), fill=(255, 210, 40), outline="black", width=4)
    for x in (465, 490, 515, 540):
        draw.ellipse((x, 70, x + 18, 100), fill="black")
        draw.rectangle((x, 120, x + 12, 150), fill=(90, 40, 10))
    return image


def proven(one, other):
    """What is proven of two pictures that lie upon each other, and how much of the first is left out."""
    records = [record("one", one), record("other", other)]
    library = Library([each.photo for each in records], [each.fingerprint for each in records])
    with Catalogue(None) as catalogue:
        catalogue.remember(records, Wanted("phash256", 1, 1, VERSION))
        prover = Prover(library, catalogue)
        return prover.prove(0, 1, AS_IT_IS), prover.picture(0).margin


def test_a_sticker_on_both_proves_nothing_though_all_else_of_one_is_dark():
    night = sticker(Image.new("RGB", (640, 480), (4, 4, 4)))
    verdict, margin = proven(night, sticker(textured(5)))
    assert margin > 0.9
    assert verdict is None


def test_a_sticker_does_not_hide_a_copy():
    verdict, _ = proven(textured(5), sticker(textured(5)))
    assert verdict is not None
