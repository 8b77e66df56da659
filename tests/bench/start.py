"""How soon the first window is there, beside a bare PySide6 window.

    python -m tests.bench.start [--quick]

Each is started in a process of its own, in turn; measured is the time from the start of Python to the first
paint. Prints a table and ends with one JSON line; nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

BARE = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
app = QApplication(sys.argv)
class Window(QMainWindow):
    def paintEvent(self, event):
        print(time.time(), flush=True)
        QTimer.singleShot(0, app.quit)
window = Window()
window.setCentralWidget(QLabel("photodedup", window))
window.resize(1280, 800)
window.show()
app.exec()
del window
"""
OURS = """
import sys, time
from PySide6.QtCore import QTimer
from photodedup.app import make_application
app = make_application()
from photodedup.gui.window import Window
class Timed(Window):
    def furnish(self):
        pass
    def paintEvent(self, event):
        print(time.time(), flush=True)
        QTimer.singleShot(0, app.quit)
window = Timed(lambda window: None)
window.show()
app.exec()
del window
"""


def seconds(program: str) -> float:
    """From the start of a process to the first paint of its window."""
    begin = time.time()
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(result.stdout.split()[0]) - begin


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    runs = 5 if parser.parse_args().quick else 20
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp()
    pairs = [(seconds(BARE), seconds(OURS)) for _ in range(runs + 1)][1:]
    bare, ours = (statistics.median(times) * 1000 for times in zip(*pairs, strict=True))
    ratio = statistics.median(mine / theirs for theirs, mine in pairs)
    print(f"from start to first paint, median of {runs}, in turn")
    print(f"  bare PySide6 window  {bare:7.0f} ms\n  photodedup           {ours:7.0f} ms   {ratio:.2f} times")
    print(
        json.dumps(
            {"bench": "start", "bare_ms": round(bare), "ours_ms": round(ours), "ratio": round(ratio, 2)}
        )
    )


if __name__ == "__main__":
    main()
