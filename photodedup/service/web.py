"""The addresses of the service, as FastAPI serves them.

In: forms with pictures. Out: JSON. The event loop only passes things on: a few threads wait for the workers
that measure pictures, others ask the store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from anyio import to_thread
from fastapi import APIRouter, Depends, FastAPI, Form, Path, Query, Request, Response, UploadFile
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from photodedup import __version__
from photodedup.core.index import LEAST, MOST, USUAL, Hit, Upload, usual_distance
from photodedup.service.answers import Added, Checked, Health, Image, Images, Match, Problem
from photodedup.service.desk import Desk, Refusal
from photodedup.service.guard import Guard
from photodedup.service.refusals import INDEX_NAME, answer_refusals

T = TypeVar("T")

MOST_MATCHES = 1000
"""Copies that `details` lists at most."""
_LARGEST = 2**63 - 1
"""The largest number that the store can hold."""
_MOST_FIELDS = 20
"""Fields without a file in one form; each is held in memory, while files go to the disk."""


class _FewFields(Request):
    """A request of which the form holds few fields."""

    def form(self, **limits: Any) -> Any:
        """The form; see `Request.form`."""
        return super().form(**{**limits, "max_fields": _MOST_FIELDS})


class _Route(APIRoute):
    """An address that takes forms of few fields."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request; see `APIRoute`."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            return await handle(_FewFields(request.scope, request.receive))

        return answer


class Counter:
    """Where requests wait for a desk without holding up each other; takes `most_files` in one request."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self.most_files = desk, desk.terms.most_files

    async def ask(self, call: Callable[[Desk], T]) -> T:
        """Calls something that takes its time."""
        return await to_thread.run_sync(call, self._desk)

    async def measure(self, file: UploadFile, side: int) -> Upload:
        """Measures one upload, after those that came before."""
        loop, desk = asyncio.get_running_loop(), self._desk
        return await loop.run_in_executor(desk.measuring, desk.measure, file.filename or "", file.file, side)


async def _counter(request: Request) -> Counter:
    counter: Counter = request.app.state.counter
    return counter


Service = Annotated[Counter, Depends(_counter)]
HashSize = Annotated[
    int, Form(ge=LEAST, le=MOST, description="Rows of the dHash, and bits of each: 16 makes 256 bits")
]
IndexName = Annotated[
    str | None, Form(pattern=INDEX_NAME, description="The index, where it is not the one that is served")
]

api = APIRouter(prefix="/api", dependencies=[Depends(HTTPBearer(auto_error=False))], route_class=_Route)


@api.post("/add/image", status_code=HTTPStatus.CREATED)
async def add_image(
    service: Service, file: UploadFile, hash_size: HashSize = USUAL, index_name: IndexName = None
) -> Added:
    """Adds one picture. Its name need not be unique; a picture that is added twice is there twice."""
    return await _add(service, [file], hash_size, index_name)


@api.post("/add/images", status_code=HTTPStatus.CREATED)
async def add_images(
    service: Service, files: list[UploadFile], hash_size: HashSize = USUAL, index_name: IndexName = None
) -> Added:
    """Adds several pictures, all of them or, where one cannot be used, none."""
    if len(files) > service.most_files:
        sentence = f"The field files takes at most {service.most_files} files, not {len(files)}."
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence)
    return await _add(service, files, hash_size, index_name)


@api.post("/check", response_model_exclude_unset=True)
async def check(
    service: Service,
    file: UploadFile,
    dist: Annotated[int | None, Form(ge=0, description="Bits by which copies may differ")] = None,
    details: Annotated[bool, Form(description="List the copies")] = False,
    hash_size: HashSize = USUAL,
    index_name: IndexName = None,
) -> Checked:
    """Whether the index holds a copy of a picture, which is not kept.

    A copy is a picture whose dHash differs by at most `dist` bits; without `dist`, by a tenth of the bits (a
    twentieth below hash_size 16). A picture too plain for its dHash to say anything must have the same
    colours, too. Pictures that were added with another hash_size are compared by a hash of a small version of
    them, in which about one bit in a hundred is another.
    """
    if dist is not None and dist > hash_size**2:
        sentence = f"The field dist takes {hash_size**2} or less with hash_size {hash_size}, not {dist}."
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, sentence)
    sought = await service.measure(file, hash_size)
    most = usual_distance(hash_size) if dist is None else dist
    limit = MOST_MATCHES if details else 1
    hits = await service.ask(lambda desk: desk.find(index_name, sought, most, limit))
    if not details:
        return Checked(duplicate=bool(hits))
    return Checked(duplicate=bool(hits), matches=[_match(hit) for hit in hits])


@api.get("/images")
async def images(
    service: Service,
    offset: Annotated[int, Query(ge=0, le=_LARGEST)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    index_name: Annotated[str | None, Query(pattern=INDEX_NAME)] = None,
) -> Images:
    """Lists the pictures of an index in the order in which they were added."""
    total, page = await service.ask(lambda desk: desk.images(index_name, offset, limit))
    return Images(total=total, images=[Image.model_validate(held, from_attributes=True) for held in page])


@api.delete("/images/{number}", status_code=HTTPStatus.NO_CONTENT)
async def remove_image(service: Service, number: Annotated[int, Path(ge=1, le=_LARGEST)]) -> None:
    """Removes a picture, of whatever index, by its `id`."""
    if not await service.ask(lambda desk: desk.pictures.remove(number)):
        raise Refusal(HTTPStatus.NOT_FOUND, f"There is no picture with the id {number}.")


async def health(service: Service) -> Health:
    """Answers 200 where the store can be read, 503 where not."""
    await service.ask(lambda desk: desk.images(None, 0, 1))
    return Health(status="ok", version=__version__)


def make_app(desk: Desk) -> FastAPI:
    """Makes the service around a desk, which stays the caller's."""
    app = FastAPI(
        title="photodedup",
        version=__version__,
        summary="Tells whether a picture is a copy of one that was added before.",
        responses={status: {"model": Problem} for status in (401, 403, 404, 413, 415, 422, 503)},
    )
    app.state.counter = Counter(desk)
    app.include_router(api)
    app.add_api_route("/health", health)
    answer_refusals(app)
    app.add_middleware(Guard, terms=desk.terms)
    return app


async def _add(service: Counter, files: Sequence[UploadFile], side: int, index: str | None) -> Added:
    measured = await asyncio.gather(*(service.measure(file, side) for file in files), return_exceptions=True)
    # Only now, since the files of a request are closed with its answer.
    uploads = []
    for each in measured:
        if isinstance(each, BaseException):
            raise each
        uploads.append(each)
    await service.ask(lambda desk: desk.add(index, uploads))
    return Added(added=[upload.name for upload in uploads])


def _match(hit: Hit) -> Match:
    return Match(id=hit.id, name=hit.name, distance=hit.distance, kind=hit.kind.label, likeness=hit.likeness)
