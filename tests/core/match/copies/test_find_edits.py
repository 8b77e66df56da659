"""Edited copies: what was made from what is found, where it lies in its source, and nothing else."""

from threading import Event

import numpy as np
import pytest
from PIL import Image, ImageOps

from tests.core.match.copies.pictures import caption, crop, edits_among, pairs, screenshot, textured

OTHERS = {f"other{seed}": textured(seed) for seed in range(20, 26)}
SOURCE = textured(1)


def corners_apart(found, expected):
    """How far the corners of a copy lie from where they belong, in shares of the source."""
    corners = np.array([(0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)], float)
    return float(np.abs(corners @ (found - expected).T).max())


@pytest.mark.parametrize("keep", [0.5, 0.7, 0.9])
def test_a_crop_is_found_under_its_source_and_its_place_in_it_is_known(keep):
    part, place = crop(SOURCE, keep)
    found = edits_among({"source": SOURCE, "part": part, **OTHERS})
    assert pairs(found) == {("part", "source")}
    assert corners_apart(found[0][2], place) < 0.01
    assert found[0][3] > 0.9


def test_a_mirrored_crop_is_found_and_its_transform_mirrors():
    part, _ = crop(SOURCE, 0.7)
    found = edits_among({"source": SOURCE, "part": ImageOps.mirror(part), **OTHERS})
    assert pairs(found) == {("part", "source")}
    assert np.linalg.det(found[0][2][:, :2]) < 0


@pytest.mark.parametrize(
    "turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.TRANSVERSE]
)
def test_a_turned_crop_is_found(turn):
    part, _ = crop(SOURCE, 0.7)
    assert pairs(edits_among({"source": SOURCE, "part": part.transpose(turn), **OTHERS})) == {
        ("part", "source")
    }


@pytest.mark.parametrize(
    "made",
    [
        lambda image: ImageOps.expand(image, 40, "white"),
        lambda image: ImageOps.pad(image, (640, 640), color="black"),
        caption,
        screenshot,
    ],
    ids=["border", "letterbox", "caption", "screenshot"],
)
def test_what_contains_a_picture_and_adds_to_it_is_the_copy(made):
    assert pairs(edits_among({"a": made(SOURCE), "source": SOURCE, **OTHERS})) == {("a", "source")}


@pytest.mark.parametrize("angle", [-7, 3])
def test_a_tilted_picture_is_found(angle):
    tilted, _ = crop(SOURCE.rotate(angle, Image.Resampling.BICUBIC), 0.8, 0.5, 0.5)
    assert pairs(edits_among({"source": SOURCE, "tilted": tilted, **OTHERS})) == {("tilted", "source")}


def test_two_crops_that_share_nothing_are_both_found_under_their_source():
    left, _ = crop(SOURCE, 0.45, 0, 0)
    right, _ = crop(SOURCE, 0.45, 1, 1)
    found = edits_among({"left": left, "right": right, "source": SOURCE, **OTHERS})
    assert pairs(found) == {("left", "source"), ("right", "source")}


def test_a_crop_of_a_crop_is_found_under_the_original():
    part, _ = crop(SOURCE, 0.8)
    smaller, _ = crop(part, 0.7)
    found = pairs(edits_among({"part": part, "smaller": smaller, "source": SOURCE, **OTHERS}))
    assert {("part", "source"), ("smaller", "source")} <= found


def test_two_shots_of_one_scene_are_no_edited_copy():
    """The ground lies as if seen from a hand's breadth beside, and what stands before it moved further."""
    ground, things = textured(2), textured(3).resize((160, 120))
    first, second = ground.copy(), ground.copy()
    corners = (6, 4, 2, 478, 634, 472, 640, 0)
    second = second.transform(ground.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
    for shot, places in ((first, ((60, 60), (400, 300))), (second, ((85, 64), (372, 308)))):
        for place in places:
            shot.paste(things, place)
    assert edits_among({"first": first, "second": crop(second, 0.95)[0], **OTHERS}) == []


def test_two_views_that_overlap_are_no_edited_copy():
    wide = textured(4, 900, 480)
    views = {"left": wide.crop((0, 0, 640, 480)), "right": wide.crop((260, 0, 900, 480))}
    assert edits_among({**views, **OTHERS}) == []


def test_different_pictures_with_the_same_words_are_no_edited_copies():
    framed = {f"meme{seed}": caption(textured(seed)) for seed in range(30, 36)}
    shown = {f"phone{seed}": screenshot(textured(seed)) for seed in range(40, 46)}
    assert edits_among({**framed, **shown}) == []


@pytest.mark.parametrize("keep", [0.6, 0.8, 1.0])
def test_a_photo_of_a_screen_that_shows_a_part_is_found(keep):
    shown = crop(SOURCE, keep)[0].resize((640, 480), Image.Resampling.BICUBIC)
    corners = (14, 8, 6, 472, 630, 466, 622, 12)
    photographed = shown.transform(shown.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
    assert pairs(edits_among({"source": SOURCE, "shown": photographed, **OTHERS})) == {("shown", "source")}


def test_the_names_of_photos_and_so_their_order_change_nothing():
    part, _ = crop(SOURCE, 0.6)
    pictures = {"part": part, "source": SOURCE, "shown": screenshot(SOURCE), **OTHERS}
    renamed = {f"{99 - at}-{name}": image for at, (name, image) in enumerate(pictures.items())}
    before = pairs(edits_among(pictures))
    after = {(copy[3:], source[3:]) for copy, source in pairs(edits_among(renamed))}
    assert before == after
    assert before >= {("part", "source"), ("shown", "source")}


def test_who_stops_gets_what_was_proven_until_then():
    stop = Event()
    stop.set()
    assert edits_among({"source": SOURCE, "part": crop(SOURCE, 0.7)[0]}, stop) == []


def test_it_tells_how_far_it_is():
    told = []
    edits_among({"source": SOURCE, "part": crop(SOURCE, 0.7)[0], **OTHERS}, tell=told.append)
    assert told[-1].stage == "Looking for edited copies"
    assert told[-1].done == told[-1].total
