"""What is left of a program that has ended: processes of its session, and what holds each of them.

In: the number of a session, which is that of the process that was started for it. Out: the processes that
are still there; what is dead and only not looked after yet counts as gone.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

_DEAD, _HELD = "ZX", "D"


def left(session: int) -> set[int]:
    """The processes of a session of which a thread still lives."""
    return {pid for pid, states in _threads(session) if states}


def only_held(session: int, seconds: float = 2.0) -> bool:
    """Whether each of them waits for a drive that holds it, once those have gone that could be ended."""
    return _soon(lambda: not any(set(states) - set(_HELD) for _, states in _threads(session)), seconds)


def gone(session: int, seconds: float = 10.0) -> bool:
    """Whether all of them go by themselves in so many seconds."""
    return _soon(lambda: not left(session), seconds)


def _soon(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def _threads(session: int) -> Iterator[tuple[int, str]]:
    for process in Path("/proc").glob("[0-9]*"):
        if _fields(process / "stat")[3:4] == [str(session)]:
            states = (_fields(each / "stat")[:1] for each in (process / "task").glob("*"))
            yield int(process.name), "".join(state[0] for state in states if state).strip(_DEAD)


def _fields(stat: Path) -> list[str]:
    """What the system says after the name of a process or thread: state, parent, group, session, ..."""
    try:
        return stat.read_text().rpartition(")")[2].split()
    except OSError:  # it has just ended
        return []
