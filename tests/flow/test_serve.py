"""The service as a process: it survives being killed, ends on Ctrl+C, and says why it does not start."""

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from photodedup import service
from photodedup.__main__ import main
from photodedup.service.address import is_loopback
from tests.test_service import ONE, OTHER, SMALLER


@contextmanager
def serving(*options):
    """A running service and a client of it."""
    command = [sys.executable, "-m", "photodedup", "serve", "--port", "0", "--jobs", "1", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            said = process.stdout.readline()
            assert said.startswith("photodedup answers at http://"), process.stderr.read()
            with httpx.Client(base_url=said.split()[3].rstrip(","), timeout=60) as client:
                yield process, client
        finally:
            process.kill()


def test_a_killed_service_knows_its_pictures_when_it_starts_again():
    with serving("--index", "holiday") as (process, client):
        added = client.post("/api/add/image", files={"file": ("a.jpg", ONE)})
        assert (added.status_code, added.json()) == (201, {"added": ["a.jpg"]})
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    with serving("--index", "holiday") as (_, client):
        for data, duplicate in ((ONE, True), (SMALLER, True), (OTHER, False)):
            checked = client.post("/api/check", files={"file": ("b.jpg", data)}, data={"dist": 14})
            assert (checked.status_code, checked.json()) == (200, {"duplicate": duplicate})


def test_two_services_share_one_index_and_end_on_ctrl_c():
    with serving() as (first, one), serving() as (second, other):

        def work(number):
            client = (one, other)[number % 2]
            client.post("/api/add/image", files={"file": (f"{number}.jpg", ONE)})
            return client.post("/api/check", files={"file": ("b.jpg", SMALLER)}).json()

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(work, range(8))) == [{"duplicate": True}] * 8
        assert one.get("/api/images").json() == other.get("/api/images").json()
        assert other.get("/api/images").json()["total"] == 8
        for process in (first, second):
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
            assert process.stderr.read() == ""


def test_a_token_from_the_environment_is_asked_for(monkeypatch):
    monkeypatch.setenv(service.TOKEN, "se-cret")
    with serving() as (_, client):
        assert client.get("/api/images").status_code == 401
        allowed = client.get("/api/images", headers={"Authorization": "Bearer se-cret"})
        assert allowed.json() == {"total": 0, "images": []}
        assert client.get("/api/images", headers={"Host": "elsewhere"}).status_code == 401


def complaint(capsys, *options):
    code = main(["serve", *options])
    sentence = capsys.readouterr().err
    assert sentence.count("\n") == 1
    return code, sentence


def test_an_address_that_is_taken_is_told(capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        code, sentence = complaint(capsys, "--port", port)
    assert (code, f"Port {port} of 127.0.0.1 is taken" in sentence) == (1, True)


@pytest.mark.parametrize(
    ("options", "code", "what"),
    [
        (["--host", "0.0.0.0"], 2, "set a token"),
        (["--host", "::"], 2, "set a token"),
        (["--host", "192.0.2.7", "--token", "t"], 1, "no address of this machine"),
        (["--host", "a host", "--token", "t"], 1, "There is no address"),
        (["--token", ""], 2, "A token"),
        (["--token", "a b"], 2, "A token"),
        (["--port", "70000"], 2, "--port takes a whole number from 0 to 65535"),
        (["--index", "../x"], 2, "--index takes 1 to 64 letters"),
        (["--max-megabytes", "0"], 2, "1 or more"),
    ],
)
def test_wrong_use_of_serve_is_told_in_one_sentence(capsys, options, code, what):
    told, sentence = complaint(capsys, *options)
    assert (told, what in sentence) == (code, True), sentence


def test_a_missing_extra_is_told_with_the_way_to_install_it(capsys, monkeypatch):
    found = service.find_spec
    monkeypatch.setattr(service, "find_spec", lambda name: None if name == "uvicorn" else found(name))
    code, sentence = complaint(capsys)
    assert code == 1
    assert "needs uvicorn" in sentence
    assert "photodedup[service]" in sentence


def test_only_serving_loads_the_web():
    program = (
        "import sys; from photodedup.__main__ import main; main(['history']); import photodedup.service; "
        "print({'fastapi', 'uvicorn', 'starlette', 'pydantic', 'PySide6'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "set()"


def test_loopback_is_known_by_its_addresses():
    assert [is_loopback(host) for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost")] == [True] * 4
    assert [is_loopback(host) for host in ("", "0.0.0.0", "::", "192.0.2.7", os.sep)] == [False] * 5
