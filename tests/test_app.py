"""The start of the window: what it lacks is said in a sentence, and nothing heavy is loaded before it."""

import os
import subprocess
import sys

import pytest

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux starts without a screen")


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Starts the window in an environment without a screen, but for what is given."""
    kept = {key: value for key, value in os.environ.items() if key not in UNSET}
    return subprocess.run(
        [sys.executable, "-m", "photodedup", "--quit-after-start"],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


UNSET = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR")


@linux
@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"DISPLAY": ":4711"},
        {"WAYLAND_DISPLAY": "wayland-9"},
        {"QT_QPA_PLATFORM": "xcb"},
        {"QT_QPA_PLATFORM": "wayland", "WAYLAND_DISPLAY": "wayland-9", "DISPLAY": ":4711"},
    ],
)
def test_without_a_screen_it_ends_with_a_sentence(environment):
    result = start(**environment)
    assert result.returncode == 3, result.stderr
    assert result.stderr.startswith("photodedup ")
    assert result.stderr.count("\n") == 1


def test_it_starts_and_quits():
    result = start(QT_QPA_PLATFORM="offscreen")
    assert (result.returncode, result.stderr) == (0, "")


def test_an_unknown_option_is_told():
    result = subprocess.run(
        [sys.executable, "-m", "photodedup", "--nonsense"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert result.stderr == "photodedup does not know --nonsense. See: photodedup --help\n"


def test_a_folder_that_is_not_there_is_told():
    result = subprocess.run(
        [sys.executable, "-m", "photodedup", "skan"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert result.stderr.endswith("skan is no folder, and no command. See: photodedup --help\n")


def test_a_missing_library_is_named(monkeypatch):
    from photodedup import app

    broken = ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")
    assert "is not installed: libEGL.so.1." in app._library_sentence(broken)


def test_nothing_heavy_is_loaded_before_the_window_shows():
    program = (
        "import sys; from photodedup.app import make_application; app = make_application();"
        "from photodedup.gui.window import Window; window = Window(lambda w: None); window.show();"
        "print([m for m in ('numpy', 'PIL', 'imagehash', 'scipy', 'sqlite3') if m in sys.modules])"
    )
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    result = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert result.stdout == "[]\n"


def test_a_signal_of_qt_can_be_sent_five_thousand_times():
    program = (
        "from PySide6.QtCore import QObject, Signal\n"
        "class Sender(QObject):\n    told = Signal(object)\n"
        "sender = Sender()\nheard = []\nsender.told.connect(heard.append)\n"
        "for _ in range(5000):\n    sender.told.emit(True)\n"
        "print(len(heard))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "5000\n"), result.stderr
