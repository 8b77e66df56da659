"""Features by a model that the person has: whatever its layout, and a clear sentence where it is none."""

import sys

import numpy as np
import pytest

pytest.importorskip("onnx", reason="tests make models with onnx")
pytest.importorskip("onnxruntime", reason="photodedup[model] is not installed")

from onnx import TensorProto

from photodedup.core.errors import WrongUseError
from photodedup.core.match.network import CLIP, HALVES, IMAGENET, Network
from tests.models import FEATURES, no_picture_model, tiny_model
from tests.pictures import scene

SHAPES = {
    "channels first": [1, 3, 32, 32],
    "channels last": [1, 32, 32, 3],
    "any size": ["batch", 3, "height", "width"],
    "one side": [1, 3, 32, None],
}


def pixels(seed, width=320, height=240):
    return np.asarray(scene(seed, width, height))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("output", ["vector", "words", "places"])
def test_features_are_vectors_of_length_one_that_know_a_copy(tmp_path, shape, output):
    network = Network(tiny_model(tmp_path / "tiny.onnx", shape, output))
    one, small, other = (network.features(each) for each in (pixels(1), pixels(1)[::2, ::2], pixels(2)))
    assert one.shape == (FEATURES,)
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-5)
    assert one @ one == pytest.approx(1)
    assert one @ small > one @ other


@pytest.mark.parametrize("kind", [TensorProto.UINT8, TensorProto.FLOAT16], ids=["bytes", "half floats"])
def test_other_types_of_numbers_are_given_as_wanted(tmp_path, kind):
    network = Network(tiny_model(tmp_path / "tiny.onnx", [1, 3, 32, 32], kind=kind))
    assert network.features(pixels(1)).shape == (FEATURES,)


def test_the_text_beside_the_picture_is_filled_in(tmp_path):
    network = Network(tiny_model(tmp_path / "tiny.onnx", [1, 3, 32, 32], text=True))
    assert network.features(pixels(1)).shape == (FEATURES,)


@pytest.mark.parametrize(
    ("name", "shape", "scale"),
    [
        ("clip-vit-b32.onnx", [1, 3, 32, 32], CLIP),
        ("siglip-base.onnx", [1, 3, 32, 32], HALVES),
        ("dinov2-small.onnx", [1, 3, 32, 32], IMAGENET),
        ("efficientnet-lite4.onnx", [1, 32, 32, 3], HALVES),
        ("efficientnet-b0.onnx", [1, 32, 32, 3], ((0.0,) * 3, (1 / 255,) * 3)),
    ],
)
def test_pictures_are_scaled_as_the_models_of_that_name_want(tmp_path, name, shape, scale):
    network = Network(tiny_model(tmp_path / name, shape, "places"))
    mean, deviation = (np.float32(each) for each in scale)
    white = np.full((32, 32, 3), 255, np.uint8)
    fed = network._fed(white)
    assert fed.shape == tuple(shape)
    colours = fed[0, 0, 0] if shape[3] == 3 else fed[0, :, 0, 0]
    assert colours == pytest.approx((1 - mean) / deviation, rel=1e-4)


@pytest.mark.parametrize("output", ["number", "nothing"])
def test_odd_outputs_are_told(tmp_path, output):
    network = Network(tiny_model(tmp_path / "odd.onnx", [1, 3, 32, 32], output))
    with pytest.raises(WrongUseError, match=r"^odd\.onnx makes no features of a picture \(what it gives"):
        network.features(pixels(1))


def test_a_model_that_fails_is_told(tmp_path):
    network = Network(tiny_model(tmp_path / "fixed.onnx", [4, 3, 32, 32]))
    with pytest.raises(WrongUseError, match=r"^fixed\.onnx makes no features of a picture"):
        network.features(pixels(1))


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"no model", "is no model in ONNX"), (None, "There is no model")]
)
def test_a_file_that_is_no_model_is_told(tmp_path, content, sentence):
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WrongUseError, match=sentence):
        Network(path)


def test_a_model_that_takes_no_pictures_is_told(tmp_path):
    with pytest.raises(WrongUseError, match="takes no pictures"):
        Network(no_picture_model(tmp_path / "words.onnx"))


def test_a_missing_onnx_runtime_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(WrongUseError, match=r"install it with photodedup\[model\]"):
        Network(tmp_path / "model.onnx")
