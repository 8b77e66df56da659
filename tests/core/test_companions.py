"""Which files of a folder belong to which photo, by their names alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photodedup.core.scan.companions import FILMS, SIDECARS, Claim, claims
from photodedup.core.scan.exclusions import PICTURES, RAW
from photodedup.core.values import Role

LONG = "a photo whose name is far too long for Takeout to keep it"


def of(*names: str) -> dict[str, tuple[str, ...]]:
    return {claim.name: claim.photos for claim in claims(names)}


@pytest.mark.parametrize(
    ("companion", "photo", "role"),
    [
        ("IMG_1.CR2", "IMG_1.JPG", Role.RAW),
        ("IMG_1.dng", "IMG_1.HEIC", Role.RAW),
        ("IMG_1.MOV", "IMG_1.HEIC", Role.FILM),
        ("IMG_1.mov", "img_1.jpeg", Role.FILM),
        ("IMG_1.MP4", "IMG_1.HEIC", Role.FILM),
        ("IMG_1.xmp", "IMG_1.CR2", Role.XMP),
        ("IMG_1.xmp", "IMG_1.JPG", Role.XMP),
        ("IMG_1.JPG.xmp", "IMG_1.JPG", Role.XMP),
        ("IMG_1_01.CR2.xmp", "IMG_1.CR2", Role.XMP),
        ("IMG_1234.AAE", "IMG_1234.HEIC", Role.AAE),
        ("IMG_O1234.AAE", "IMG_1234.JPG", Role.AAE),
        ("IMG_1234.AAE", "IMG_E1234.JPG", Role.AAE),
        ("IMG_E1234.aae", "IMG_1234.JPG", Role.AAE),
        ("IMG.jpg.json", "IMG.jpg", Role.TAKEOUT),
        ("IMG.HEIC.json", "IMG.HEIC", Role.TAKEOUT),
        ("IMG.jpg.supplemental-metadata.json", "IMG.jpg", Role.TAKEOUT),
        ("PXL_20240102_123456789.jpg.supplemental-metada.json", "PXL_20240102_123456789.jpg", Role.TAKEOUT),
        ("PXL_20240102_123456789.jpg.s.json", "PXL_20240102_123456789.jpg", Role.TAKEOUT),
        ("IMG.jpg(1).json", "IMG(1).jpg", Role.TAKEOUT),
        ("IMG.jpg.supplemental-metadata(1).json", "IMG(1).jpg", Role.TAKEOUT),
        ("IMG(1).jpg.json", "IMG(1).jpg", Role.TAKEOUT),
        (LONG[:46] + ".json", LONG[:47] + ".jpg", Role.TAKEOUT),
        (LONG[:46] + "(2).json", LONG[:47] + "(2).jpg", Role.TAKEOUT),
        ("IMG.jpg.json", "IMG-edited.jpg", Role.TAKEOUT),
    ],
)
def test_a_companion_is_known_by_its_name(companion, photo, role):
    assert claims([photo, companion]) == [Claim(companion, role, (photo,))]


@pytest.mark.parametrize(
    "names",
    [
        ("IMG_1.CR2",),
        ("IMG_1.MOV",),
        ("IMG_1.xmp",),
        ("IMG_1.CR2", "IMG_2.JPG"),
        ("IMG_1.CR2", "IMG_1.PNG"),
        ("IMG_10.xmp", "IMG_1.JPG"),
        ("2010.xmp", "thompson-springs.jpg"),
        ("IMG_1 (1).MOV", "IMG_1.JPG"),
        ("IMG_1234.AAE", "IMG_5678.HEIC"),
        ("IMG_1.avi", "IMG_1.JPG"),
        ("IMG.jpg.other.json", "IMG.jpg"),
        ("IMG.jpg(1).json", "IMG.jpg"),
        ("metadata.json", "IMG.jpg"),
        ("._IMG_1.xmp", "IMG_1.jpg"),
        (".IMG_1.JPG", "IMG_1.CR2"),
    ],
)
def test_what_belongs_to_no_photo_is_no_companion(names):
    assert of(*names) == {}


def test_a_sidecar_that_several_photos_may_need_names_them_all_the_raw_one_first():
    assert of("IMG.xmp", "IMG.CR2", "IMG.JPG", "IMG.PNG") == {
        "IMG.CR2": ("IMG.JPG",),
        "IMG.xmp": ("IMG.CR2", "IMG.JPG", "IMG.PNG"),
    }


@pytest.mark.parametrize("film", ["IMG_1234.MOV", "IMG_1234.avi"])
@pytest.mark.parametrize("sidecar", ["IMG_1234.xmp", "IMG_1234.AAE"])
def test_a_sidecar_that_a_film_may_need_names_the_film_too(film, sidecar):
    assert of("IMG_1234.JPG", film, sidecar)[sidecar] == ("IMG_1234.JPG", film)


def test_a_raw_photo_is_the_jpegs_before_the_heics_and_a_film_the_other_way_round():
    assert of("IMG.HEIC", "IMG.JPG", "IMG.DNG", "IMG.MOV") == {
        "IMG.DNG": ("IMG.JPG", "IMG.HEIC"),
        "IMG.MOV": ("IMG.HEIC", "IMG.JPG"),
    }


def test_a_numbered_json_is_not_the_one_of_the_photo_without_a_number():
    assert of("IMG.jpg", "IMG(1).jpg", "IMG.jpg.json", "IMG.jpg(1).json") == {
        "IMG.jpg.json": ("IMG.jpg",),
        "IMG.jpg(1).json": ("IMG(1).jpg",),
    }


def test_the_json_of_a_film_is_the_films():
    assert of("IMG.HEIC", "IMG.MOV", "IMG.MOV.json")["IMG.MOV.json"] == ("IMG.MOV",)


def test_an_edited_apple_photo_and_its_original_have_their_own_sidecars():
    assert of("IMG_1234.HEIC", "IMG_E1234.HEIC", "IMG_1234.AAE", "IMG_E1234.AAE") == {
        "IMG_1234.AAE": ("IMG_1234.HEIC",),
        "IMG_E1234.AAE": ("IMG_E1234.HEIC",),
    }


ENDINGS = sorted(PICTURES | FILMS | set(SIDECARS) | {".txt", ""})
NAMES = st.builds(
    lambda stem, number, one, other: stem + number + one + other,
    st.sampled_from(["IMG", "IMG_1234", "IMG_E1234", "img_o1234", LONG, ".", "ß", ""]),
    st.sampled_from(["", "(1)", "_01", "-edited"]),
    st.sampled_from(["", ".jpg", ".CR2", ".supplemental-metadata", ".jpg(1)"]),
    st.sampled_from(ENDINGS),
).filter(bool)


@given(st.sets(NAMES, max_size=40))
def test_claims_name_files_of_the_folder_and_never_go_round_in_circles(names):
    found = claims(names)
    role_of = {claim.name: claim.role for claim in found}
    assert found == claims(sorted(names, reverse=True))
    assert len(role_of) == len(found)
    for claim in found:
        assert claim.name in names
        assert set(claim.photos) <= names - {claim.name}
        assert len(set(claim.photos)) == len(claim.photos) > 0
        beside = [role_of.get(photo) for photo in claim.photos]
        # A sidecar may be a raw photo's or a film's, and these only a photo's that is shown.
        assert all(role is None or (role.is_picture and not claim.role.is_picture) for role in beside)


def test_the_endings_of_raw_photos_have_the_length_that_the_walk_counts_on():
    assert {len(ending) for ending in RAW} == {4}
