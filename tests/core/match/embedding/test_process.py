"""The process of a model: its answers, a wrong model in one sentence, and a stop that never waits for it."""

import io
import os
import signal
import threading
import time

import numpy as np
import pytest

pytest.importorskip("onnx", reason="tests make models with onnx")
pytest.importorskip("onnxruntime", reason="photodedup[model] is not installed")

from photodedup.core.errors import StoppedError, WrongUseError
from photodedup.core.match import ModelChoice, read_model
from photodedup.core.match.embedding.process import ModelProcess
from photodedup.core.match.network import Network
from tests.models import FEATURES, no_picture_model, tiny_model
from tests.pictures import scene


def jpeg(seed):
    stream = io.BytesIO()
    scene(seed, 320, 240).save(stream, "JPEG", quality=80)
    return stream.getvalue()


@pytest.fixture
def tiny(tmp_path):
    return tiny_model(tmp_path / "tiny.onnx", [1, 3, 32, 32])


def test_what_it_says_is_what_the_network_says(tiny):
    pixels = np.asarray(scene(1, 64, 48))
    with ModelProcess(tiny, threading.Event()) as process:
        said = process.show([(64, 48, pixels.tobytes()), jpeg(1), b"no picture", jpeg(2)])
        vectors = [None if each is None else np.frombuffer(each, "<f2") for each in said]
    assert vectors[2] is None
    assert vectors[0] == pytest.approx(Network(tiny).features(pixels), abs=1e-3)
    assert vectors[1].shape == (FEATURES,)
    assert float(vectors[1] @ vectors[0]) > float(vectors[3] @ vectors[0])


@pytest.mark.parametrize("kind", ["words", "garbage", "odd"])
def test_a_wrong_model_is_told_before_it_is_shown_anything(tmp_path, kind):
    path = tmp_path / f"{kind}.onnx"
    if kind == "words":
        no_picture_model(path)
    elif kind == "odd":
        tiny_model(path, [1, 3, 32, 32], "number")
    else:
        path.write_bytes(b"no model")
    with pytest.raises(WrongUseError, match=rf"{kind}\.onnx .*: choose (a model|another)"):
        ModelProcess(path, threading.Event())


def test_a_model_that_ends_its_process_is_told(tiny):
    with ModelProcess(tiny, threading.Event()) as process:
        os.kill(process._process.pid, signal.SIGKILL)
        with pytest.raises(WrongUseError, match=r"^tiny\.onnx ended the process"):
            process.show([jpeg(1)])


def test_a_stop_does_not_wait_for_the_model(tiny):
    stop = threading.Event()
    with ModelProcess(tiny, stop) as process:
        pid = process._process.pid
        os.kill(pid, signal.SIGSTOP)
        threading.Timer(0.2, stop.set).start()
        began = time.monotonic()
        with pytest.raises(StoppedError):
            process.show([jpeg(1)])
    assert time.monotonic() - began < 1
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_model_is_known_by_its_bytes_its_name_and_the_weights_beside_it(tmp_path, tiny):
    def digest(path):
        return read_model(ModelChoice(path), threading.Event()).digest

    first = digest(tiny)
    assert digest(tiny) == first
    (tmp_path / "tiny.onnx_data").write_bytes(b"weights")
    beside = digest(tiny)
    clip = tiny.rename(tmp_path / "clip.onnx")
    named = digest(clip)
    clip.write_bytes(clip.read_bytes() + b"\0")
    assert len({first, beside, named, digest(clip)}) == 4


def test_a_model_that_is_not_there_is_told(tmp_path):
    for path in (tmp_path / "none.onnx", tmp_path / "no folder" / "none.onnx"):
        with pytest.raises(WrongUseError, match=r"There is no model .*none\.onnx: check the name\."):
            read_model(ModelChoice(path), threading.Event())
    with pytest.raises(WrongUseError, match=r"cannot be read"):
        read_model(ModelChoice(tmp_path), threading.Event())


def test_the_usual_cosine_goes_by_the_name(tmp_path):
    names = {
        "sscd_disc_mixup.onnx": 0.75,
        "dinov2-small.onnx": 0.85,
        "CLIP-ViT-B-32.onnx": 0.92,
        "mine.onnx": 0.9,
    }
    for name, threshold in names.items():
        path = tmp_path / name
        path.write_bytes(b"x")
        assert read_model(ModelChoice(path), threading.Event()).threshold == threshold
        assert read_model(ModelChoice(path, 0.5), threading.Event()).threshold == 0.5
