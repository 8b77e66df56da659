"""The process in which a model runs: small pictures enter through a pipe, vectors leave as plain data.

Only this process decodes thumbnails for the network and loads ONNX Runtime. Once the model is loaded, with
weights that may lie in files beside it, the thread that decodes may open nothing any more (`landlock`).
"""

from __future__ import annotations

from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from photodedup.core.decode.confine import settle, watch_parent
from photodedup.core.decode.landlock import confine
from photodedup.core.decode.task import pack
from photodedup.core.decode.views import View
from photodedup.core.errors import WrongUseError
from photodedup.core.match.network import Network

READY, DONE, WRONG = "ready", "done", "wrong"


def serve(pipe: Connection, parent: int, path: str) -> None:
    """Loads a model, tries it, and then shows it pictures until the parent hangs up.

    Args:
        pipe: Lists of pictures, each a JPEG or a `View`; each is answered by a list of vectors, None where a
            picture cannot be decoded.
        parent: Process id of the parent.
        path: The model.
    """
    settle(parent)
    watch_parent(parent)
    with suppress(EOFError, OSError):
        try:
            network = Network(Path(path))
            network.features(_pixels((64, 64, bytes(range(256)) * 48)))
            confine()
            pipe.send_bytes(pack((READY, None)))
            while True:
                pipe.send_bytes(pack((DONE, [_vector(network, picture) for picture in pipe.recv()])))
        except WrongUseError as error:
            pipe.send_bytes(pack((WRONG, str(error))))


def _vector(network: Network, picture: bytes | View) -> bytes | None:
    """What a network says of a picture, as float16."""
    try:
        pixels = _pixels(picture)
    except ValueError:
        return None
    return network.features(pixels).astype("<f2").tobytes()


def _pixels(picture: bytes | View) -> NDArray[np.uint8]:
    if isinstance(picture, bytes):
        return np.asarray(simplejpeg.decode_jpeg(picture, "RGB"))
    width, height, pixels = picture
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)
