"""A worker reads what it was handed, and can open, write, execute and reach nothing else."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photodedup.core.decode import Task, Workers
from photodedup.core.decode.landlock import version
from photodedup.core.decode.serving import OPEN
from photodedup.core.values import Skipped

needs_landlock = pytest.mark.skipif(version() < 1, reason="this kernel has no Landlock")
MEASURE = "photodedup.core.fingerprint.measure:measure"
RARE = ("imagehash", "scipy.fftpack", "pywt", "numpy.ma")


def refusals(stream, folder, port):
    """What the worker tries, and the names of what it is refused."""
    deeds = {
        "read": lambda: Path(folder, "secret").read_bytes(),
        "list": lambda: os.listdir(folder),
        "write": lambda: Path(folder, "secret").write_text("changed"),
        "make": lambda: Path(folder, "new").touch(),
        "remove": lambda: Path(folder, "secret").unlink(),
        "rename": lambda: Path(folder, "secret").rename(Path(folder, "other")),
        "execute": lambda: os.execv("/bin/true", ["true"]),
        "connect": lambda: socket.create_connection(("127.0.0.1", port), 1).close(),
        "bind": lambda: socket.create_server(("127.0.0.1", 0)).close(),
        "signal": lambda: os.kill(os.getppid(), 0),
    }
    refused = []
    for name, deed in deeds.items():
        try:
            deed()
        except PermissionError:
            refused.append(name)
    return refused, stream.read()


@needs_landlock
def test_a_worker_can_only_read_what_it_was_handed(tmp_path):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "a.jpg").write_bytes(b"handed over")
    with socket.create_server(("127.0.0.1", 0)) as server, Workers(1) as pool:
        port = server.getsockname()[1]
        refused, read = pool.run_one(Task(tmp_path / "a.jpg", refusals, (os.fspath(tmp_path), port)))
    known = version()
    expected = ["read", "list", "write", "make", "remove", "rename", "execute"]
    expected += ["connect", "bind"] * (known >= 4) + ["signal"] * (known >= 6)
    assert refused == expected
    assert read == b"handed over"
    assert sorted(os.listdir(tmp_path)) == ["a.jpg", "secret"]
    assert (tmp_path / "secret").read_text() == "secret"


@pytest.mark.skipif(sys.platform != "linux", reason="Landlock is a part of Linux")
def test_where_the_kernel_has_no_landlock_nothing_is_taken():
    script = (
        "from photodedup.core.decode import landlock as it; it._call = lambda *_: -1; print(it.confine())"
    )
    root = Path(__file__).parents[2]
    ran = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert ran.stdout == "0\n"


@pytest.fixture
def pictures(tmp_path):
    import pillow_heif

    pillow_heif.register_heif_opener()
    random = np.random.default_rng(1)
    scene = Image.fromarray(random.integers(0, 255, (12, 16, 3), np.uint8)).resize((640, 480))
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Acme", 6
    exif.get_ifd(0x8769)[0x9003] = "2019:07:01 12:30:05"
    for form in ("jpg", "png", "webp", "tif", "gif", "bmp", "avif", "heic"):
        scene.save(tmp_path / f"a.{form}", **({} if form in ("gif", "bmp") else {"exif": exif.tobytes()}))
    scene.save(tmp_path / "b.mpo", save_all=True, append_images=[scene])
    scene.convert("P").save(tmp_path / "p.png")
    scene.convert("CMYK").save(tmp_path / "c.jpg")
    scene.save(tmp_path / "lzw.tif", compression="tiff_lzw")
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:5000])
    return sorted(tmp_path.iterdir())


@needs_landlock
def test_confined_workers_answer_as_unconfined_ones_do(pictures, monkeypatch):
    tasks = [Task(path, MEASURE, (recipe,), needs=RARE) for path in pictures for recipe in RECIPES]
    tasks += [
        Task(path, f"photodedup.core.decode.pixels:{name}") for path in pictures for name in ("code", "prove")
    ]
    tasks += [Task(path, "photodedup.core.decode.picture:view", (300,)) for path in pictures]
    answers = []
    for open_ in ("", "1"):
        monkeypatch.setenv(OPEN, open_)
        with Workers(1) as pool:
            answers.append({task: answer for task, answer in pool.run(tasks)})
    assert answers[0] == answers[1]
    skipped = [task.path.name for task, answer in answers[0].items() if isinstance(answer, Skipped)]
    assert set(skipped) == {"cut.jpg"}


RECIPES = ("phash256", "phash64", "dhash256", "whash64", "ahash64")


def test_a_worker_that_lacks_a_module_is_replaced_by_one_that_has_it(tmp_path):
    (tmp_path / "a").write_bytes(b"a")
    with Workers(1) as pool:
        first = pool.run_one(Task(tmp_path / "a", loaded, ("wave",)))
        before = pool.pids()
        second = pool.run_one(Task(tmp_path / "a", loaded, ("wave",), needs=("wave",)))
        assert (first, second) == (False, True)
        assert pool.pids() != before


def loaded(stream, module):
    return module in sys.modules
