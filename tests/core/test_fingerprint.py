"""Every photo is measured once, alike pictures get alike bits, and plain ones are known for what they are."""

import csv
import io
import os
import shutil
from dataclasses import replace
from pathlib import Path
from threading import Event

import imagehash
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from photodedup.core.catalogue import Catalogue, Record, Wanted
from photodedup.core.decode import Workers
from photodedup.core.fingerprint import DEFAULT_RECIPE, RECIPES, fingerprints
from photodedup.core.fingerprint.look import is_plain, look
from photodedup.core.fingerprint.stream import MEASURE_VERSION
from photodedup.core.scan import look as look_at
from photodedup.core.values import Photo, Skipped, SkipReason

WANTED = Wanted(DEFAULT_RECIPE.name, DEFAULT_RECIPE.version, MEASURE_VERSION)
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the real photos are not beside the checkout")


def scene(seed=1, size=(480, 360)):
    """A picture with as much texture as a photo."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(0, 255, (12, 16, 3), np.uint8)).resize(size)
    fine = Image.fromarray(random.integers(0, 255, (60, 80, 3), np.uint8)).resize(size)
    return Image.blend(coarse, fine, 0.4)


def photos_in(folder):
    return list(look_at([folder]).photos)


def distance(one, other):
    return int(np.bitwise_count(np.frombuffer(one, np.uint8) ^ np.frombuffer(other, np.uint8)).sum())


@pytest.fixture(scope="module")
def workers():
    with Workers(2) as pool:
        yield pool


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "photos"
    root.mkdir()
    scene(1).save(root / "a.jpg", quality=90)
    scene(1).resize((240, 180)).save(root / "a-small.jpg", quality=60)
    scene(1).save(root / "a.png")
    scene(2).save(root / os.fsdecode(b"b\xff.jpg"))
    (root / "cut.jpg").write_bytes((root / "a.jpg").read_bytes()[:9000])
    (root / "text.jpg").write_bytes(b"no picture")
    return root


def measured(folder, catalogue, workers, recipe=DEFAULT_RECIPE):
    answers = list(fingerprints(photos_in(folder), recipe, catalogue, workers))
    found = {answer[0].path.name: answer[1] for answer in answers if not isinstance(answer, Skipped)}
    return found, {answer.path.name: answer.reason for answer in answers if isinstance(answer, Skipped)}


def closed():
    """Workers that refuse every task, so that what works with them decoded nothing."""
    pool = Workers(1)
    pool.close()
    return pool


def test_each_photo_is_measured_or_says_why_not(folder, workers):
    with Catalogue(None) as catalogue:
        found, skipped = measured(folder, catalogue, workers)
    assert skipped == {"cut.jpg": SkipReason.DAMAGED, "text.jpg": SkipReason.NOT_A_PICTURE}
    a, small, png = found["a.jpg"], found["a-small.jpg"], found["a.png"]
    assert (a.width, a.height, a.format, a.plain, a.damaged) == (480, 360, "JPEG", False, False)
    assert len({a.content, small.content, png.content}) == 3
    assert distance(a.bits, small.bits) <= 16
    assert distance(a.bits, png.bits) <= 16
    assert distance(a.bits, found[os.fsdecode(b"b\xff.jpg")].bits) > DEFAULT_RECIPE.furthest


def test_a_second_scan_decodes_nothing(folder, workers, tmp_path):
    with Catalogue(tmp_path / "c.sqlite") as catalogue:
        first = measured(folder, catalogue, workers)
    with Catalogue(tmp_path / "c.sqlite") as catalogue:
        assert measured(folder, catalogue, closed()) == first


def test_a_changed_photo_is_measured_again(folder, workers):
    with Catalogue(None) as catalogue:
        before, _ = measured(folder, catalogue, workers)
        scene(3).save(folder / "a.jpg")
        after, _ = measured(folder, catalogue, workers)
    assert after.pop("a.jpg").content != before.pop("a.jpg").content
    assert after == before


def test_a_moved_photo_keeps_what_was_measured_without_a_decoding(folder, workers):
    with Catalogue(None) as catalogue:
        before, _ = measured(folder, catalogue, workers)
        marked = replace(before["a.jpg"], camera="not what a decoding would say")
        (photo,) = [each for each in photos_in(folder) if each.path.name == "a.jpg"]
        catalogue.remember([Record(photo, marked)], WANTED)
        shutil.copyfile(folder / "a.jpg", folder / "moved.jpg")
        (folder / "a.jpg").unlink()
        after, _ = measured(folder, catalogue, workers)
    assert after["moved.jpg"] == marked


def test_the_thumbnail_comes_from_the_same_decoding(folder, workers):
    with Catalogue(None) as catalogue:
        found, _ = measured(folder, catalogue, workers)
        shown = Image.open(io.BytesIO(catalogue.thumbnail(found["a.jpg"].content)))
    assert (shown.format, shown.size) == ("JPEG", (320, 240))


def test_a_copy_is_not_decoded_a_second_time_even_in_a_first_scan(tmp_path, workers):
    root = tmp_path / "photos"
    root.mkdir()
    for seed in range(12):
        scene(seed, (240 + 8 * seed, 180)).save(root / f"{seed:02}.jpg")
    for seed in range(3):
        shutil.copyfile(root / f"{seed:02}.jpg", root / f"{seed:02} copy.jpg")
    answers = []

    class Watched:
        """The workers, with an ear for what they answer."""

        run_one = workers.run_one

        def run(self, tasks, stop=None):
            for task, answer in workers.run(tasks, stop):
                answers.append("bits" in answer)
                yield task, answer

    with Catalogue(None) as catalogue:
        found, _ = measured(root, catalogue, Watched())
    assert all(found[f"{seed:02}.jpg"] == found[f"{seed:02} copy.jpg"] for seed in range(3))
    assert (answers.count(True), answers.count(False)) == (12, 3)


def test_stop_keeps_what_was_measured(folder, workers):
    stop = Event()
    with Catalogue(None) as catalogue:
        stream = fingerprints(photos_in(folder), DEFAULT_RECIPE, catalogue, workers, stop)
        first = next(stream)
        stop.set()
        assert len(list(stream)) <= 1
        known = catalogue.lookup(photos_in(folder), WANTED)
    assert any(each == (first if isinstance(first, Skipped) else first[1]) for each in known)


def test_a_photo_that_vanishes_or_changes_before_it_is_read_is_a_value(folder, workers):
    photos = photos_in(folder)
    (folder / "a.jpg").unlink()
    scene(4).save(folder / "a.png")
    with Catalogue(None) as catalogue:
        answers = list(fingerprints(photos, DEFAULT_RECIPE, catalogue, workers))
        reasons = {answer.path.name: answer.reason for answer in answers if isinstance(answer, Skipped)}
        assert len(answers) == len(photos)
        assert (reasons["a.jpg"], reasons["a.png"]) == (SkipReason.VANISHED, SkipReason.UNREADABLE)
        assert catalogue.lookup([each for each in photos if each.path.name == "a.jpg"], WANTED) == [None]


KINDS = {"p": imagehash.phash, "d": imagehash.dhash, "a": imagehash.average_hash, "w": imagehash.whash}


@pytest.mark.parametrize("recipe", list(RECIPES.values()), ids=lambda recipe: recipe.name)
def test_a_recipe_gives_the_values_of_imagehash(recipe):
    side = int(recipe.bits**0.5)
    expected = np.packbits(KINDS[recipe.name[0]](scene(), side).hash).tobytes()
    assert look(scene(), recipe.name) == (expected, False)
    bits, plain = look(Image.new("RGB", (1, 1)), recipe.name)
    assert (len(bits), plain) == (recipe.bits // 8, True)
    assert 0 <= recipe.threshold <= recipe.furthest == recipe.bits // 4


@given(st.integers(0, 2**32 - 1), st.integers(1, 90), st.integers(1, 90), st.sampled_from([0, 1, 3, 40, 255]))
def test_the_default_recipe_gives_imagehash_values_for_any_picture(seed, width, height, span):
    random = np.random.default_rng(seed)
    picture = Image.fromarray(random.integers(0, span + 1, (height, width, 3)).astype(np.uint8))
    assert look(picture, "phash256")[0] == np.packbits(imagehash.phash(picture, 16).hash).tobytes()


def encoded(values, quality):
    stream = io.BytesIO()
    Image.fromarray(np.clip(values, 0, 255).astype(np.uint8)).save(stream, "JPEG", quality=quality)
    return Image.open(stream).convert("RGB")


def plain_pictures():
    down, across = np.mgrid[0:300, 0:400] / (300, 400)[0]
    middle = np.hypot(down - 0.4, across - 0.7)
    yield "black", np.zeros((300, 400))
    yield "white", np.full((300, 400), 255.0)
    yield "scan of nothing", 250 + np.random.default_rng(1).normal(0, 1.5, (300, 400))
    yield "noise", 128 + np.random.default_rng(2).normal(0, 6, (300, 400))
    yield "gradient down", down * 200
    yield "gradient askew", down * 90 + across * 100
    yield "vignette", 220 * (1 - 0.5 * middle**2)
    yield "horizon", np.where(down < 0.45, 200 - down * 40, 60 + down * 30)
    yield "lens cap", 4 + np.random.default_rng(3).normal(0, 2, (300, 400))
    yield "dark photo", np.asarray(scene(5, (400, 300)).convert("L")) * 0.01


@pytest.mark.parametrize("quality", [30, 75, 95])
@pytest.mark.parametrize(
    ("name", "values"), [*plain_pictures()], ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_picture_without_a_look_is_plain_however_it_is_encoded(name, values, quality):
    colour = np.repeat(values[..., None], 3, 2)
    assert is_plain(encoded(colour, quality))


@pytest.mark.parametrize("seed", range(5))
def test_a_picture_with_texture_is_not_plain_after_usual_edits(seed):
    photo = scene(seed)
    edits = [
        photo,
        photo.resize((160, 120)),
        photo.convert("L").convert("RGB"),
        photo.point(lambda value: int(value * 0.4)),
        photo.filter(ImageFilter.GaussianBlur(3)),
        encoded(np.asarray(photo), 12),
    ]
    assert not any(is_plain(each) for each in edits)


@pytest.fixture(scope="module")
def measured_corpus(workers):
    rows = list(csv.DictReader((CORPUS / "groups.csv").read_text("utf-8").splitlines()))
    photos = []
    for row in rows:
        path = CORPUS / row["path"]
        status = path.stat()
        photos.append(Photo(path, status.st_size, status.st_mtime_ns, status.st_dev, status.st_ino))
    with Catalogue(None) as catalogue:
        answers = dict(
            answer
            for answer in fingerprints(photos, DEFAULT_RECIPE, catalogue, workers)
            if isinstance(answer, tuple)
        )
    return [(row, answers[photo]) for row, photo in zip(rows, photos, strict=True)]


@needs_corpus
@pytest.mark.corpus
def test_on_the_corpus_different_photos_do_not_match_by_look(measured_corpus):
    lively = [(row, seen) for row, seen in measured_corpus if not seen.plain]
    assert not [
        row["path"] for row, seen in measured_corpus if seen.plain and row["expect"] in ("must", "should")
    ]
    bits = np.array([np.frombuffer(seen.bits, np.uint8) for _, seen in lively])
    groups = np.array([row["group"] for row, _ in lively])
    distances = np.bitwise_count(bits[:, None] ^ bits[None]).sum(2, dtype=np.int64)
    assert distances[groups[:, None] != groups[None]].min() > DEFAULT_RECIPE.furthest


@needs_corpus
@pytest.mark.corpus
def test_on_the_corpus_every_must_and_nearly_every_should_matches_its_group(measured_corpus):
    wanted = {"must": [], "should": []}
    for row, seen in measured_corpus:
        if row["expect"] in wanted:
            others = [
                other for named, other in measured_corpus
                if named["group"] == row["group"] and named["expect"] == "must" and named is not row
            ]  # fmt: skip
            near = min((distance(seen.bits, other.bits) for other in others), default=0)
            wanted[row["expect"]].append(near <= DEFAULT_RECIPE.threshold)
    assert all(wanted["must"])
    assert sum(wanted["should"]) >= 0.9 * len(wanted["should"]) > 40


@needs_corpus
@pytest.mark.corpus
def test_no_hostile_file_stops_a_scan_or_leaves_a_process():
    found = list(look_at([CORPUS / "hostile", CORPUS / "formats"]).photos)
    with Workers(2) as own, Catalogue(None) as catalogue:
        answers = list(fingerprints(found, DEFAULT_RECIPE, catalogue, own))
        pids = own.pids()
    assert len(answers) == len(found) > 250
    assert all(answer.detail.endswith(".") for answer in answers if isinstance(answer, Skipped))
    sizes = {
        answer[0].path.name: answer[1].width * answer[1].height
        for answer in answers
        if isinstance(answer, tuple)
    }
    assert sizes["200MP.heic"] == 12240 * 16320
    assert pids
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
