import subprocess
import sys
import zipfile
from pathlib import Path

from tests.packaging.conftest import CHECKOUT


def test_the_wheel_carries_the_package_and_the_resources(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    resources = {
        f"photodedup/{path.relative_to(CHECKOUT)}"
        for path in (CHECKOUT / "resources").rglob("*")
        if path.is_file()
    }
    assert "photodedup/resources/icons/photodedup.svg" in resources
    assert resources <= names
    modules = {str(path.relative_to(CHECKOUT)) for path in (CHECKOUT / "photodedup").rglob("*.py")}
    assert "photodedup/__main__.py" in modules
    assert modules <= names
    assert not [name for name in names if name.startswith(("tests", "packaging"))]
