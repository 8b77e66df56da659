"""Takes one guard out of a copy of the house, and sees whether a test notices.

In: a mutant. Out: how pytest ended in the copy, and what it said. One process that has loaded the slow
libraries makes a child for each mutant, so that a mutant costs a fraction of a second. Run as a script it is
that process: a line of JSON in, a line of JSON out.
"""

import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_HEAVY = (
    "numpy",
    "scipy.fft",
    "PIL.Image",
    "PIL.ImageCms",
    "hypothesis.strategies",
    "pytest",
    "sqlite3",
    "ctypes",
)


@dataclass(frozen=True)
class Mutant:
    """A guard that is taken out, and the test that must notice.

    Attributes:
        file: Where the guard stands, below the root.
        guard: The text of the guard; it must stand there once.
        without: What stands there instead.
        test: The test, as pytest names it below `tests`.
    """

    file: str
    guard: str
    without: str
    test: str


class Laboratory:
    """A copy of the house that may be broken, and the process that runs tests in it."""

    def __init__(self, folder: Path) -> None:
        self._house, self._written = folder / "house", 10**9
        keep_out = shutil.ignore_patterns("__pycache__", "bench", ".hypothesis")
        for part in ("photodedup", "resources", "tests"):
            shutil.copytree(ROOT / part, self._house / part, ignore=keep_out)
        shutil.copy(ROOT / "pyproject.toml", self._house)
        self._process = subprocess.Popen(
            [sys.executable, str(self._house / "tests/trust/mutating.py")],
            cwd=self._house,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def try_without(self, mutant: Mutant) -> tuple[int, str]:
        """Runs the test of a mutant; the house is whole again afterwards.

        Returns:
            What pytest returned (0 all passed, 1 a test failed), and what it printed.
        """
        path = self._house / mutant.file
        whole = path.read_text()
        assert whole.count(mutant.guard) == 1, f"the guard stands {whole.count(mutant.guard)} times in {path}"
        self._write(path, whole.replace(mutant.guard, mutant.without))
        try:
            return self.run(mutant.test)
        finally:
            self._write(path, whole)

    def _write(self, path: Path, text: str) -> None:
        """With a time of its own, by which Python knows that what it compiled before is stale."""
        path.write_text(text)
        self._written += 2
        os.utime(path, (self._written, self._written))

    def run(self, test: str) -> tuple[int, str]:
        """Runs one test in the copy as it is."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(f"tests/{test}") + "\n")
        self._process.stdin.flush()
        code, said = json.loads(self._process.stdout.readline())
        return code, said


def _serve() -> None:
    sys.path.insert(0, str(ROOT))
    for name in _HEAVY:
        importlib.import_module(name)
    for line in sys.stdin:
        with tempfile.TemporaryFile() as said:
            child = os.fork()
            if child == 0:
                _be_tested(json.loads(line), said.fileno())
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            said.seek(0)
            sys.stdout.write(json.dumps((code, said.read().decode(errors="replace")[-4000:])) + "\n")
        sys.stdout.flush()


def _be_tested(test: str, said: int) -> None:
    code = 99
    try:
        nothing = os.open(os.devnull, os.O_RDONLY)
        for stream, goes in ((0, nothing), (1, said), (2, said)):
            os.dup2(goes, stream)
        code = int(importlib.import_module("pytest").main(["-x", "-p", "no:cacheprovider", test]))
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    os._exit(code)


if __name__ == "__main__":
    _serve()
