"""Facts stand in rows, and what differs and what is better is said in words."""

from datetime import datetime
from pathlib import Path

from photodedup.core.values import Fingerprint, Photo
from photodedup.gui.facts import facts


def pair(name: str, size: int, width: int, taken: datetime | None = None, camera: str = ""):
    photo = Photo(Path(f"/photos/2019/{name}"), size, 0, 1, size)
    return photo, Fingerprint(b"", b"", b"", False, width, 3000, "JPEG", taken, camera)


def test_each_photo_has_the_same_rows():
    rows = facts([pair("a.jpg", 1, 4000), pair("b.jpg", 2, 4000)], [Path("/photos")])
    assert [[fact.name for fact in row] for row in rows] == [
        ["Name", "Folder", "Dimensions", "File size", "Date taken", "Camera"]
    ] * 2


def test_equal_values_are_told_and_different_ones_too():
    first, second = facts([pair("a.jpg", 1, 4000), pair("b.jpg", 1, 4000)], [Path("/photos")])
    assert [fact.equal for fact in first] == [False, True, True, True, True, True]
    assert [fact.text for fact in second][:3] == ["b.jpg", "photos/2019", "4000 × 3000"]


def test_the_better_one_of_two_is_larger_and_of_three_the_largest():
    two = [pair("a.jpg", 1, 4000), pair("b.jpg", 2, 2000)]
    first, second = facts(two, [])
    assert (first[2].note, second[2].note) == ("larger", "")
    assert (first[3].note, second[3].note) == ("", "bigger file")
    assert facts([*two, pair("c.jpg", 1, 1000)], [])[0][2].note == "largest"


def test_a_date_and_a_camera_are_worth_a_word():
    dated = pair("a.jpg", 1, 4000, datetime(2019, 7, 21, 12, 30, 5), "Acme One")
    first, second = facts([dated, pair("b.jpg", 1, 4000)], [])
    assert [(fact.text, fact.note) for fact in first[4:]] == [
        ("2019-07-21  12:30:05", "dated"),
        ("Acme One", "named"),
    ]
    assert [(fact.text, fact.note) for fact in second[4:]] == [("no date", ""), ("no camera", "")]
