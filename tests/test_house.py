"""The house: each contract is broken once in a copy, and the check must see it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SABOTAGE = {
    "layers": ("photodedup/core/scan/__init__.py", "import photodedup.core.match", "runs one way"),
    "gui below app": ("photodedup/gui/words.py", "import photodedup.cli", "gui uses core"),
    "core with Qt": ("photodedup/core/group.py", "import PySide6.QtCore", "never knows the window"),
    "gui with os": ("photodedup/gui/words.py", "import os", "never touches files"),
    "gui with sqlite3": ("photodedup/gui/words.py", "import sqlite3", "never touches files"),
    "a second door": ("photodedup/core/group.py", "import photodedup.core.disk", "one door"),
    "moving elsewhere": ("photodedup/core/scan/walking.py", "import shutil", "know how to move"),
    "a stray room": ("photodedup/core/utils.py", "", "no stray rooms"),
    "a stray wing": ("photodedup/helpers.py", "", "gui uses core"),
}


@pytest.fixture
def copy(tmp_path) -> Path:
    """A copy of the house that may be broken."""
    shutil.copytree(
        ROOT / "photodedup", tmp_path / "photodedup", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, '.'); {program}", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_house_keeps_its_contracts(copy):
    result = lint(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("name", SABOTAGE)
def test_a_broken_contract_is_seen(copy, name):
    where, line, contract = SABOTAGE[name]
    path = copy / where
    path.write_text((path.read_text() if path.exists() else '"""Stray."""\n') + f"\n{line}\n")
    result = lint(copy)
    assert result.returncode == 1
    broken = [text for text in result.stdout.splitlines() if text.endswith("BROKEN")]
    assert any(contract in text for text in broken), result.stdout


MOVING = (
    "os.rename",
    "os.replace",
    "os.remove",
    "os.unlink",
    "os.rmdir",
    ".unlink(",
    ".rename(",
    "os.link",
    "os.truncate",
)


def test_only_the_door_changes_the_file_system():
    for path in (ROOT / "photodedup").rglob("*.py"):
        if path.name != "disk.py":
            found = [word for word in MOVING if word in path.read_text()]
            assert not found, f"{path} changes files by itself: {found}"
