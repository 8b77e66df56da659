"""Which folders share a volume: by device and by mount."""

import os
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from photodedup.core.trash import volume
from tests.core.trash.library import pair, trash

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount")


def test_the_top_of_a_volume_is_a_mount(second):
    assert os.path.ismount(volume.top_of(second))
    assert volume.top_of(Path("/")) == Path("/")


def test_without_mount_numbers_the_devices_tell_volumes_apart(data_home, second, monkeypatch):
    monkeypatch.setattr(volume, "_mount_of", lambda _: 0)
    assert volume.volume_of(second) != volume.volume_of(data_home)


def test_a_system_without_mount_numbers_has_zero(monkeypatch, tmp_path):
    monkeypatch.setattr(volume.Path, "read_bytes", lambda _: b"pos: 0\n")
    assert volume.volume_of(tmp_path)[1] == 0

    def missing(path):
        raise FileNotFoundError(path)

    monkeypatch.setattr(volume.Path, "read_bytes", missing)
    assert volume.volume_of(tmp_path) == (tmp_path.stat().st_dev, 0)


@only_root
def test_a_bind_mount_has_its_own_trash(data_home, tmp_path):
    (tmp_path / "shown").mkdir()
    mounted = ["mount", "--bind", tmp_path / "shown", tmp_path / "shown"]
    if subprocess.run(mounted, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        slot = trash(pair(tmp_path / "shown"))
        assert slot.place.parent.parent == tmp_path / "shown" / f".Trash-{os.geteuid()}"
    finally:
        with suppress(OSError):
            subprocess.run(["umount", tmp_path / "shown"], check=True)
