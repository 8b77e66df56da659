"""What serves all requests: the store, the workers, and the terms on which they are used.

In: uploads as open files. Out: what was added and found, or a refusal with its HTTP status. Whatever is
called here takes its time, so it is called in threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from photodedup.core.decode import Workers
from photodedup.core.index import Held, Hit, Pictures, Upload, measure
from photodedup.core.values import Skipped, SkipReason

LONGEST_NAME = 1000
"""Signs of the name of an upload."""

_STATUS = {
    SkipReason.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    SkipReason.UNSUPPORTED_FORMAT: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    SkipReason.NOT_A_PICTURE: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    SkipReason.UNREADABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Refusal(Exception):  # noqa: N818 - an answer, not an error
    """A request that is not carried out.

    Attributes:
        status: Of HTTP.
        sentence: What happened and what to do.
    """

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(status, sentence)
        self.status, self.sentence = int(status), sentence


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms the service works.

    Attributes:
        index: The index of whoever names none.
        token: What requests must carry, or None.
        hosts: The names under which it may be called, or None for any.
        most_bytes: Of one upload.
        most_pixels: Of one picture.
        most_files: Of one request.
        most_requests: Under way at a time, those that tell nothing of pictures aside.
    """

    index: str = "default"
    token: str | None = None
    hosts: frozenset[str] | None = None
    most_bytes: int = 64_000_000
    most_pixels: int = 100_000_000
    most_files: int = 100
    most_requests: int = 256


class Desk:
    """Store and workers; usable from any thread, by many at once.

    Attributes:
        terms: On which it works.
        pictures: The store.
        workers: Decode.
        measuring: The threads that wait for the workers, so that others wait without one.
    """

    def __init__(self, store: Path, terms: Terms | None = None, jobs: int | None = None) -> None:
        """Open the store; workers start with the first picture.

        Args:
            store: The file, made where it is not there.
            terms: The usual ones by default.
            jobs: How many workers decode; as many as processors by default.

        Raises:
            ServiceError: The store cannot be used.
        """
        self.terms = terms or Terms()
        self.pictures = Pictures(store)
        self.pictures.begin(self.terms.index)
        self.workers = Workers(jobs)
        self.measuring = ThreadPoolExecutor(2 * self.workers.count, "measuring")

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers and close the store; harmless when repeated."""
        self.workers.close()
        self.measuring.shutdown(cancel_futures=True)
        self.pictures.close()

    def measure(self, name: str, file: BinaryIO, side: int) -> Upload:
        """Measure one upload.

        Args:
            name: What its sender calls it.
            file: Spooled by the server; moved to a nameless file on the disk here.
            side: Of the dHash.

        Raises:
            Refusal: It has no name, or is no picture.
        """
        if not name or len(name) > LONGEST_NAME:
            raise Refusal(
                HTTPStatus.UNPROCESSABLE_ENTITY, f"A file needs a name of 1 to {LONGEST_NAME:,} characters."
            )
        descriptor = file.fileno()
        file.flush()
        if file.seek(0, 2) > self.terms.most_bytes:
            raise self.too_long(name)
        answer = measure(self.workers, name, descriptor, side, self.terms.most_pixels)
        if isinstance(answer, Skipped):
            raise Refusal(_STATUS.get(answer.reason, HTTPStatus.UNPROCESSABLE_ENTITY), answer.detail)
        return answer

    def add(self, index: str | None, uploads: Sequence[Upload]) -> None:
        """Add measured pictures to an index, all or none; None is the one that is served."""
        self.pictures.add(index or self.terms.index, uploads)

    def find(self, index: str | None, sought: Upload, most: int, limit: int) -> list[Hit]:
        """The copies of an upload in an index, differing by at most `most` bits, `limit` of them at most."""
        return self.pictures.find(index or self.terms.index, sought.measured, most, limit)

    def images(self, index: str | None, offset: int, limit: int) -> tuple[int, list[Held]]:
        """How many pictures an index has, and some of them."""
        return self.pictures.images(index or self.terms.index, offset, limit)

    def too_long(self, what: str) -> Refusal:
        """The refusal of an upload with too many bytes."""
        most = f"{self.terms.most_bytes / 1_000_000:g} MB"
        sentence = f"{what} is larger than {most}, which is the most that one picture may have here."
        return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence)
