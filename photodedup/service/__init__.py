"""The service: the same engine over HTTP, for other programs.

In: what the command line understood. Out: a running server until Ctrl+C. FastAPI and uvicorn are an extra, so
that nothing but `serve` imports them.
"""

from __future__ import annotations

import os
from argparse import Namespace
from importlib.util import find_spec

from photodedup.core.catalogue import service_store
from photodedup.core.errors import ServiceError, WrongUseError
from photodedup.service.address import hosts_of, is_loopback, listen, shown_address

TOKEN = "PHOTODEDUP_TOKEN"
"""Environment variable with the token, which no list of processes shows."""

_NEEDED = ("fastapi", "uvicorn", "python_multipart")
_GRACE = 10
"""Seconds that requests under way have at the end."""


def run_service(options: Namespace) -> None:
    """Answers requests until Ctrl+C.

    Args:
        options: `host`, `port`, `index`, `token`, `jobs`, `max_megabytes`, `max_megapixels` and
            `max_requests`.

    Raises:
        ServiceError: The extra is not installed, the address is taken, or the store cannot be used.
        WrongUseError: Others could reach it and there is no token.
    """
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise ServiceError(
            f"photodedup serve needs {missing[0]}, which is not installed. "
            "Install it with: pip install 'photodedup[service]'"
        )
    token = _token(options)
    listening = listen(options.host, options.port)
    try:
        _serve(options, token, listening)
    finally:
        listening.close()


def _token(options: Namespace) -> str | None:
    token: str | None = options.token if options.token is not None else os.environ.get(TOKEN)
    if token is not None and not (token.isascii() and token.isprintable() and token and " " not in token):
        raise WrongUseError(
            f"A token ({TOKEN} or --token) needs visible ASCII signs, at least one, without spaces."
        )
    if token is None and not is_loopback(options.host):
        raise WrongUseError(
            f"At {options.host} everybody in the network could add and remove pictures: set a token in "
            f"{TOKEN} or with --token, or listen at 127.0.0.1."
        )
    return token


def _serve(options: Namespace, token: str | None, listening) -> None:  # type: ignore[no-untyped-def]
    import uvicorn  # noqa: PLC0415 - an extra

    from photodedup.service.desk import Desk, Terms  # noqa: PLC0415
    from photodedup.service.web import make_app  # noqa: PLC0415

    terms = Terms(
        index=options.index,
        token=token,
        hosts=None if token else hosts_of(options.host),
        most_bytes=options.max_megabytes * 1_000_000,
        most_pixels=options.max_megapixels * 1_000_000,
        most_requests=options.max_requests,
    )
    with Desk(service_store(), terms, options.jobs) as desk:
        address = shown_address(listening)
        print(f"photodedup answers at {address}, explained at {address}/docs. Ctrl+C ends it.", flush=True)  # noqa: T201
        config = uvicorn.Config(
            make_app(desk),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
        )
        uvicorn.Server(config).run(sockets=[listening])
