"""How long the window is held at 100,000 photos and 20,000 groups: a heartbeat while it is used.

    python -m tests.bench.window [--quick | --million]

A timer beats every 5 ms; the longest gap between two beats tells how long the window was held. The way from
the slider to the repainted list is the mean of all positions; `--million` measures that alone, in CPU time,
for the library of `slider`, without and with 100,000 edited copies. Prints a table and ends with one JSON
line; nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from photodedup.core.group import build_tree
from photodedup.core.line import Found
from photodedup.core.match import find_matches
from photodedup.core.values import Fingerprint, Kind, Library, Photo
from photodedup.core.values.derived import NO_EDITS
from tests.bench.slider import invented_edits, invented_library, invented_matches


def synthetic(photos: int, groups: int) -> Found:
    """Photos that are not on any disk; each group is a pair three bits apart, one of them smaller."""
    bits = np.random.default_rng(1).integers(0, 256, (photos, 32), dtype=np.uint8)
    bits[photos - groups :] = bits[:groups]
    bits[photos - groups :, 0] ^= 7
    taken = datetime(2019, 7, 21)
    paths = [Path(f"/photos/{n // 500:04}/IMG_{n:07}.jpg") for n in range(photos)]
    found = [Photo(path, 1000 + n % 5000, n, 1, n + 1) for n, path in enumerate(paths)]
    seen = [
        Fingerprint(
            n.to_bytes(32, "big"),
            bits[n].tobytes(),
            b"s" * 16,
            False,
            4000 if n < photos - groups else 2000,
            3000,
            "JPEG",
            taken,
            "Acme",
        )
        for n in range(photos)
    ]
    library = Library(found, seen)
    matches = find_matches(library, 64, frozenset(Kind))
    found = Found(library=library, matches=matches, tree=build_tree(matches), complete=True)
    found.prepare()
    return found


class Heart:
    """Beats every 5 ms in the window's thread."""

    def __init__(self, app) -> None:
        from PySide6.QtCore import Qt, QTimer

        self._app, self._last, self.longest = app, time.perf_counter(), 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(5)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now

    def hold(self, act: Callable[[], object], times: int = 1, wait: float = 0.3) -> float:
        """The longest time in ms for which doing something held the window."""
        worst = 0.0
        for _ in range(times):
            self.longest, self._last = 0.0, time.perf_counter()
            act()
            end = time.perf_counter() + wait
            while time.perf_counter() < end:
                self._app.processEvents()
            worst = max(worst, self.longest)
        return worst * 1000


def run(photos: int, groups: int) -> dict[str, float]:
    """Uses the window and gives how long each thing held it, in ms."""
    from photodedup.app import make_application, open_desk
    from photodedup.gui.opened import make_ready
    from photodedup.gui.window import Window

    app = make_application()
    ready = make_ready(synthetic(photos, groups), {})
    window = Window(open_desk)
    window.show()
    desk = window.furnish()
    window.pages.setCurrentWidget(desk)
    heart = Heart(app)
    heart.hold(lambda: None, 3)
    bar = desk.review.list.verticalScrollBar()
    slider = desk.bar.similarity.slider
    steps = {
        "nothing": lambda: None,
        "opening the list": lambda: desk.session.show_found(ready),
        "regrouping": lambda: slider.setValue((slider.value() + 1) % 65),
        "scrolling": lambda: bar.setValue(bar.value() + bar.maximum() // 7),
        "going to a group": desk.review.next_group,
        "marking": desk.review.trash,
        "marking all": desk.mark_proposals,
        "undoing all": desk.review.undo,
    }
    times = {}
    for name, act in steps.items():
        once = "all" in name or "open" in name
        times[name] = round(heart.hold(act, 1 if once else 6, 2.0 if once else 0.3), 1)
    times["slider to list"] = round(to_the_list(slider, app), 1)
    times["scanning"] = round(scanning(window, heart, app), 1)
    window.close()
    return times


def to_the_list(slider, app, clock: Callable[[], float] = time.perf_counter) -> float:
    """Milliseconds from a move of the slider to the repainted list, the mean of all positions."""
    spent = []
    for position in range(slider.maximum() + 1):
        begin = clock()
        slider.setValue(position)
        app.processEvents()
        spent.append(clock() - begin)
    return statistics.mean(spent) * 1000


def million() -> dict[str, float]:
    """CPU milliseconds from a move of the slider to the repainted list at a million photos."""
    from photodedup.app import make_application, open_desk
    from photodedup.gui.opened import make_ready
    from photodedup.gui.window import Window

    app, count, times = make_application(), 1_000_000, {}
    library, matches = invented_library(count), invented_matches(count)
    for name, edits in (("slider to list", NO_EDITS), ("with edited copies", invented_edits(count))):
        edited = replace(matches, edits=edits)
        found = Found(library=library, matches=edited, tree=build_tree(edited), complete=True)
        found.prepare()
        window = Window(open_desk)
        window.show()
        desk = window.furnish()
        window.pages.setCurrentWidget(desk)
        desk.session.show_found(make_ready(found, {}))
        app.processEvents()
        times[name] = round(to_the_list(desk.bar.similarity.slider, app, time.process_time), 1)
        window.close()
    return times


def scanning(window, heart: Heart, app) -> float:
    """The longest time in ms for which a scan of pictures made for it held the window."""
    from tests.pictures import save, scene

    folder = Path(tempfile.mkdtemp())
    raw = [save(scene(seed, 1600, 1200), folder / f"{seed}.jpg").read_bytes() for seed in range(8)]
    for number in range(400):
        one = raw[number % 8]
        (folder / f"copy-{number}.jpg").write_bytes(one[:2] + b"\xff\xfe\x00\x08%06d" % number + one[2:])
    window.scan([folder])
    heart.hold(lambda: None, 1, 0.0)
    heart.longest = 0.0
    while window.desk.strip.isVisible():
        app.processEvents()
    return heart.longest * 1000


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true")
    size.add_argument("--million", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for name in ("DATA", "CONFIG"):
        os.environ[f"XDG_{name}_HOME"] = tempfile.mkdtemp()
    if options.million:
        times = million()
        for name, took in times.items():
            print(f"  {name:20} {took:8.1f} CPU ms")
        print(json.dumps({"bench": "window", "photos": 1_000_000, "cpu_ms": times}))
        return
    photos, groups = (10_000, 2_000) if options.quick else (100_000, 20_000)
    times = run(photos, groups)
    print(f"{photos:,} photos, {groups:,} groups: longest time that the window was held")
    for name, held in times.items():
        print(f"  {name:20} {held:8.1f} ms")
    print(json.dumps({"bench": "window", "photos": photos, "groups": groups, "held_ms": times}))


if __name__ == "__main__":
    main()
