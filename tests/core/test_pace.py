"""Progress is told at most ten times a second, and the end always."""

from pathlib import Path

import pytest

from photodedup.core import pace
from photodedup.core.pace import Pace
from photodedup.core.values import Stage


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test turns."""

    class Clock:
        now = 100.0

        def monotonic(self) -> float:
            return self.now

    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    return clock


def test_steps_within_a_tenth_of_a_second_are_told_once(clock):
    told = []
    steps = Pace(Stage.READING, told.append, 100)
    for _ in range(50):
        steps.step(Path("/photos"))
    assert [progress.done for progress in told] == [1]
    clock.now += 0.11
    steps.step(Path("/photos"), skipped=2, count=3)
    assert (told[-1].done, told[-1].skipped, told[-1].folder) == (53, 2, Path("/photos"))


def test_rate_and_time_left_follow_the_last_seconds(clock):
    told = []
    steps = Pace(Stage.READING, told.append, 100)
    for _ in range(20):
        clock.now += 0.5
        steps.step()
    assert told[-1].rate == pytest.approx(2, rel=0.1)
    assert told[-1].seconds_left == pytest.approx(40, rel=0.1)


def test_the_end_is_told(clock):
    told = []
    steps = Pace(Stage.MOVING, told.append, 2)
    steps.step()
    steps.step()
    steps.finish()
    assert (told[-1].done, told[-1].stage) == (2, Stage.MOVING)


def test_without_a_total_there_is_no_time_left(clock):
    told = []
    steps = Pace(Stage.LOOKING, told.append)
    clock.now += 1
    steps.step()
    assert (told[-1].total, told[-1].seconds_left) == (None, None)


def test_nobody_has_to_listen():
    steps = Pace(Stage.LOOKING, None)
    steps.step()
    steps.finish()
