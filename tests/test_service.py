"""The service as other programs meet it: exact answers, and one sentence with a 4xx for all that is wrong."""

import io
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import imagehash
import pytest
from PIL import Image

from photodedup.service.desk import Desk, Terms
from photodedup.service.web import make_app
from tests.pictures import scene

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # newer releases want the successor of httpx, older ones know only httpx
    from fastapi.testclient import TestClient


def encoded(image, form="JPEG", **options):
    """A picture as the bytes of a file."""
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


ONE, OTHER = encoded(scene(1)), encoded(scene(2))
SMALLER = encoded(scene(1).resize((320, 240)), quality=60)


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """Makes a client of a service with a store and terms of its own."""
    desks = []

    def made(store=None, **terms):
        desk = Desk(store or tmp_path_factory.mktemp("store") / "s.sqlite", Terms(**terms), 2)
        desks.append(desk)
        return TestClient(make_app(desk), raise_server_exceptions=False)

    yield made
    for desk in desks:
        desk.close()


@pytest.fixture(scope="module")
def shared(make):
    """One service for all tests that use an index of their own."""
    return make(most_bytes=2_000_000, most_pixels=1_000_000, most_files=20)


@pytest.fixture
def client(shared, request):
    """The shared service, with an index named after the test."""
    return _Indexed(shared, request.node.name.translate(str.maketrans("[]-/", "____"))[:60])


class _Indexed:
    """Asks with the name of one index in every form."""

    def __init__(self, client, index):
        self.client, self.index = client, index

    def add(self, data, name="a.jpg", **fields):
        return self.client.post(
            "/api/add/image", files={"file": (name, data)}, data={"index_name": self.index} | fields
        )

    def check(self, data, name="q.jpg", **fields):
        return self.client.post(
            "/api/check", files={"file": (name, data)}, data={"index_name": self.index} | fields
        )

    def images(self, **query):
        return self.client.get("/api/images", params={"index_name": self.index} | query).json()


def test_what_was_added_is_a_duplicate(client):
    added = client.add(ONE, "holiday.jpg")
    assert (added.status_code, added.json()) == (201, {"added": ["holiday.jpg"]})
    for data, dist, duplicate in ((ONE, 0, True), (SMALLER, 14, True), (OTHER, 14, False), (ONE, 256, True)):
        checked = client.check(data, dist=dist)
        assert (checked.status_code, checked.json()) == (200, {"duplicate": duplicate})
    assert client.check(SMALLER).json() == {"duplicate": True}


def test_several_are_added_in_order(client):
    files = [("files", (f"{name}.jpg", ONE)) for name in "cab"] + [("files", ("größe 😀.png", OTHER))]
    added = client.client.post("/api/add/images", files=files, data={"index_name": client.index})
    names = ["c.jpg", "a.jpg", "b.jpg", "größe 😀.png"]
    assert (added.status_code, added.json()) == (201, {"added": names})
    assert [each["name"] for each in client.images()["images"]] == names


def test_where_one_of_several_is_bad_none_is_added(client):
    client.add(OTHER)
    files = [("files", ("a.jpg", ONE)), ("files", ("b.jpg", b"no picture"))]
    refused = client.client.post("/api/add/images", files=files, data={"index_name": client.index})
    assert refused.status_code == 415
    assert refused.json() == {"detail": "b.jpg holds no picture, in spite of its name."}
    assert client.images()["total"] == 1


@pytest.mark.parametrize("side", [2, 8, 16, 32])
def test_dist_is_the_hamming_distance_of_imagehash(client, side):
    one, other = Image.open(io.BytesIO(ONE)), Image.open(io.BytesIO(OTHER))
    apart = int(imagehash.dhash(one, side) - imagehash.dhash(other, side))
    client.add(ONE, hash_size=side)
    assert client.check(OTHER, hash_size=side, dist=apart).json() == {"duplicate": True}
    if apart:
        assert client.check(OTHER, hash_size=side, dist=apart - 1).json() == {"duplicate": False}
    details = client.check(OTHER, hash_size=side, dist=apart, details="true").json()
    assert [match["distance"] for match in details["matches"]] == [apart]


