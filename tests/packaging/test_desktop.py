import re
import shutil
import subprocess
from collections.abc import Callable

import pytest

from tests.packaging.conftest import Machine

STRANGE = [
    "plain",
    "two words",
    'a "quote"',
    "$HOME",
    "back\\slash\\",
    "100 %f",
    "`tick`",
    "'single'",
    "a;b&c",
    "é 🙂",
]


def exec_arguments(entry: str) -> list[str]:
    """Reads the Exec key as the desktop entry specification says: string, then quoting, then field codes."""
    (value,) = re.findall(r"^Exec=(.*)$", entry, re.MULTILINE)
    string = re.sub(r"\\(.)", lambda match: {"s": " ", "n": "\n", "t": "\t"}.get(match[1], match[1]), value)
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', string)
    return [(re.sub(r"\\(.)", r"\1", quoted) or plain).replace("%%", "%") for quoted, plain in parts]


@pytest.mark.parametrize("name", STRANGE)
def test_install_names_the_checkout_whatever_its_name(
    make_machine: Callable[[str], Machine], name: str
) -> None:
    machine = make_machine(name)
    machine.add_python()
    assert machine.run("run.sh", "--install").returncode == 0
    path = machine.home / ".local/share/applications/photodedup.desktop"
    assert exec_arguments(path.read_text()) == ["sh", str(machine.checkout / "packaging/run.sh"), "%F"]
    if shutil.which("desktop-file-validate"):
        told = subprocess.run(["desktop-file-validate", path], capture_output=True, text=True, check=False)
        assert (told.returncode, told.stdout) == (0, "")


def test_what_the_entry_starts_is_photodedup(machine: Machine) -> None:
    machine.run("run.sh", "--install")
    entry = (machine.home / ".local/share/applications/photodedup.desktop").read_text()
    command = [*exec_arguments(entry)[:-1], "/photos of mine"]
    _, env = machine.command("run.sh")
    started = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (started.returncode, started.stdout) == (0, "</photos of mine>")


def test_uninstall_takes_away_what_install_brought(machine: Machine) -> None:
    machine.run("run.sh", "--install")
    files = {path.name for path in machine.home.rglob("*") if path.is_file()}
    assert files == {"photodedup.desktop", "photodedup.svg"}
    result = machine.run("run.sh", "--uninstall")
    assert result.returncode == 0
    assert not [path for path in machine.home.rglob("*") if path.is_file()]


def test_uninstall_needs_no_environment_and_nothing_installed(machine: Machine) -> None:
    assert machine.run("run.sh", "--uninstall").returncode == 0
    assert machine.logged() == []


def test_the_data_folder_of_the_person_is_respected(machine: Machine) -> None:
    data = machine.home / "my data"
    machine.run("run.sh", "--install", XDG_DATA_HOME=str(data))
    assert (data / "applications/photodedup.desktop").exists()
    assert (data / "icons/hicolor/scalable/apps/photodedup.svg").exists()
    assert not (machine.home / ".local").exists()


def test_the_file_manager_stays_the_default_for_folders(machine: Machine) -> None:
    default = machine.home / "default"
    default.write_text("files.desktop")
    machine.stub("update-desktop-database", f"echo photodedup.desktop >'{default}'")
    machine.stub("xdg-mime", f"""case $1 in query) cat '{default}' ;; *) echo "$2" >'{default}' ;; esac""")
    machine.run("run.sh", "--install")
    assert default.read_text() == "files.desktop\n"
