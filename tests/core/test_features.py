"""Features: what is described of a picture, and how it is kept."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.fingerprint.features import MOST, describe
from photodedup.core.fingerprint.waves import POINT, VERSION, WAVES
from photodedup.core.line import Crew, Settings, search
from photodedup.core.match.copies.facings import brought_to_one_facing
from photodedup.core.values import Kind
from tests.core.match.copies.pictures import crop, textured
from tests.pictures import save

NEAR = frozenset({Kind.IDENTICAL_FILE, Kind.NEAR_DUPLICATE})
EDITED = NEAR | {Kind.EDITED_COPY}


def points_of(image):
    return np.frombuffer(describe(np.asarray(image.convert("L"))), POINT)


@pytest.mark.parametrize("size", [(1, 1), (16, 9), (3, 500), (512, 512)])
def test_a_flat_picture_of_any_size_has_no_features(size):
    assert describe(np.full(size, 90, np.uint8)) == b""


def test_the_features_of_a_picture_are_few_within_it_and_always_the_same():
    picture = textured(5, 512, 384)
    points = points_of(picture)
    assert 100 < len(points) <= MOST
    assert points["x"].max() <= 65535
    assert points["y"].max() <= 65535 * 384 / 512
    assert points.tobytes() == points_of(picture).tobytes()


def test_each_wave_has_its_transposed_one_and_with_the_slope_they_fill_the_bits():
    assert len(set(WAVES)) == 127
    assert {(down, across) for across, down in WAVES} == set(WAVES)


@pytest.mark.parametrize("turn", list(Image.Transpose))
def test_mirrored_and_turned_pictures_have_the_same_bits_in_one_facing(turn):
    picture = textured(6, 513, 385)  # odd sides keep the pixels of every octave where they are
    plain, _ = brought_to_one_facing(np.ascontiguousarray(points_of(picture)["bits"]))
    turned, _ = brought_to_one_facing(np.ascontiguousarray(points_of(picture.transpose(turn))["bits"]))
    apart = np.bitwise_count(plain[:, None] ^ turned[None]).sum(axis=2).min(axis=1)
    assert np.median(apart) <= 4


def test_features_are_kept_by_content_and_version():
    with Catalogue(None) as catalogue:
        catalogue.features.keep([(b"a" * 32, b"one"), (b"b" * 32, b"")], 1)
        catalogue.features.keep([(b"a" * 32, b"two")], 2)
        both = [b"a" * 32, b"b" * 32, b"c" * 32]
        assert catalogue.features.known(both, 1) == {b"b" * 32}
        assert dict(catalogue.features.load(both, 2)) == {b"a" * 32: b"two"}


def test_features_are_made_in_the_scan_that_needs_them_and_for_what_was_scanned_before(tmp_path):
    source = textured(7, 800, 600)
    folder, place = tmp_path / "Photos", tmp_path / "c.sqlite"
    save(source, folder / "source.jpg")
    save(ImageOps.mirror(crop(source, 0.6)[0]), folder / "part.png")
    save(textured(8), folder / "other.jpg")
    with Catalogue(place) as catalogue, Workers(1) as workers:
        crew = Crew(catalogue, workers)
        first = search([folder], Settings(kinds=NEAR), crew)
        contents = [each.content for each in first.library.fingerprints]
        assert catalogue.features.known(contents, VERSION) == set()
        second = search([folder], Settings(kinds=EDITED), crew)
        assert catalogue.features.known(contents, VERSION) == set(contents)
        third = search([folder], Settings(kinds=EDITED), crew)
    for found in (second, third):
        names = [photo.path.name for photo in found.library.photos]
        edits = found.matches.edits
        assert [(names[a], names[b]) for a, b in zip(edits.copy, edits.source, strict=True)] == [
            ("part.png", "source.jpg")
        ]
    with Catalogue(tmp_path / "d.sqlite") as catalogue, Workers(1) as workers:
        fresh = search([folder], Settings(kinds=EDITED), Crew(catalogue, workers))
        assert catalogue.features.known(contents, VERSION) == set(contents)
    assert fresh.matches.edits.transform.tolist() == second.matches.edits.transform.tolist()
