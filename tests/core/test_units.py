"""A raw photo and its JPEG are one photo, and each photo knows how many companions it has."""

import os

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.line import Crew, Settings, search
from photodedup.core.scan import as_units, look, names_beside
from photodedup.core.values import SkipReason
from tests.pictures import save, scene


def made(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return folder


def made_odd(folder, *names):
    for name in names:
        (folder / name).write_bytes(b"x")
    return folder


def counted(looked):
    counts = looked.photos.rows["companions"].tolist()
    return {photo.path.name: count for photo, count in zip(looked.photos, counts, strict=True)}


def test_a_raw_photo_with_its_jpeg_is_no_photo_of_its_own(tmp_path):
    folder = made(tmp_path, "a/1.CR2", "a/1.JPG", "a/2.nef", "b/1.JPG", "b/3.HEIC", "b/3.DnG")
    looked = as_units(look([folder]))
    assert counted(looked) == {"1.JPG": 0, "2.nef": 0, "3.HEIC": 1} | {"1.JPG": 0}
    assert [str(photo.path.relative_to(folder)) for photo in looked.photos] == [
        "a/1.JPG", "a/2.nef", "b/1.JPG", "b/3.HEIC"
    ]  # fmt: skip
    assert looked.photos.rows["companions"].tolist() == [1, 0, 0, 1]
    told = [each for each in looked.skipped if each.reason is SkipReason.COMPANION]
    assert [each.detail for each in told] == [
        "1.CR2 is the raw photo of 1.JPG, which stands for both.",
        "3.DnG is the raw photo of 3.HEIC, which stands for both.",
    ]


def test_companions_are_counted_in_their_own_folder_and_through_the_raw_photo(tmp_path):
    folder = made(
        tmp_path, "1.JPG", "1.CR2", "1.CR2.xmp", "1.xmp", "1.MOV", "1.JPG.json", "sub/1.JPG", "2.JPG", "3.xmp"
    )
    looked = as_units(look([folder]))
    photos = {str(photo.path.relative_to(folder)): n for n, photo in enumerate(looked.photos)}
    counts = looked.photos.rows["companions"]
    assert {name: counts[n] for name, n in photos.items()} == {"1.JPG": 5, "sub/1.JPG": 0, "2.JPG": 0}
    names = names_beside(looked.photos, looked.skipped, range(len(looked.photos)))
    assert names == {photos["1.JPG"]: ("1.CR2", "1.CR2.xmp", "1.JPG.json", "1.MOV", "1.xmp")}


def test_a_library_without_companions_is_left_as_it_is(tmp_path):
    looked = look([made(tmp_path, "1.JPG", "2.CR2", "notes.txt")])
    assert as_units(looked) == looked
    assert len(as_units(look([tmp_path / "nothing there"])).photos) == 0


def test_many_companions_are_counted_as_many(tmp_path):
    sidecars = [f"1.JPG.{'supplemental-metadata'[:n]}.json" for n in range(1, 20)]
    looked = as_units(look([made(tmp_path, "1.JPG", *sidecars)]))
    assert counted(looked) == {"1.JPG": 19}


def test_names_that_are_no_text_have_companions_too(tmp_path):
    odd = os.fsdecode(b"caf\xe9")
    looked = as_units(look([made_odd(tmp_path, f"{odd}.jpg", f"{odd}.CR2", f"{odd}.xmp")]))
    assert [os.fsencode(photo.path.name) for photo in looked.photos] == [b"caf\xe9.jpg"]
    assert looked.photos.rows["companions"].tolist() == [2]


def test_the_keeper_is_rather_the_photo_with_companions(tmp_path):
    photo = save(scene(1), tmp_path / "a.jpg")
    for name in ("b.jpg", "c.jpg"):
        (tmp_path / name).write_bytes(photo.read_bytes())
    (tmp_path / "b.xmp").write_bytes(b"<x/>")
    with Catalogue(None) as catalogue, Workers(1) as workers:
        found = search([tmp_path], Settings(), Crew(catalogue, workers))
    shown = found.suggest(48)
    assert found.library.photos[int(shown.keeper[0])].path.name == "b.jpg"
    assert "with companion files" in found.why(shown, 0)


def test_a_raw_photo_beside_it_weighs_more_than_notes(tmp_path):
    looked = as_units(
        look([made(tmp_path, "a/1.JPG", "a/1.xmp", "b/1.JPG", "b/1.CR2", "c/1.HEIC", "c/1.MOV")])
    )
    assert looked.photos.rows["paired"].tolist() == [False, True, True]
