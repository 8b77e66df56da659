"""What cannot go together with the rest of a plan stays, and the rest goes."""

import os
from dataclasses import replace

import pytest

from photodedup.core.plan import Plan, with_companions, without_conflicts
from photodedup.core.trash import move_to_trash, trash_can
from photodedup.core.values import Pairs
from tests.core.test_plan_companions import companions, plan_of, sentences
from tests.core.trash.library import pair, put, removal
from tests.core.trash.units import unit


def kept(removals):
    left, refusals = without_conflicts(removals)
    Plan(left)
    return [each.photo.path.name for each in left], [each.sentence for each in refusals]


def test_what_can_go_together_is_left_as_it_is(tmp_path):
    removals = [unit(tmp_path), pair(tmp_path / "other", "IMG_2.jpg")]
    assert without_conflicts(removals) == (tuple(removals), ())


def test_a_photo_whose_keeper_goes_stays_and_the_others_go(tmp_path):
    one, two, three = (put(tmp_path / name, b"x") for name in ("1.jpg", "2.jpg", "3.jpg"))
    removals = [removal(one, two), removal(two, three), pair(tmp_path / "other")]
    assert kept(removals) == (
        ["2.jpg", "IMG_1.jpg"],
        ["1.jpg stays: 2.jpg, which is to stay for it, would go as well. Scan again and make a new plan."],
    )


def test_two_photos_that_would_stay_for_each_other_both_stay(tmp_path):
    one, two = (put(tmp_path / name, b"x") for name in ("1.jpg", "2.jpg"))
    names, said = kept([removal(one, two), removal(two, one)])
    assert names == []
    assert [each.split(":")[0] for each in said] == ["1.jpg stays", "2.jpg stays"]


@pytest.mark.parametrize("again", ["photo", "link", "companion"])
def test_a_file_that_is_there_twice_goes_once(tmp_path, again):
    first = unit(tmp_path)
    second = pair(tmp_path / "other", "IMG_2.jpg")
    if again == "photo":
        second = replace(second, photo=first.photo)
    elif again == "link":
        second = replace(second, photo=replace(second.photo, inode=first.photo.inode))
    else:
        second = replace(first, photo=replace(first.photo, path=tmp_path / "copies" / "IMG_2.jpg", inode=7))
    name = second.photo.path.name
    assert kept([first, second]) == (
        ["IMG_1.jpg"],
        [f"{name} stays: it or a file beside it is in the plan twice. Scan again and make a new plan."],
    )


def test_a_photo_that_would_go_as_a_companion_of_another_one_goes_once(tmp_path):
    first = unit(tmp_path)
    raw = first.companions[0]
    assert kept([first, removal(raw.file.path, raw.copy.path)])[0] == ["IMG_1.jpg"]
    assert kept([removal(raw.file.path, raw.copy.path), first])[0] == ["IMG_1.CR2"]


def linked(folder):
    """Two photos with raw photos; the copy that stays for the first one is the raw photo of the second."""
    names = ("copies/1.CR2", "kept/1.CR2", "kept/2.CR2")
    plan = plan_of(folder, "1.JPG", "2.JPG", "3.JPG", files=dict.fromkeys(names, b"raw"))
    os.link(folder / "kept/1.CR2", folder / "copies/2.CR2")
    return plan


@pytest.mark.parametrize("pairs", [Pairs.TOGETHER, Pairs.RAW_ONLY])
def test_a_raw_photo_stays_whose_copy_goes_under_another_name(tmp_path, pairs):
    plan = with_companions(linked(tmp_path), pairs)
    name = "1.JPG" if pairs is Pairs.TOGETHER else "1.CR2"
    assert sentences(plan) == [
        f"{name} stays: 1.CR2, which is to stay for it, would go as well. Scan again and make a new plan."
    ]
    assert name not in companions(plan)
    assert "3.JPG" in companions(plan)


def test_what_a_photo_that_stays_shares_with_others_stays_too(tmp_path):
    plan = linked(tmp_path)
    put(tmp_path / "copies/1.xmp", b"of 1.JPG and of 1.PNG")
    other = removal(put(tmp_path / "copies/1.PNG", b"p"), put(tmp_path / "kept/other.PNG", b"p"))
    completed = with_companions(Plan((*plan.removals, other)))
    assert companions(completed) == {"2.JPG": ["2.CR2"], "3.JPG": [], "1.PNG": []}


def test_the_rest_of_such_a_plan_is_moved(data_home, tmp_path):
    plan = with_companions(linked(tmp_path))
    report = move_to_trash(plan.removals, tmp_path / "journal", trash_can())
    assert {path.name for path in report.moved} == {"2.JPG", "3.JPG"}
    assert report.failures == ()
    assert (tmp_path / "copies/1.JPG").exists()
    assert (tmp_path / "kept/1.CR2").read_bytes() == b"raw"
