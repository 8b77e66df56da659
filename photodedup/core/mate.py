"""A second process that does its share of very many small calls, such as looks at files, on another core.

A function enters with the things that it is to be called with, in the order in which they are needed; what it
gives leaves. Threads do not help with calls so short, since one holds the interpreter of all. The mate is
forked from a program that has loaded all and has one thread, so that it costs next to nothing; where there is
none, or where it fails, everything is done by the process that asks. Linux only.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, Pipe
from typing import Any, Generic, TypeVar

from photodedup.core.parent import die_with, fork, may_fork

T = TypeVar("T", bound=Hashable)
R = TypeVar("R")

_IN_HAND = 2
"""Things that the mate has before it, so that it need not wait for the next one."""
_AHEAD = 100_000
"""Results that wait to be taken, at most, so that a tree without end has one here."""

_idle: list[Mate] = []


class Mate:
    """This end of a mate. Used by one thread at a time.

    Attributes:
        owes: How many answers are still to come.
    """

    def __init__(self, end: Connection) -> None:
        self.owes = 0
        self._end = end
        self._heard = select.poll()
        self._heard.register(end.fileno(), select.POLLIN)

    def ask(self, call: Callable[..., object], thing: object) -> None:
        """Let it call a function of a module.

        One of the two, what is asked or what is answered, must be short: neither side reads while it writes.

        Raises:
            OSError: It is gone.
        """
        self._end.send_bytes(pickle.dumps((call, thing), pickle.HIGHEST_PROTOCOL))
        self.owes += 1

    def has_answered(self) -> bool:
        """Whether `answer` would come back at once."""
        return bool(self._heard.poll(0))

    def answer(self) -> Any:
        """What the first call gave that was not answered yet.

        Raises:
            OSError: It is gone.
            EOFError: It is gone, or the call failed.
        """
        result = pickle.loads(self._end.recv_bytes())  # from our own process
        self.owes -= 1
        return result

    def close(self) -> None:
        """End it."""
        self._end.close()


def start() -> None:
    """Fork a mate, where there is a core for it and this process has one thread, so that no lock is held.

    Raises:
        OSError: No more processes are allowed.
    """
    if not may_fork() or len(os.sched_getaffinity(0)) < 2:
        return
    ours, theirs = Pipe()
    with theirs:
        try:
            fork(lambda parent: _serve(theirs, parent))
        except OSError:
            ours.close()
            raise
    _idle.append(Mate(ours))


@contextmanager
def lent() -> Iterator[Mate | None]:
    """The mate, or None where there is none; one that still owes an answer at the end is not lent again."""
    mate = _idle.pop() if _idle else None
    try:
        yield mate
    finally:
        if mate is not None and mate.owes:
            mate.close()
        elif mate is not None:
            _idle.append(mate)


class Shared(Generic[T, R]):
    """Calls of which the mate makes the last ones, while this process makes the first ones.

    What nobody takes in the end costs the mate some work, and nothing else.
    """

    def __init__(
        self,
        call: Callable[[Any], R],
        mate: Mate | None,
        here: Callable[[T], R],
        given: Callable[[T], object] | None = None,
        then: Callable[[R], Sequence[T]] | None = None,
    ) -> None:
        """Prepare.

        Args:
            call: A function of a module, which the mate calls.
            mate: Who shares the work, or None.
            here: Gives the same in this process; it may know more, such as a stop.
            given: What the function is given for a thing, made when it is needed; else the thing itself.
            then: What will be needed after a thing, told by its result.
        """
        self._call, self._mate, self._here = call, mate, here
        self._given, self._then = given or _itself, then
        self._pending: dict[T, None] = {}
        self._asked: deque[T] = deque()
        self._done: dict[T, R] = {}

    def expect(self, things: Sequence[T]) -> None:
        """Say what will be taken next, in this order, before all that was expected earlier."""
        if self._mate is not None:
            self._pending.update(dict.fromkeys(reversed(things)))
            self._hand_out()

    def take(self, thing: T) -> R:
        """The result for a thing, made here unless the mate has made it or is just making it.

        Raises:
            Exception: What the call raised.
        """
        if self._mate is None:
            return self._here(thing)
        self._pending.pop(thing, None)
        self._hand_out()
        while thing in self._asked:
            self._receive()
        if thing in self._done:
            return self._done.pop(thing)
        result = self._here(thing)
        if self._then is not None:
            self.expect(self._then(result))
        return result

    def _hand_out(self) -> None:
        """Gives the mate what was expected first, which is mostly furthest from being taken here."""
        while self._mate is not None and self._mate.owes and self._mate.has_answered():
            self._receive()
        while self._mate is not None and len(self._asked) < _IN_HAND:
            if len(self._pending) < 2 or len(self._done) >= _AHEAD:
                break
            thing = next(iter(self._pending))
            del self._pending[thing]
            try:
                self._mate.ask(self._call, self._given(thing))
            except OSError:
                self._do_without()
            else:
                self._asked.append(thing)

    def _receive(self) -> None:
        if self._mate is None:
            return
        try:
            result: R = self._mate.answer()
        except (OSError, EOFError):
            self._do_without()
        else:
            self._done[self._asked.popleft()] = result
            if self._then is not None:
                self._pending.update(dict.fromkeys(reversed(self._then(result))))

    def _do_without(self) -> None:
        """Lets a mate go that has failed; what it had is done here."""
        self._mate = None
        self._asked.clear()


def _itself(thing: Any) -> Any:
    return thing


def _serve(end: Connection, parent: int) -> None:
    """Answers until the other end is closed, or a call fails, which is then made where it was asked for."""
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with(parent)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    for stream in range(3):
        os.dup2(nowhere, stream)
    for each in map(int, os.listdir("/proc/self/fd")):
        if each > 2 and each != end.fileno():
            os.closerange(each, each + 1)  # what others wait to see closed; the listing's own is closed
    while True:
        call, thing = pickle.loads(end.recv_bytes())
        end.send_bytes(pickle.dumps(call(thing), pickle.HIGHEST_PROTOCOL))
