"""The loop inside a worker process: one file after the other, with every right given up before the first.

Tasks enter through a pipe, the open file beside them; answers leave as plain data.
"""

from __future__ import annotations

import gc
import importlib
import os
from collections.abc import Iterable
from contextlib import suppress
from multiprocessing import reduction
from multiprocessing.connection import Connection

from photodedup.core.decode.confine import Limits, prepare, settle, watch_parent
from photodedup.core.decode.landlock import confine
from photodedup.core.decode.task import carry_out, pack

BY_DESCRIPTOR = os.name != "nt"
"""Whether a worker is handed open files; on Windows it opens them by their path."""
_LATE = frozenset(
    [
        "PIL.BmpImagePlugin",
        "PIL.ImageChops",
        "PIL.ImageCms",
        "PIL.ImagePalette",
        "PIL.ImageSequence",
        "PIL.MpoImagePlugin",
        "PIL.PpmImagePlugin",
        "PIL.TiffImagePlugin",
        "_strptime",
        "encodings.ascii",
        "encodings.cp1252",
        "encodings.idna",
        "encodings.latin_1",
        "encodings.utf_16",
        "encodings.utf_16_be",
        "encodings.utf_16_le",
        "encodings.utf_32",
        "encodings.utf_8_sig",
    ]
)
"""What Python and Pillow would load in the middle of a file, when a worker can open nothing any more."""
BROKEN = "broken"
"""What a worker answers that cannot load what its tasks need."""
OPEN = "PHOTODEDUP_WORKER_OPEN"
"""Environment variable that leaves workers unconfined, for whoever looks for a fault."""


def load(modules: Iterable[str]) -> None:
    """Load everything that tasks may need, since a worker can open nothing later.

    Args:
        modules: What the tasks ask for.

    Raises:
        ImportError: One of them cannot be loaded.
    """
    for module in sorted(_LATE):
        with suppress(ImportError):  # not every release of Python and Pillow has each of them
            importlib.import_module(module)
    for module in sorted(modules):
        importlib.import_module(module)


def serve_alone(pipe: Connection, limits: Limits, parent: int, modules: frozenset[str]) -> None:
    """Be a worker in a process that has just begun, as on Windows and macOS.

    Args:
        pipe: To whoever gives tasks.
        limits: What one file may cost.
        parent: Process id of the parent, with which this process ends.
        modules: What the tasks ask for.
    """
    settle(parent)
    watch_parent(parent)
    serve(pipe, limits, modules)


def serve(pipe: Connection, limits: Limits, modules: frozenset[str]) -> None:
    """Be a worker in a process that is settled, until the parent hangs up; see `serve_alone`."""
    try:
        load(modules)
    except ImportError as error:
        with suppress(OSError):
            pipe.send_bytes(pack((BROKEN, str(error).splitlines()[0])))
        return
    prepare(limits)
    if not os.environ.get(OPEN):
        confine()
    gc.disable()  # what forms circles is freed after each file, rather than looked for in the middle of it
    with suppress(EOFError, OSError):
        pipe.send_bytes(pack(("ready", None)))
        while True:
            function, arguments, path = pipe.recv()
            source = reduction.recv_handle(pipe) if BY_DESCRIPTOR else path
            with open(source, "rb", buffering=0) as stream:  # noqa: PTH123 - a descriptor, not a path
                stream.seek(0)
                prepare(limits)
                answer = carry_out(function, stream, arguments)
            pipe.send_bytes(pack(answer))
            del answer
            gc.collect(0)
