"""Stands before everything else: who may ask, under which name, how much may be sent, and how many at a time.

In: each request, before a byte of its body is read. Out: the request to the app, or a refusal as JSON. What
is sent with a refused request is thrown away without being kept anywhere.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from photodedup.service.desk import Refusal, Terms

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

OPEN = frozenset({"/health", "/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json"})
"""What needs no token: it tells nothing of any picture."""

SEVERAL = "/api/add/images"
_BESIDES = 1_000_000
"""Bytes of a request that are not of the picture: the other fields and what separates them."""
_DRAINED = 256_000_000
"""Bytes that are read and thrown away, so that a client that first sends and then listens hears us."""


class _TooLong(Exception):  # noqa: N818 - a signal within this module
    pass


class Guard:
    """ASGI middleware around the app."""

    def __init__(self, app: App, terms: Terms) -> None:
        self._app, self._terms = app, terms
        self._under_way = 0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Passes a request on, or refuses it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        counted = scope["path"] not in OPEN
        refusal = self._refusal(scope["path"], headers) or (self._busy() if counted else None)
        if refusal is None:
            self._under_way += counted
            try:
                await self._pass(scope, receive, send)
            finally:
                self._under_way -= counted
            return
        if headers.get(b"expect", b"").lower() != b"100-continue":
            await _drain(receive)
        await _answer(send, refusal)

    def _refusal(self, path: str, headers: dict[bytes, bytes]) -> Refusal | None:
        terms = self._terms
        if terms.hosts is not None and not _calls_by(terms.hosts, headers):
            return Refusal(
                HTTPStatus.FORBIDDEN,
                "Without a token only programs of this machine may ask, under its own name: use 127.0.0.1.",
            )
        if terms.token is not None and path not in OPEN and not _carries(terms.token, headers):
            return Refusal(HTTPStatus.UNAUTHORIZED, "This needs the header Authorization: Bearer TOKEN.")
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._most(path):
            return self._too_long(path)
        return None

    def _busy(self) -> Refusal | None:
        most = self._terms.most_requests
        if self._under_way < most:
            return None
        sentence = f"The service is busy with {most} requests: send this one again in a second."
        return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, sentence)

    def _most(self, path: str) -> int:
        files = self._terms.most_files if path == SEVERAL else 1
        return min(self._terms.most_bytes * files, max(self._terms.most_bytes, 1_000_000_000)) + _BESIDES

    def _too_long(self, path: str) -> Refusal:
        most = (self._most(path) - _BESIDES) / 1_000_000
        sentence = f"The request is larger than {most:g} MB, which is the most that may be sent here at once."
        return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence)

    async def _pass(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Lets the app read no more than it may, whatever the client said of the length."""
        left = self._most(scope["path"])
        exceeded, more = False, True

        async def counted() -> Message:
            nonlocal left, exceeded, more
            message = await receive()
            left -= len(message.get("body", b""))
            more = bool(message.get("more_body"))
            if left < 0:
                exceeded = True
                raise _TooLong
            return message

        async def unless_exceeded(message: Message) -> None:
            if not exceeded:
                await send(message)

        try:
            await self._app(scope, counted, unless_exceeded)
        except _TooLong:
            pass
        finally:
            if exceeded:
                if more:
                    await _drain(receive)
                await _answer(send, self._too_long(scope["path"]))


def _calls_by(hosts: frozenset[str], headers: dict[bytes, bytes]) -> bool:
    """Whether the names in a request are ours; pages of other places say in Origin where they come from."""
    host = headers.get(b"host", b"").decode("latin-1").lower()
    origin = headers.get(b"origin")
    try:
        ours = urlsplit(f"//{host}").hostname in hosts
        return ours and (origin is None or urlsplit(origin.decode("latin-1").lower()).netloc == host)
    except ValueError:
        return False


def _carries(token: str, headers: dict[bytes, bytes]) -> bool:
    scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
    return scheme.lower() == b"bearer" and hmac.compare_digest(given.strip(), token.encode())


async def _drain(receive: Receive) -> None:
    left = _DRAINED
    while left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return


async def _answer(send: Send, refusal: Refusal) -> None:
    body = json.dumps({"detail": refusal.sentence}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        headers.append((b"www-authenticate", b"Bearer"))
    if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
