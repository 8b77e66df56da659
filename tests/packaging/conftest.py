"""A machine of stubs for the shell scripts: no network, no pip, no apt, and a checkout of its own."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
# fmt: off
TOOLS = [
    "sh", "cat", "cmp", "cp", "cut", "dirname", "env", "find", "grep", "head", "kill", "ls", "ln", "mkdir",
    "mv", "rm", "sed", "sleep", "tail", "tee", "tr", "uname",
]
# fmt: on

# Stands in for Python: answers the scripts, "makes" environments by a link to itself, and logs pip.
PYTHON = r"""#!/bin/sh
self='{self}'
for last; do :; done
case "$*" in
    --version) echo 'Python {version}' ;;
    *version_info*) exit {refuses} ;;
    *ensurepip*) exit 0 ;;
    *"-m venv "*) mkdir -p "$last/bin" && ln -s "$self" "$last/bin/python" ;;
    *realpath*) printf '%s\n' "$self" ;;
    *tomllib*) echo 'pytest>=8' ;;
    *"-m pip "*)
        sleep "${{PIP_TAKES:-0}}"
        printf '%s\n' "$*" >>'{log}'
        echo 'Collecting numpy'
        exit "${{PIP_ENDS:-0}}"
        ;;
    *"-m photodedup"*) shift 3; printf '<%s>' "$@"; exit "${{APP_ENDS:-0}}" ;;
    *) exit 99 ;;
esac
"""


@dataclass(frozen=True)
class Machine:
    """What a script sees of the world: a PATH of stubs and plain tools, a home, a checkout."""

    home: Path
    commands: Path
    checkout: Path
    log: Path

    @property
    def environment(self) -> Path:
        return self.checkout / ".environment"

    def stub(self, name: str, script: str) -> None:
        path = self.commands / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def add_python(self, name: str = "python3", version: str = "3.11.2") -> Path:
        path = self.commands / name
        refuses = int(tuple(map(int, version.split("."))) < (3, 11))
        path.write_text(PYTHON.format(self=path, version=version, refuses=refuses, log=self.log))
        path.chmod(0o755)
        return path

    def command(self, *arguments: str, **settings: str) -> tuple[list[str], dict[str, str]]:
        script, *rest = arguments
        settings = {"HOME": str(self.home), "PATH": str(self.commands), "LANG": "C.UTF-8", **settings}
        return ["sh", str(self.checkout / "packaging" / script), *rest], settings

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        command, env = self.command(*arguments, **settings)
        return subprocess.run(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def logged(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def make_machine(tmp_path: Path) -> Callable[[str], Machine]:
    """Makes a machine whose checkout has the given name."""

    def make(name: str) -> Machine:
        machine = Machine(tmp_path / "home", tmp_path / "commands", tmp_path / name, tmp_path / "log")
        machine.home.mkdir()
        machine.commands.mkdir()
        for tool in TOOLS:
            found = shutil.which(tool)
            if found:
                (machine.commands / tool).symlink_to(found)
        machine.stub("ldconfig", "exit 1")
        for part in ("packaging", "resources"):
            shutil.copytree(CHECKOUT / part, machine.checkout / part)
        shutil.copy(CHECKOUT / "pyproject.toml", machine.checkout)
        return machine

    return make


@pytest.fixture
def machine(make_machine: Callable[[str], Machine]) -> Machine:
    """A machine with a Python that will do, no display, and nothing of Debian."""
    if os.name != "posix":
        pytest.skip("the scripts are for POSIX shells")
    made = make_machine("a checkout")
    made.add_python()
    return made
