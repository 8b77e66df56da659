"""Calls that may never come back, such as those into a network drive that is gone; even so, stop means stop.

In: a call, and the event by which the person stops. Out: its result; or `StoppedError` at once, though the
call still hangs in a thread that is left behind, whose result nobody takes any more. Where not even a kill
reaches such a thread, its process goes without being waited for (`photodedup.launch`): all that touches a
drive runs in one that can be killed, though no stream of files has to be sent from one to another.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from photodedup.core.errors import StoppedError

T = TypeVar("T")
S = TypeVar("S")

POLL = 0.05
"""Seconds after which a caller looks again whether it shall stop."""
GRACE = 0.2
"""Seconds that a call has to come to its end by itself after the stop."""
TWICE = 0.2
"""Seconds within which two requests to stop are one, sent to the group as well as to the process."""
HUNG = 0.7
"""Seconds without any work after which a thread hangs in a drive, or in one that is far too slow."""


class _Errand:
    """One call and what came of it."""

    def __init__(self, call: Callable[[], Any], late: Callable[[Any], object] | None) -> None:
        self._call, self._late = call, late
        self._lock = threading.Lock()
        self._left = False
        self.answer: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()

    def run(self) -> None:
        result, error = None, None
        try:
            result = self._call()
        except BaseException as raised:  # whatever it is, it belongs to the caller
            error = raised
        with self._lock:
            if not self._left:
                self.answer.put((result, error))
            elif self._late is not None and error is None:
                self._late(result)

    def leave(self) -> bool:
        """Gives it up; False where its answer has come after all."""
        with self._lock:
            self._left = self.answer.empty()
            return self._left


class Patience:
    """Makes calls for one caller in a thread that is replaced where a call does not come back."""

    def __init__(self) -> None:
        self._errands: SimpleQueue[_Errand | None] | None = None

    def call(
        self,
        call: Callable[[], T],
        stop: threading.Event,
        late: Callable[[T], object] | None = None,
        beat: Callable[[], object] | None = None,
    ) -> T:
        """Makes a call, and waits for it until the stop.

        Args:
            call: What may hang.
            stop: Set by the person to stop; a call that is nearly done still comes to its end.
            late: Takes a result that comes when nobody waits any more, to free what it holds.
            beat: Called in this thread now and then while it waits.

        Returns:
            What the call returned.

        Raises:
            StoppedError: It did not come back in time after the stop.
            Exception: Whatever the call raised.
        """
        errand = _Errand(call, late)
        self._thread().put(errand)
        while True:
            try:
                result, error = errand.answer.get(timeout=GRACE if stop.is_set() else POLL)
                break
            except Empty:
                if stop.is_set() and errand.leave():
                    self.close()
                    raise StoppedError("Stopped while the disk did not answer.") from None
                if beat is not None:
                    beat()
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def close(self) -> None:
        """Lets the thread end as soon as it can. Harmless when repeated."""
        if self._errands is not None:
            self._errands.put(None)
        self._errands = None

    def _thread(self) -> SimpleQueue[_Errand | None]:
        if self._errands is None:
            self._errands = SimpleQueue()
            threading.Thread(target=_serve, args=(self._errands,), name="patience", daemon=True).start()
        return self._errands


def patiently(call: Callable[[], T], stop: threading.Event, beat: Callable[[], object] | None = None) -> T:
    """Makes one call in a thread of its own; see `Patience.call`."""
    patience = Patience()
    try:
        return patience.call(call, stop, beat=beat)
    finally:
        patience.close()


def as_long_as_it_works(call: Callable[[], T], stop: threading.Event, hung: float = HUNG) -> T:
    """Makes a call that ends by itself soon after the stop, unless it hangs in a drive.

    Args:
        call: What to do; it knows the stop, and may still have work to finish.
        stop: Set by the person to stop.
        hung: Seconds without any work after which it hangs.

    Returns:
        What the call returned.

    Raises:
        StoppedError: It was stopped and hangs; where the system does not say that, it is waited for.
        Exception: Whatever the call raised.
    """
    if not hasattr(time, "pthread_getcpuclockid"):
        return call()
    clocks: SimpleQueue[int] = SimpleQueue()

    def timed() -> T:
        clocks.put(time.pthread_getcpuclockid(threading.get_ident()))
        return call()

    errand = _Errand(timed, None)
    threading.Thread(target=errand.run, name="work", daemon=True).start()
    clock = clocks.get()
    used, since = -1, time.monotonic()
    while True:
        with suppress(Empty):
            result, error = errand.answer.get(timeout=POLL)
            break
        with suppress(OSError):  # it has just ended
            now, before, used = time.monotonic(), used, time.clock_gettime_ns(clock)
            if used != before or not stop.is_set():
                since = now
            elif now - since > hung and errand.leave():
                raise StoppedError("Stopped while the disk did not answer.")
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return]


def spread(call: Callable[[S], T], values: Iterable[S], count: int) -> list[T]:
    """Makes calls in several threads, none of which keeps the program from ending.

    Args:
        call: What to do with each value.
        values: The values.
        count: How many threads.

    Returns:
        The results, in any order.

    Raises:
        Exception: What the first call that failed raised.
    """
    waiting: SimpleQueue[S] = SimpleQueue()
    for each in values:
        waiting.put(each)
    many = min(count, waiting.qsize())
    ended: SimpleQueue[tuple[list[T], BaseException | None]] = SimpleQueue()

    def work() -> None:
        results: list[T] = []
        try:
            with suppress(Empty):
                while True:
                    results.append(call(waiting.get_nowait()))
        except BaseException as error:  # told by the thread that waits
            ended.put((results, error))
        else:
            ended.put((results, None))

    for _ in range(many):
        threading.Thread(target=work, name="spread", daemon=True).start()
    found: list[T] = []
    for _ in range(many):
        results, error = ended.get()
        if error is not None:
            raise error
        found += results
    return found


def let_go(descriptor: int) -> None:
    """Closes a file that was only read; a drive that is gone cannot confirm it, which changes nothing."""
    with suppress(OSError):
        os.close(descriptor)


class Closer:
    """Closes files that were only read in a thread of its own, since a drive that hangs never confirms it."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[int] = SimpleQueue()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._since: float | None = None
        self._left = 0

    def let_go(self, descriptor: int) -> None:
        """Closes a file soon; one that hangs keeps a thread, and the files that come after it another one."""
        with self._changed:
            self._left += 1
            self._waiting.put(descriptor)
            hangs = self._since is not None and time.monotonic() - self._since > GRACE
            if self._thread is None or not self._thread.is_alive() or hangs:
                self._since = None
                self._thread = threading.Thread(target=self._serve, name="closer", daemon=True)
                with suppress(RuntimeError):  # no more threads are allowed; the next file tries again
                    self._thread.start()

    def settle(self) -> None:
        """Waits until all are closed but those that hang."""
        with self._changed:
            self._changed.wait_for(lambda: not self._left, GRACE)

    def _serve(self) -> None:
        while self._thread is threading.current_thread():
            descriptor = self._waiting.get()
            self._since = time.monotonic()
            let_go(descriptor)
            with self._changed:
                self._since, self._left = None, self._left - 1
                self._changed.notify_all()


def _serve(errands: SimpleQueue[_Errand | None]) -> None:
    while (errand := errands.get()) is not None:
        errand.run()
