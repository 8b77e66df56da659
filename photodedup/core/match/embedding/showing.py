"""Shows the photos of a library to a model, unless it has seen them before.

A library and a model enter; `Embeddings` leave, one for each content that has a look, and stay in the
catalogue, so that a second search shows the model nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

import numpy as np

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.decode.views import View, read_view
from photodedup.core.errors import StoppedError
from photodedup.core.match.classes import first_equal, numbered
from photodedup.core.match.embedding.process import ModelProcess
from photodedup.core.match.model import Model
from photodedup.core.pace import Pace
from photodedup.core.values import NO_EMBEDDINGS, Embeddings, Index, Library, Skipped, Stage, Tell

_AT_ONCE = 16
"""Pictures that are shown at once: so many are lost at most when it ends."""
_SIDE = 320
"""Pixels of the longer side of what a model is shown, as thumbnails have them."""


def check_model(model: Model, catalogue: Catalogue, stop: Event) -> None:
    """Tries a model that is new to the catalogue, so that a wrong one is told before photos are read.

    Raises:
        WrongUseError: It cannot be used.
        StoppedError: `stop` was set.
    """
    if not catalogue.embeddings.any(model.digest):
        ModelProcess(model.path, stop).close()


def embed(
    library: Library,
    model: Model,
    catalogue: Catalogue,
    workers: Workers,
    tell: Tell | None = None,
    stop: Event | None = None,
) -> Embeddings:
    """What a model says of the photos of a library, but for plain ones.

    Args:
        library: The photos.
        model: The model.
        catalogue: Holds their thumbnails; keeps what the model says.
        workers: Decode photos whose thumbnails are lost.
        tell: Told the progress.
        stop: Ends it within a second; what was said until then is kept.

    Returns:
        One vector for each content, with the first photo that holds it.

    Raises:
        WrongUseError: The model cannot be used.
        StoppedError: `stop` was set.
    """
    stop = stop or Event()
    rows = library.seen.rows
    firsts = numbered(first_equal(rows["content"]))[1]
    firsts = firsts[~rows["plain"][firsts]]
    contents = [content.tobytes() for content in rows["content"][firsts]]
    known = catalogue.embeddings.known(contents, model.digest)
    unseen = [at for at, content in enumerate(contents) if content not in known]
    if unseen:
        showing = _Showing(library, model, catalogue, workers, stop)
        pace = Pace(Stage.EMBEDDING, tell, len(contents))
        pace.step(count=len(contents) - len(unseen))
        showing.show(firsts[unseen], pace)
    return _loaded(firsts, contents, model, catalogue)


class _Showing:
    """Shows photos to a model and keeps what it says."""

    def __init__(
        self, library: Library, model: Model, catalogue: Catalogue, workers: Workers, stop: Event
    ) -> None:
        self._library, self._model, self._catalogue = library, model, catalogue
        self._workers, self._stop = workers, stop

    def show(self, numbers: Index, pace: Pace) -> None:
        with ModelProcess(self._model.path, self._stop) as process:
            for start in range(0, len(numbers), _AT_ONCE):
                some = numbers[start : start + _AT_ONCE].tolist()
                self._show(process, some)
                pace.step(self._library.photos[some[-1]].path.parent, count=len(some))
        pace.finish()

    def _show(self, process: ModelProcess, numbers: Sequence[int]) -> None:
        contents = [self._library.seen.rows["content"][number].tobytes() for number in numbers]
        pairs = zip(numbers, contents, strict=True)
        shown = [(content, picture) for at, content in pairs if (picture := self._picture(at, content))]
        vectors = process.show([picture for _, picture in shown])
        said = zip((content for content, _ in shown), vectors, strict=True)
        kept = [(content, vector) for content, vector in said if vector is not None]
        self._catalogue.embeddings.keep(kept, self._model.digest)

    def _picture(self, number: int, content: bytes) -> bytes | View | None:
        """The thumbnail of a photo, read anew where it is lost, or None where that is not possible."""
        if self._stop.is_set():
            raise StoppedError("The search was stopped.")
        jpeg = self._catalogue.thumbnail(content)
        if jpeg is not None:
            return jpeg
        view = read_view(self._workers, self._library.photos[number], _SIDE, self._stop)
        return None if isinstance(view, Skipped) else view


def _loaded(firsts: Index, contents: Sequence[bytes], model: Model, catalogue: Catalogue) -> Embeddings:
    places = {content: at for at, content in enumerate(contents)}
    vectors, here = np.zeros((0, 0), np.float16), np.zeros(len(firsts), bool)
    for content, vector in catalogue.embeddings.load(contents, model.digest):
        if not vectors.size:
            vectors = np.zeros((len(firsts), len(vector) // 2), np.float16)
        if (
            len(vector) == 2 * vectors.shape[1]
        ):  # a model that gives now more, now fewer numbers compares none
            vectors[places[content]] = np.frombuffer(vector, "<f2")
            here[places[content]] = True
    return Embeddings(firsts[here], vectors[here]) if here.any() else NO_EMBEDDINGS
