"""Tiny models of neural networks that the tests make for themselves: a fixed random layer or two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FEATURES = 16


def tiny_model(path: Path, shape, output: str = "vector", kind: int = TensorProto.FLOAT, text: bool = False):
    """Writes a model that takes pictures of a shape, and gives features of a shape.

    `output` is `vector` (N, D), `words` (N, T, D), `places` (N, D, H, W), `number` (N, 1) or `nothing`
    (not a number).
    """
    last = shape[3] == 3
    axes = [0, 2, 3, 1] if last else [0, 1, 2, 3]
    weights = np.random.default_rng(1).normal(0, 1, (FEATURES, 3, 8, 8)).astype(np.float32)
    nodes = []
    source = "picture"
    if kind != TensorProto.FLOAT:
        nodes.append(helper.make_node("Cast", [source], ["numbers"], to=TensorProto.FLOAT))
        source = "numbers"
    if last:
        nodes.append(helper.make_node("Transpose", [source], ["first"], perm=[0, 3, 1, 2]))
        source = "first"
    nodes.append(helper.make_node("Conv", [source, "weights"], ["maps"], strides=[8, 8]))
    nodes += {
        "places": [helper.make_node("Transpose", ["maps"], ["places"], perm=axes)],
        "vector": [
            helper.make_node("GlobalAveragePool", ["maps"], ["pooled"]),
            helper.make_node("Flatten", ["pooled"], ["vector"]),
        ],
        "words": [
            helper.make_node("Reshape", ["maps", "flat"], ["lines"]),
            helper.make_node("Transpose", ["lines"], ["words"], perm=[0, 2, 1]),
        ],
        "number": [helper.make_node("ReduceMean", ["maps"], ["number"])],
        "nothing": [
            helper.make_node("Sub", ["maps", "maps"], ["zero"]),
            helper.make_node("Div", ["zero", "zero"], ["nothing"]),
        ],
    }[output]
    inputs = [helper.make_tensor_value_info("picture", kind, shape)]
    if text:
        inputs.insert(0, helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", 7]))
    stored = [
        numpy_helper.from_array(weights, "weights"),
        numpy_helper.from_array(np.array([0, FEATURES, -1], np.int64), "flat"),
    ]
    outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def no_picture_model(path: Path) -> Path:
    """Writes a model that takes no pictures."""
    info = helper.make_tensor_value_info
    node = helper.make_node("Identity", ["words"], ["same"])
    ends = info("words", TensorProto.FLOAT, [1, 4]), info("same", TensorProto.FLOAT, [1, 4])
    graph = helper.make_graph([node], "none", [ends[0]], [ends[1]])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path
