"""The handle of the process in which a model runs.

Small pictures enter; vectors leave, or `StoppedError` within a second, whatever the model is doing.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any

from photodedup.core.decode.task import unpack
from photodedup.core.decode.views import View
from photodedup.core.errors import StoppedError, WrongUseError
from photodedup.core.match.embedding.serving import READY, WRONG, serve
from photodedup.core.patience import POLL

_SPAWN = multiprocessing.get_context("spawn")
_DYING = 0.3
"""Seconds that the killed process may take to go."""


class ModelProcess:
    """A process that shows pictures to a model; used by one thread, and ended at the end of `with`."""

    def __init__(self, model: Path, stop: Event) -> None:
        """Starts it, and waits until the model has seen a picture.

        Args:
            model: The file.
            stop: Ends whatever it does within a second.

        Raises:
            WrongUseError: The model cannot be used.
            StoppedError: `stop` was set.
        """
        self._name, self._stop = model.name, stop
        self._pipe, other = _SPAWN.Pipe(duplex=True)
        arguments = other, os.getpid(), os.fspath(model)
        self._process = _SPAWN.Process(target=serve, args=arguments, name="photodedup-model", daemon=True)
        try:
            self._process.start()
        finally:
            other.close()
        try:
            self._answer(READY)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> ModelProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def show(self, pictures: Sequence[bytes | View]) -> list[bytes | None]:
        """Shows pictures to the model.

        Args:
            pictures: JPEGs or views.

        Returns:
            For each float16 numbers of a vector of length 1, or None where it cannot be decoded.

        Raises:
            WrongUseError: The model failed.
            StoppedError: The stop was set.
        """
        try:
            self._pipe.send(list(pictures))
        except OSError as error:
            raise self._ended() from error
        answer = self._answer("done")
        if not isinstance(answer, list) or len(answer) != len(pictures):
            raise self._ended()
        return answer

    def close(self) -> None:
        """Ends the process; harmless when repeated."""
        self._process.kill()
        self._process.join(_DYING)
        if self._process.is_alive():
            # It hangs in a drive that does not answer; the end of Python must not wait for it.
            multiprocessing.process._children.discard(self._process)  # type: ignore[attr-defined]
        self._pipe.close()

    def _answer(self, wanted: str) -> Any:
        while not self._pipe.poll(POLL):
            if self._stop.is_set():
                raise StoppedError("The search was stopped.")
        try:
            kind, value = unpack(self._pipe.recv_bytes())
        except Exception as error:  # it is gone, or what it runs has taken it over
            raise self._ended() from error
        if kind == WRONG:
            raise WrongUseError(str(value))
        if kind != wanted:
            raise self._ended()
        return value

    def _ended(self) -> WrongUseError:
        why = "ended the process that it ran in, maybe for lack of memory"
        return WrongUseError(f"{self._name} {why}: choose a smaller model.")
