"""The line without a window, for scripts and tests.

In: the arguments. Out: results on standard output, progress and complaints on standard error, and the exit
code: 0 where all went well (skipped files are no failure), 1 where something failed, 2 for wrong use.

Little is loaded here, and by each command only what it needs: to load all takes as long as ten photos.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from photodedup.cli.arguments import Run

_COMMANDS = {
    "scan": "scanning",
    "find": "finding",
    "compare": "comparing",
    "trash": "moving",
    "history": "moving",
    "undo": "moving",
}
"""Each command, a function of the same name, with its module."""
_READING, _MOVING = ("scan", "find"), ("trash", "undo")
_THREADS = "OPENBLAS_NUM_THREADS"
_CODECS = frozenset(["photodedup.core.decode.pixels", "photodedup.core.fingerprint.measure"])
_LISTING = 2.0
"""Seconds without any work after which what was found is given up; photos are waited for less long."""


def run_command(arguments: Sequence[str], serve: Run | None = None) -> int:
    """Runs one command and gives its exit code.

    Args:
        arguments: Those of the command line.
        serve: Does the command `serve`, of which the command line knows nothing but the options.
    """
    with _loading():
        if arguments and arguments[0] in _READING and "numpy" not in sys.modules:
            _prepare_reading(arguments)
        from photodedup.cli.arguments import make_parser  # noqa: PLC0415 - workers must not inherit it
        from photodedup.core.errors import PhotodedupError, WrongUseError  # noqa: PLC0415
        from photodedup.gui import words  # noqa: PLC0415

    commands = {name: _later(name, module) for name, module in _COMMANDS.items()}
    parser = make_parser(commands if serve is None else commands | {"serve": serve})
    try:
        options = parser.parse_args(arguments)
        with _stopping() as stop:
            failed = _done(arguments[0], options, stop)
            sys.stdout.flush()
        return int(failed)
    except BrokenPipeError:
        return _silent()
    except OSError as error:
        _complain(f"{error.strerror}: the output could not be written whole.")
        return _silent()
    except PhotodedupError as error:
        _complain(words.shown(str(error)))
        return 2 if isinstance(error, WrongUseError) else 1
    except RuntimeError as error:
        if "new thread" not in str(error):
            raise
        _complain("The system allows no more threads: close other programs, then try again.")
        return 1


def _done(name: str, options: argparse.Namespace, stop: threading.Event) -> bool:
    """Does a command apart from the main thread, which hears Ctrl+C also where a drive hangs."""
    from photodedup.core.errors import StoppedError  # noqa: PLC0415
    from photodedup.core.patience import HUNG, as_long_as_it_works  # noqa: PLC0415

    if name == "serve":  # hears it by itself
        return bool(options.run(options, stop))
    if name in _READING:
        from photodedup.core.mate import start  # noqa: PLC0415

        with suppress(OSError):  # no more processes are allowed, and one does as well
            start()
    moving = name in _MOVING
    try:
        return as_long_as_it_works(
            lambda: bool(options.run(options, stop)), stop, HUNG if moving else _LISTING
        )
    except StoppedError as error:
        more = " See with photodedup history what was moved." if moving else ""
        raise StoppedError(f"{error}{more}") from None


def _prepare_reading(arguments: Sequence[str]) -> None:
    """Forks what workers are forked from, while this process holds nothing and has one thread.

    numpy is asked for no threads, each of which costs more than it saves, but for a model's cosines.
    """
    if not any(each.startswith("--m") for each in arguments):
        os.environ.setdefault(_THREADS, "1")
    from photodedup.core.decode.nursery import fork_early  # noqa: PLC0415 - after the line above

    with suppress(OSError):  # no more processes are allowed; what needs one later says so
        fork_early(_CODECS)


@contextmanager
def _loading() -> Iterator[None]:
    """Looks for no garbage among what is loaded, all of which stays: that would take as long as a photo."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _later(name: str, module: str) -> Run:
    """A command whose module is loaded when it runs."""

    def run(options: argparse.Namespace, stop: threading.Event) -> bool:
        with _loading():
            command = getattr(import_module(f"photodedup.cli.{module}"), name)
        return bool(command(options, stop))

    return run


def _complain(sentence: str) -> None:
    with suppress(OSError, ValueError):  # nobody may be there to read it
        print(f"photodedup: {sentence}", file=sys.stderr, flush=True)


def _silent() -> int:
    """What is still to be flushed at the end goes nowhere, since nobody can take it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Turns the first Ctrl+C into a request to stop; the second one ends the program at once."""
    from photodedup.core.patience import TWICE  # noqa: PLC0415

    stop, asked = threading.Event(), time.monotonic()

    def ask(*_: object) -> None:
        nonlocal asked
        if not stop.is_set():
            asked = time.monotonic()
            stop.set()
        elif time.monotonic() - asked > TWICE:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