def test_details_list_the_copies_with_kind_and_likeness(client):
    commented = ONE[:2] + b"\xff\xfe\x00\x0aedited!!" + ONE[2:]
    for name, data in (
        ("small.jpg", SMALLER),
        ("other.jpg", OTHER),
        ("told.jpg", commented),
        ("same.jpg", ONE),
    ):
        client.add(data, name)
    answer = client.check(ONE, dist=20, details=True).json()
    assert answer["duplicate"] is True
    assert [set(match) for match in answer["matches"]] == [{"id", "name", "distance", "kind", "likeness"}] * 3
    assert [(match["name"], match["kind"]) for match in answer["matches"]] == [
        ("told.jpg", "identical-picture"),
        ("same.jpg", "identical-file"),
        ("small.jpg", "near-duplicate"),
    ]
    assert answer["matches"][0]["likeness"] == 100
    assert client.check(encoded(scene(9)), details=True).json() == {"duplicate": False, "matches": []}


def test_plain_pictures_are_duplicates_only_in_the_same_colours(client):
    client.add(encoded(Image.new("RGB", (300, 200), (200, 30, 30))), "red.jpg")
    red = encoded(Image.new("RGB", (150, 100), (201, 30, 29)), "PNG")
    blue = encoded(Image.new("RGB", (300, 200), (30, 30, 200)))
    assert client.check(red, dist=10).json() == {"duplicate": True}
    assert client.check(blue, dist=10).json() == {"duplicate": False}


def test_a_picture_is_found_with_another_hash_size_than_it_was_added_with(client):
    client.add(ONE, hash_size=16)
    for side in (2, 8, 20, 32):
        assert client.check(ONE, hash_size=side, dist=0).json() == {"duplicate": True}
    assert client.check(SMALLER, hash_size=8).json() == {"duplicate": True}
    assert client.check(OTHER, hash_size=32).json() == {"duplicate": False}


def test_names_need_not_be_unique_and_the_same_picture_may_be_added_twice(client):
    assert [client.add(ONE).json() for _ in range(2)] == [{"added": ["a.jpg"]}] * 2
    page = client.images()
    assert page["total"] == 2
    first, second = page["images"]
    assert first["id"] < second["id"]
    assert {key: first[key] for key in ("name", "size", "width", "height", "format")} == {
        "name": "a.jpg", "size": len(ONE), "width": 640, "height": 480, "format": "JPEG",
    }  # fmt: skip
    removed = client.client.delete(f"/api/images/{first['id']}")
    assert (removed.status_code, removed.content) == (204, b"")
    assert client.check(ONE, dist=0).json() == {"duplicate": True}
    client.client.delete(f"/api/images/{second['id']}")
    assert client.check(ONE, dist=0).json() == {"duplicate": False}
    again = client.client.delete(f"/api/images/{second['id']}")
    assert (again.status_code, str(second["id"]) in again.json()["detail"]) == (404, True)


def test_images_are_listed_in_pages(client):
    for name in "abcde":
        client.add(ONE, name)
    page = client.images(offset=1, limit=2)
    assert (page["total"], [each["name"] for each in page["images"]]) == (5, ["b", "c"])
    assert client.images(offset=9)["images"] == []


def test_an_index_of_another_name_is_another_index(client):
    client.add(ONE)
    assert client.client.post("/api/check", files={"file": ONE}).json() == {"duplicate": False}
    unknown = client.client.post("/api/check", files={"file": ONE}, data={"index_name": "nobody"})
    assert unknown.status_code == 404
    assert unknown.json() == {"detail": "There is no index nobody: add a picture to it first."}
    assert client.client.get("/api/images?index_name=nobody").status_code == 404


def test_many_at_once_lose_nothing(client):
    pictures = [encoded(scene(100 + number, 160, 120)) for number in range(12)]

    def work(number):
        added = client.add(pictures[number], f"{number}.jpg")
        return added.status_code, client.check(pictures[number], dist=0).json()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(12))) == [(201, {"duplicate": True})] * 12
    assert {each["name"] for each in client.images()["images"]} == {f"{number}.jpg" for number in range(12)}


def test_a_service_that_starts_again_knows_its_pictures(make, tmp_path):
    store = tmp_path / "s.sqlite"
    with closing(Desk(store)) as desk:
        TestClient(make_app(desk)).post("/api/add/image", files={"file": ("a.jpg", ONE)})
    assert make(store).post("/api/check", files={"file": ("b.jpg", ONE)}).json() == {"duplicate": True}


def test_health_and_the_page_of_documentation_answer(shared):
    assert shared.get("/health").json()["status"] == "ok"
    assert "swagger" in shared.get("/docs").text.lower()
    paths = shared.get("/openapi.json").json()["paths"]
    assert {"/api/add/image", "/api/add/images", "/api/check", "/api/images", "/health"} <= set(paths)
