"""Workers that cannot start end everything with one clear sentence; no photo is blamed for it."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from photodedup.core.decode import nursery, worker
from photodedup.core.decode.pool import Workers
from photodedup.core.decode.task import Task
from photodedup.core.errors import DecoderError
from tests.core.test_workers import answers, put
from tests.pictures import save, scene


def test_a_decoder_that_cannot_be_loaded_ends_all_with_one_sentence(tmp_path):
    tasks = [Task(task.path, "photodedup.not_installed:read") for task in put(tmp_path, ["a", "b", "c"])]
    with Workers(2) as pool:
        with pytest.raises(DecoderError, match=r"^No photo can be read, .* \(No module .*\): .*\.$"):
            list(pool.run(tasks))
        with pytest.raises(DecoderError):
            pool.run_one(tasks[0])


@pytest.fixture(params=["forked", "spawned"])
def starting(request, monkeypatch):
    """The class and the name of the method by which workers start, for both ways in which they can."""
    if request.param == "forked":
        if not nursery._possible():
            pytest.skip("this system has no handles of processes")
        return nursery.Nursery, "bear"
    monkeypatch.setattr(nursery, "_possible", lambda: False)
    return worker._SPAWN.Process, "start"


def test_a_decoder_that_cannot_be_started_ends_all_with_one_sentence(tmp_path, monkeypatch, starting):
    def fail(*_):
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(*starting, fail)
    with Workers(2) as pool, pytest.raises(DecoderError, match="Cannot allocate memory"):
        list(pool.run(put(tmp_path, ["a", "b"])))


def test_what_could_start_before_may_fail_to_start_once_or_twice(tmp_path, monkeypatch, starting):
    start, failures = getattr(*starting), []

    def fail_twice(*arguments):
        if len(failures) < 2:
            failures.append(arguments)
            raise OSError(errno.EAGAIN, "Resource temporarily unavailable")
        return start(*arguments)

    monkeypatch.setattr(*starting, fail_twice)
    with Workers(1) as pool:
        assert answers(pool, put(tmp_path, ["a", "b"])) == {"a": "a", "b": "b"}
    assert len(failures) == 2


def test_a_broken_installation_ends_a_scan_with_one_sentence(tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "simplejpeg.py").write_text("raise ImportError('libturbojpeg.so.0 is missing')")
    for seed in range(4):
        save(scene(seed, 64, 48), tmp_path / f"photos/{seed}.jpg")
    done = subprocess.run(
        [sys.executable, "-m", "photodedup", "scan", tmp_path / "photos", "--no-catalogue"],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONPATH": str(broken)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    (told,) = [line for line in done.stderr.splitlines() if line.startswith("photodedup: ")]
    assert "the decoder does not start (libturbojpeg.so.0 is missing)" in told
