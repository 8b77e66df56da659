"""Turns whatever a request did wrong into one sentence, `{"detail": "..."}`, with a status that fits.

In: errors of FastAPI and of core. Out: answers as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from photodedup.core.errors import NoIndexError, PhotodedupError
from photodedup.service.desk import Refusal

INDEX_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
"""What an index may be called."""

_TAKES = {
    "int_parsing": "takes a whole number",
    "int_parsing_size": "takes a smaller number",
    "bool_parsing": "takes true or false",
    "greater_than_equal": "takes {ge} or more",
    "less_than_equal": "takes {le} or less",
    "string_pattern_mismatch": (
        "takes 1 to 64 letters, digits, dots, hyphens and underscores, the first one a letter or digit"
    ),
}
_SHOWN = 80
"""Signs of a wrong value that are repeated in the answer."""


def answer_refusals(app: FastAPI) -> None:
    """Lets an app answer everything that goes wrong in one sentence."""
    app.add_exception_handler(Refusal, _refused)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _wrong)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _astray)  # type: ignore[arg-type]
    app.add_exception_handler(PhotodedupError, _failed)  # type: ignore[arg-type]


async def _refused(_: Request, refusal: Refusal) -> JSONResponse:
    return _answer(refusal.status, refusal.sentence)


async def _wrong(_: Request, error: RequestValidationError) -> JSONResponse:
    return _answer(HTTPStatus.UNPROCESSABLE_ENTITY, _sentence(error.errors()[0]))


async def _astray(request: Request, error: HTTPException) -> JSONResponse:
    """Answers who asked for an address or a way of asking that there is not."""
    place, sentence = request.url.path[:_SHOWN], str(error.detail)
    if error.status_code == HTTPStatus.NOT_FOUND:
        sentence = f"There is nothing at {place}: see /docs."
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        sentence = f"{request.method} is not for {place}: see /docs."
    return JSONResponse({"detail": sentence}, error.status_code, error.headers)


async def _failed(_: Request, error: PhotodedupError) -> JSONResponse:
    missing = isinstance(error, NoIndexError)
    return _answer(HTTPStatus.NOT_FOUND if missing else HTTPStatus.SERVICE_UNAVAILABLE, str(error))


def _answer(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"detail": sentence}, int(status))


def _sentence(error: Mapping[str, Any]) -> str:
    """The first thing that is wrong with the values of a request."""
    place = [str(part) for part in error["loc"] if not isinstance(part, int)]
    name, given = place[-1] if place else "body", error.get("input")
    if error["type"] == "missing":
        return f"The field {name} is missing."
    if "UploadFile" in str(error["msg"]):
        return f"The field {name} takes a file, sent as multipart/form-data with its name."
    takes = _TAKES.get(error["type"])
    if takes is None:
        return f"The field {name} cannot be used: {error['msg']}."
    takes = takes.format(**error.get("ctx", {}))
    shown = f", not {given[:_SHOWN]!r}" if isinstance(given, str) else ""
    return f"The field {name} {takes}{shown}."
