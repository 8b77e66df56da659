"""Starts photodedup: a command on the command line, or the window.

In: the arguments. Out: the exit code. Worker processes import this module again, so it loads nothing by
itself.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from threading import Event

COMMANDS = ("scan", "find", "compare", "trash", "history", "undo", "serve")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs photodedup and gives its exit code.

    Args:
        arguments: Run in this process; those of the command line in one that can be left behind.
    """
    if arguments is not None:
        before = signal.getsignal(signal.SIGINT)
        try:
            return _ended(list(arguments))
        finally:
            signal.signal(signal.SIGINT, before)
    from photodedup.launch import complete_streams, launch  # noqa: PLC0415 - no worker needs it

    complete_streams()
    given = sys.argv[1:]
    if given[:1] == ["serve"]:  # touches no drive of photos
        return _ended(given)
    return launch(lambda: _ended(given))


def _ended(given: list[str]) -> int:
    try:
        return _run(given)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it may come twice, to the group and to the process
        from photodedup.launch import INTERRUPTED  # noqa: PLC0415 - no worker needs it

        # Every step that counts is on the disk before the next one begins, so that nothing is lost here.
        print("photodedup: ended by Ctrl+C.", file=sys.stderr)  # noqa: T201
        return INTERRUPTED


def _run(given: Sequence[str]) -> int:
    if given and (given[0] in COMMANDS or given[0] in ("-h", "--help", "--version")):
        from photodedup.cli import run_command  # noqa: PLC0415 - the window must not wait for it

        return run_command(given, _serve)
    from photodedup.app import run_window  # noqa: PLC0415 - a command must not need Qt

    return run_window(given)


def _serve(options: Namespace, _: Event) -> bool:
    from photodedup.service import run_service  # noqa: PLC0415 - an extra, which no other command needs

    run_service(options)
    return False


if __name__ == "__main__":
    sys.exit(main())
