import subprocess
import sys
import tomllib
from collections.abc import Callable

import pytest

from tests.packaging.conftest import CHECKOUT, Machine


@pytest.fixture
def debian(make_machine: Callable[[str], Machine]) -> Machine:
    """A bare Debian: apt works, no package is installed but dpkg, and only one library of Qt is there."""
    machine = make_machine("checkout")
    machine.stub("dpkg-query", '[ "$2" = dpkg ]')
    machine.stub("ldconfig", "printf '\\tlibEGL.so.1 (libc6,x86-64) => /usr/lib/libEGL.so.1\\n'")
    machine.stub("id", "echo 0")
    # What apt installs is, for these tests, a Python.
    python = machine.add_python()
    hidden = python.rename(machine.commands / "hidden")
    machine.stub("apt-get", f'echo "apt-get $*" >>"{machine.log}"; ln -sf "{hidden}" "{python}"')
    return machine


def test_python_of_the_system_is_preferred_and_old_ones_are_passed_over(machine: Machine) -> None:
    machine.add_python("python3", "3.9.2")
    machine.add_python("python3.12", "3.12.4")
    machine.add_python("python3.11", "3.11.4")
    assert machine.run("run.sh").returncode == 0
    assert (machine.environment / "bin/python").resolve().name == "python3.12"


def test_an_old_python_is_refused_in_one_sentence(machine: Machine) -> None:
    machine.add_python("python3", "3.9.2")
    result = machine.run("run.sh")
    assert result.returncode == 3
    assert result.stderr.startswith(
        "photodedup: photodedup needs Python 3.11 or newer, and python3 is 3.9.2."
    )
    assert len(result.stderr.splitlines()) == 1


def test_without_consent_the_exact_command_is_named(debian: Machine) -> None:
    result = debian.run("run.sh")
    assert result.returncode == 3
    command = result.stderr.splitlines()[-1]
    assert "apt-get install --no-install-recommends python3 python3-venv " in command
    assert " libxcb-cursor0 " in command
    assert "libegl1" not in command
    assert debian.logged() == []


@pytest.mark.parametrize(("arguments", "settings"), [(["--yes"], {}), ([], {"CI": "true"})])
def test_with_consent_what_is_missing_is_installed(
    debian: Machine, arguments: list[str], settings: dict[str, str]
) -> None:
    result = debian.run("run.sh", *arguments, "folder", **settings)
    assert (result.returncode, result.stdout) == (0, "<folder>")
    update, install, pip = debian.logged()
    assert update.endswith(" update")
    assert " install --no-install-recommends python3 python3-venv " in install
    assert " -m pip install " in pip


def test_with_yes_a_library_that_has_gone_since_is_looked_for_again(debian: Machine) -> None:
    debian.run("run.sh", "--yes")
    assert "missing" not in debian.run("run.sh").stderr
    assert "missing system packages: libgl1 " in debian.run("run.sh", "--yes").stderr


def test_ci_set_to_false_is_no_consent(debian: Machine) -> None:
    assert debian.run("run.sh", CI="false").returncode == 3
    assert debian.logged() == []


def test_an_ordinary_user_without_sudo_is_told_what_root_must_run(debian: Machine) -> None:
    debian.stub("id", "echo 1000")
    result = debian.run("run.sh", "--yes")
    assert result.returncode == 3
    assert "Run this as root, then start again: apt-get update && apt-get install " in result.stderr
    assert debian.logged() == []


def test_an_ordinary_user_goes_through_sudo(debian: Machine) -> None:
    debian.stub("id", "echo 1000")
    debian.stub("sudo", f'echo "sudo $*" >>"{debian.log}"; shift; exec "$@"')
    assert debian.run("run.sh", "--yes").returncode == 0
    assert debian.logged()[0].startswith("sudo -n env ")


def test_a_system_whose_own_python_is_too_old_is_not_asked_for_packages(debian: Machine) -> None:
    debian.stub("dpkg-query", "printf installed")
    debian.add_python("python3", "3.9.2")
    result = debian.run("run.sh", "--yes")
    assert result.returncode == 3
    assert "python3 is 3.9.2" in result.stderr
    assert debian.logged() == []


def test_elsewhere_missing_libraries_are_named_and_the_start_goes_on(machine: Machine) -> None:
    machine.stub("ldconfig", "printf '\\tlibEGL.so.1 (libc6,x86-64) => /usr/lib/libEGL.so.1\\n'")
    result = machine.run("run.sh", "folder")
    assert (result.returncode, result.stdout) == (0, "<folder>")
    assert "libxcb-cursor.so.0" in result.stderr
    assert "libEGL.so.1" not in result.stderr


def test_the_dev_group_is_read_from_pyproject() -> None:
    make = CHECKOUT / "packaging/linux/make.sh"
    script = f'checkout="{CHECKOUT}" environment="{sys.prefix}"; . "{make}"; dev_requirements'
    command = ["sh", "-c", script]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert printed == tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["dependency-groups"]["dev"]
