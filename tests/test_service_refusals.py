"""What the service refuses: each time a 4xx and one sentence, and nothing is added."""

import io

import pytest
from PIL import Image

from photodedup.service.desk import Desk, Terms
from photodedup.service.guard import Guard
from photodedup.service.web import make_app
from tests.test_service import ONE, TestClient, encoded

HEAD = {"file": ("a.jpg", ONE)}
ADD, SEVERAL, CHECK = "/api/add/image", "/api/add/images", "/api/check"
LARGE = encoded(Image.new("RGB", (1200, 900)), "PNG")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    terms = Terms(most_bytes=500_000, most_pixels=1_000_000, most_files=3)
    with Desk(tmp_path_factory.mktemp("store") / "s.sqlite", terms, 1) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(desk):
    return TestClient(make_app(desk), raise_server_exceptions=False)


def test_a_form_of_many_fields_is_refused_before_they_fill_the_memory(client):
    fields = {f"field{number}": "x" for number in range(21)}
    for files in (HEAD, None):
        assert "Maximum number of fields is 20." in refused(client.post(ADD, data=fields, files=files), 400)


@pytest.fixture
def with_terms(desk):
    """A client of the same desk on other terms."""

    def made(**terms):
        return TestClient(Guard(make_app(desk), Terms(**terms)), base_url="http://127.0.0.1:8080")

    return made


def refused(response, status):
    """The sentence of a refusal; there is nothing else in it."""
    assert response.status_code == status, response.text
    (name, sentence), *rest = response.json().items()
    assert (name, rest) == ("detail", [])
    assert isinstance(sentence, str)
    assert sentence.endswith(".")
    assert "!" not in sentence
    return sentence


@pytest.mark.parametrize(
    ("data", "status", "what"),
    [
        (b"", 422, "is empty"),
        (b"hello, world" * 99, 415, "holds no picture"),
        (b"\0\0\0\x18ftypmp42" * 99, 415, "a format that is not read yet"),
        (ONE[: len(ONE) // 2], 422, "is damaged"),
        (encoded(Image.new("RGB", (50, 50)), "PNG")[:60], 422, "is damaged"),
        (b"\xff\xd8\xff" + bytes(500), 422, "is damaged"),
        (LARGE, 413, "more than 1 million pixels"),
        (ONE + bytes(600_000), 413, "larger than 0.5 MB"),
        (bytes(3_000_000), 413, "larger than"),
    ],
)
@pytest.mark.parametrize("address", [ADD, CHECK])
def test_what_is_no_picture_or_too_large_is_refused(client, address, data, status, what):
    assert what in refused(client.post(address, files={"file": ("a.jpg", data)}), status)
    assert client.get("/api/images").json()["total"] == 0


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"dist": "x"}, "The field dist takes a whole number, not 'x'."),
        ({"dist": "-1"}, "The field dist takes 0 or more, not '-1'."),
        ({"dist": "1.5"}, "The field dist takes a whole number, not '1.5'."),
        ({"dist": "257"}, "The field dist takes 256 or less with hash_size 16, not 257."),
        ({"dist": "65", "hash_size": "8"}, "The field dist takes 64 or less with hash_size 8, not 65."),
        ({"dist": "9" * 5000}, "dist"),
        ({"hash_size": "1"}, "The field hash_size takes 2 or more, not '1'."),
        ({"hash_size": "33"}, "The field hash_size takes 32 or less, not '33'."),
        ({"hash_size": "sixteen"}, "The field hash_size takes a whole number, not 'sixteen'."),
        ({"details": "perhaps"}, "The field details takes true or false, not 'perhaps'."),
        ({"index_name": "../x"}, "The field index_name takes 1 to 64 letters"),
        ({"index_name": "a/b"}, "index_name"),
        ({"index_name": "a\0b"}, "index_name"),
        ({"index_name": "a\n"}, "index_name"),
        ({"index_name": ".."}, "index_name"),
        ({"index_name": "x" * 65}, "index_name"),
    ],
)
def test_bad_values_are_refused(client, fields, what):
    assert what in refused(client.post(CHECK, files=HEAD, data=fields), 422)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "..\\x", "a b", "%2e%2e"])
def test_an_index_is_never_named_like_a_path(client, name):
    for response in (
        client.post(ADD, files=HEAD, data={"index_name": name}),
        client.post(SEVERAL, files=[("files", ("a.jpg", ONE))], data={"index_name": name}),
        client.get("/api/images", params={"index_name": name}),
    ):
        assert "index_name" in refused(response, 422)


def test_an_empty_field_is_as_good_as_none(client):
    answer = client.post(
        CHECK, files=HEAD, data={"dist": "", "hash_size": "", "index_name": "", "details": ""}
    )
    assert (answer.status_code, answer.json()) == (200, {"duplicate": False})


