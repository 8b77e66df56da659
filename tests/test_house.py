"""The house: each contract is broken once in a copy, and the check must see it."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SABOTAGE = {
    "layers": ("photodedup/core/scan/__init__.py", "import photodedup.core.match", "runs one way"),
    "gui below app": ("photodedup/gui/words.py", "import photodedup.cli", "gui uses core"),
    "core with Qt": ("photodedup/core/group/tree.py", "import PySide6.QtCore", "never knows the window"),
    "gui with os": ("photodedup/gui/words.py", "import os", "never touches files"),
    "gui with sqlite3": ("photodedup/gui/words.py", "import sqlite3", "never touches files"),
    "a second door": ("photodedup/core/group/tree.py", "import photodedup.core.disk", "one door"),
    "moving elsewhere": ("photodedup/core/scan/walking.py", "import shutil", "know how to move"),
    "a stray room": ("photodedup/core/utils.py", "", "no stray rooms"),
    "core with a web server": ("photodedup/core/errors.py", "import fastapi", "only the service knows"),
    "cli with the service": ("photodedup/cli/meter.py", "import photodedup.service", "gui uses core"),
    "service with sqlite3": ("photodedup/service/desk.py", "import sqlite3", "the service never touches"),
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


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


CHANGING_OS = names(
    "rename renames replace remove unlink rmdir removedirs link symlink truncate ftruncate chmod fchmod "
    "lchmod chown fchown lchown utime mkdir makedirs mkfifo mknod setxattr removexattr chflags lchflags "
    "pwrite pwritev writev sendfile copy_file_range posix_fallocate "
    "O_WRONLY O_RDWR O_CREAT O_APPEND O_TRUNC O_TMPFILE"
)
CHANGING_METHODS = names(
    "unlink rename rmdir write_bytes write_text touch mkdir symlink_to hardlink_to link_to chmod lchmod "
    "tofile moveToTrash"
)
CHANGING_NAMES = names("QFile QSaveFile QDir QTemporaryFile QTemporaryDir")
CHANGING_MODULES = names("shutil tempfile send2trash fileinput dbm shelve")
ALLOWED = {
    ("photodedup/core/trash/native.py", "import send2trash"),  # the trash of Windows and macOS
    ("photodedup/gui/platform_trash.py", "import QFile"),  # the same, by Qt, which says where the photo went
    ("photodedup/gui/platform_trash.py", "QFile"),
    ("photodedup/gui/platform_trash.py", ".moveToTrash"),
    ("photodedup/cli/__init__.py", "os.O_WRONLY"),  # the null device, for a reader that went away
    ("photodedup/core/decode/confine.py", "os.O_RDWR"),  # the null device, for decoders that print
    ("photodedup/launch.py", "os.O_RDWR"),  # the null device, for pipes in which others wait for the end
    ("photodedup/launch.py", "open to write"),  # the same, for streams that were closed
}


def changes(source: str) -> set[str]:
    """Whatever in a module could change the file system, by name; all ways that are known to this test."""
    return {found for node in ast.walk(ast.parse(source)) for found in changes_of(node)}


def changes_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (f"import {each.name}" for each in node.names if root(each.name) in CHANGING_MODULES)
        yield from (f"os as {each.asname}" for each in node.names if root(each.name) == "os" and each.asname)
    elif isinstance(node, ast.ImportFrom):
        if root(node.module or "") in CHANGING_MODULES:
            yield f"import {root(node.module or '')}"
        banned = CHANGING_OS if root(node.module or "") in {"os", "posix", "nt"} else CHANGING_NAMES
        yield from (f"import {each.name}" for each in node.names if each.name in banned)
    elif isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id in {"os", "posix", "nt"}:
            yield from (f"os.{node.attr}" for _ in range(node.attr in CHANGING_OS))
        elif node.attr in CHANGING_METHODS | CHANGING_NAMES:
            yield f".{node.attr}"
    elif isinstance(node, ast.Name) and node.id in CHANGING_NAMES:
        yield node.id
    elif isinstance(node, ast.Call):
        yield from changes_of_call(node)


def changes_of_call(call: ast.Call) -> Iterator[str]:
    """A file that is opened to be written, and `replace` of a path; text is replaced with two arguments."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in {"open", "fdopen"}:
        if any(may_write(mode) for mode in modes_of(call)):
            yield "open to write"
    elif name == "replace" and isinstance(call.func, ast.Attribute):
        keywords = {each.arg for each in call.keywords}
        yield from (".replace" for _ in range(len(call.args) == 1 or "target" in keywords))


def modes_of(call: ast.Call) -> Iterator[ast.expr]:
    """What may be the mode: a path's first argument, the second one of functions that take a name first."""
    yield from (each.value for each in call.keywords if each.arg == "mode")
    place = call.func.value if isinstance(call.func, ast.Attribute) else None
    module = place.id if isinstance(place, ast.Name) else ""
    if module == "os" and isinstance(call.func, ast.Attribute) and call.func.attr == "open":
        return  # its flags are looked for by name
    second = place is None or module in {"os", "io", "codecs", "gzip", "Image"}
    yield from call.args[1:2] if second else call.args[:1]


def may_write(mode: ast.expr) -> bool:
    return not isinstance(mode, ast.Constant) or bool(set(str(mode.value)) & set("wax+"))


def root(module: str) -> str:
    return module.partition(".")[0]


def test_only_the_door_changes_the_file_system():
    found = {
        (path.relative_to(ROOT).as_posix(), change)
        for path in (ROOT / "photodedup").rglob("*.py")
        if path != ROOT / "photodedup/core/disk.py"
        for change in changes(path.read_text())
    }
    # Both ways, so that nothing stays allowed that nobody needs any more.
    assert found == ALLOWED


@pytest.mark.parametrize(
    "line",
    [
        "path.replace(other)",
        "path.replace(target=other)",
        "os.replace(a, b)",
        "call(os.unlink, path)",
        "from os import remove",
        "import shutil",
        "import os as system",
        "from shutil import move",
        "path.unlink()",
        "path.rename(other)",
        "path.write_bytes(b'')",
        "path.write_text('')",
        "path.touch()",
        "os.ftruncate(1, 0)",
        "os.chmod(path, 0)",
        "os.utime(path)",
        "path.chmod(0)",
        "open(path, 'w')",
        "open(path, mode='ab')",
        "open(path, mode)",
        "path.open('r+b')",
        "path.open(mode='x')",
        "path.open(mode)",
        "path.open(mode=mode)",
        "io.open(path, 'wb')",
        "os.fdopen(1, 'wb')",
        "os.open(path, os.O_RDWR)",
        "QtCore.QFile(path).remove()",
        "from PySide6.QtCore import QSaveFile",
    ],
)
def test_a_change_of_the_file_system_is_seen(line):
    assert changes(line)


@pytest.mark.parametrize(
    "line",
    [
        "text.replace('a', 'b')",
        "replace(photo, size=1)",
        "time.replace(tzinfo=UTC)",
        "open(path)",
        "open(path, 'rb', buffering=0)",
        "path.open('rb')",
        "path.open(mode='r')",
        "Image.open(stream, formats=[])",
        "dialog.open()",
        "os.open(path, os.O_RDONLY)",
        "painter.save()",
    ],
)
def test_looking_is_no_change_of_the_file_system(line):
    assert not changes(line)
