"""A Live Photo is one by its identifier, and by its name where there is none."""

import pytest

from photodedup.core.plan import Plan, with_companions
from tests.core.live import film, heic, jpeg
from tests.core.test_plan_companions import companions
from tests.core.trash.library import put, removal


def live(folder, **contents):
    """A Live Photo in `copies` and the same in `kept`: names with `_` for the dot, and contents."""
    for name, content in contents.items():
        for place in ("copies", "kept"):
            put(folder / place / name.replace("_", "."), content)
    photo = next(iter(contents)).replace("_", ".")
    return Plan((removal(folder / "copies" / photo, folder / "kept" / photo),))


def test_a_live_photo_is_known_by_its_identifier_whatever_the_names(tmp_path):
    plan = with_companions(live(tmp_path, a_HEIC=heic("SAME-1"), b_MOV=film("SAME-1"), c_MOV=film("OTHER")))
    assert companions(plan) == {"a.HEIC": ["b.MOV"]}


def test_a_film_of_another_identifier_is_not_paired_by_its_name(tmp_path):
    files = live(tmp_path, a_JPG=jpeg("MINE"), a_MOV=film("ANOTHER-ONE"))
    assert companions(with_companions(files)) == {"a.JPG": []}


@pytest.mark.parametrize("photo", [b"plain", jpeg("A-B-C")])
@pytest.mark.parametrize("moving", [b"plain", film("A-B-C")])
def test_without_an_identifier_the_name_pairs(tmp_path, photo, moving):
    files = live(tmp_path, a_JPG=photo, a_MOV=moving, b_MOV=film("X-Y-Z"))
    assert companions(with_companions(files)) == {"a.JPG": ["a.MOV"]}


def test_where_no_identifier_can_be_read_the_name_pairs(tmp_path, monkeypatch):
    def broken(path):
        if path.suffix == ".JPG":
            raise OSError(5, "broken")
        return "A-B-C"

    monkeypatch.setattr("photodedup.core.plan.beside.live_identifier", broken)
    files = live(tmp_path, a_JPG=b"photo", a_MOV=b"film")
    assert companions(with_companions(files)) == {"a.JPG": ["a.MOV"]}


def test_a_film_named_like_one_photo_stays_with_the_photo_of_its_identifier(tmp_path):
    plan = live(tmp_path, b_JPG=b"plain", b_MOV=film("SAME"))
    put(tmp_path / "copies/a.HEIC", heic("SAME"))
    assert companions(with_companions(plan)) == {"b.JPG": []}


def test_a_film_that_two_photos_claim_stays_with_the_one_that_stays(tmp_path):
    plan = live(tmp_path, a_HEIC=heic("SAME"), a_MOV=film("SAME"))
    put(tmp_path / "copies/a.JPG", jpeg("SAME"))
    assert companions(with_companions(plan)) == {"a.HEIC": []}