def test_a_missing_or_wrong_file_is_refused(client):
    assert refused(client.post(ADD), 422) == "The field file is missing."
    assert refused(client.post(SEVERAL, files=HEAD), 422) == "The field files is missing."
    assert "takes a file" in refused(client.post(ADD, data={"file": "text"}), 422)
    assert "missing" in refused(client.post(ADD, json={"file": "text"}), 422)
    form = {"content-type": "multipart/form-data; boundary=b"}
    nameless = b'--b\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\nx\r\n--b--\r\n'
    assert client.post(ADD, content=nameless, headers=form).status_code == 422
    assert client.post(ADD, content=b"--b\r\nbroken", headers=form).status_code in (400, 422)
    assert "name" in refused(client.post(ADD, files={"file": ("n" * 1001, ONE)}), 422)
    many = [("files", (f"{number}.jpg", ONE)) for number in range(4)]
    assert "at most 3 files" in refused(client.post(SEVERAL, files=many), 413)


@pytest.mark.parametrize("query", ["offset=-1", "offset=x", "limit=0", "limit=1001", f"offset={2**63}"])
def test_bad_pages_are_refused(client, query):
    assert "takes" in refused(client.get(f"/api/images?{query}"), 422)


@pytest.mark.parametrize(("number", "status"), [("77", 404), ("0", 422), ("x", 422), (str(2**63), 422)])
def test_a_picture_that_is_not_there_cannot_be_removed(client, number, status):
    refused(client.delete(f"/api/images/{number}"), status)


@pytest.mark.parametrize(
    ("method", "address", "status", "what"),
    [
        ("GET", "/api/pictures", 404, "There is nothing at /api/pictures: see /docs."),
        ("GET", CHECK, 405, "GET is not for /api/check: see /docs."),
    ],
)
def test_who_goes_astray_is_shown_the_way(client, method, address, status, what):
    assert refused(client.request(method, address), status) == what


def test_more_is_never_read_than_may_be_sent_whatever_the_client_says(desk, client):
    def endless():
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        for _ in range(40):
            yield bytes(100_000)

    form = {"content-type": "multipart/form-data; boundary=b"}
    assert "MB" in refused(client.post(ADD, content=endless(), headers=form), 413)


def test_a_token_is_asked_for_everywhere_but_where_nothing_is_told(with_terms):
    client = with_terms(token="se-cret")
    for method, address in (
        ("POST", ADD),
        ("POST", CHECK),
        ("GET", "/api/images"),
        ("DELETE", "/api/images/1"),
    ):
        for given in (None, "Bearer", "Bearer se-cret2", "Bearer sé", "Basic se-cret", "se-cret"):
            headers = {} if given is None else {"Authorization": given.encode("latin-1")}
            response = client.request(method, address, headers=headers)
            assert "Authorization: Bearer TOKEN" in refused(response, 401)
            assert response.headers["WWW-Authenticate"] == "Bearer"
    assert client.get("/api/images", headers={"Authorization": "Bearer se-cret"}).status_code == 200
    assert client.post(CHECK, files=HEAD, headers={"Authorization": "bearer se-cret"}).status_code == 200
    assert [client.get(address).status_code for address in ("/health", "/docs", "/openapi.json")] == [200] * 3


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Host": "localhost:8080"}, True),
        ({"Host": "[::1]:8080"}, True),
        ({"Host": "127.0.0.1:8080", "Origin": "http://127.0.0.1:8080"}, True),
        ({"Host": "photos.example:8080"}, False),
        ({"Host": "[broken"}, False),
        ({"Host": "127.0.0.1:8080", "Origin": "http://page.example"}, False),
        ({"Host": "127.0.0.1:8080", "Origin": "null"}, False),
    ],
)
def test_web_pages_of_other_places_cannot_ask_without_a_token(with_terms, headers, allowed):
    client = with_terms(hosts=frozenset({"127.0.0.1", "localhost", "::1"}))
    response = client.post(CHECK, files=HEAD, headers=headers)
    if allowed:
        assert response.status_code == 200
    else:
        assert "only programs of this machine" in refused(response, 403)


def test_a_store_that_fails_is_told(tmp_path):
    desk = Desk(tmp_path / "s.sqlite", Terms(), 1)
    client = TestClient(make_app(desk), raise_server_exceptions=False)
    desk.pictures.close()
    assert "cannot be used" in refused(client.get("/health"), 503)
    desk.close()


def test_what_uploads_are_called_is_never_a_path(client, tmp_path):
    buffer = io.BytesIO(ONE)
    name = f"../../{tmp_path}/x.jpg"
    assert client.post(ADD, files={"file": (name, buffer)}, data={"index_name": "p"}).json() == {
        "added": [name]
    }
    assert list(tmp_path.iterdir()) == []
