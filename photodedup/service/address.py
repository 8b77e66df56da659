"""Where the service listens, and who can reach it there.

In: a host and a port. Out: a listening socket, or one sentence that says why there is none.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import socket

from photodedup.core.errors import ServiceError

_WAITING = 128
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine can reach an address; False where that is not certain."""
    try:
        found = {str(each[4][0]) for each in socket.getaddrinfo(host or None, None)}
        return bool(host) and all(ipaddress.ip_address(each.partition("%")[0]).is_loopback for each in found)
    except (OSError, UnicodeError, ValueError):
        return False


def hosts_of(host: str) -> frozenset[str]:
    """The names under which programs of this machine call it.

    A web page that was given another name for 127.0.0.1 is not among them.
    """
    return _LOCAL_NAMES | {host.lower()}


def listen(host: str, port: int) -> socket.socket:
    """Takes an address.

    Raises:
        ServiceError: It is taken, not of this machine, or not allowed.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise ServiceError(f"There is no address {host}: check --host.") from error
    try:
        if os.name == "posix":  # elsewhere it would let two programs have one address
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_WAITING)
    except OSError as error:
        listening.close()
        raise ServiceError(_untaken(host, port, error)) from error
    return listening


def shown_address(listening: socket.socket) -> str:
    """The address as a browser takes it."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _untaken(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken by another program: choose another with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} needs rights that you do not have: choose one above 1023 with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine: check --host."
    return f"photodedup cannot listen at {host}, port {port} ({error.strerror}): check --host and --port."
