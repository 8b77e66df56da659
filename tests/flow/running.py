"""How the journeys without a window run photodedup, and look at what it left."""

import json
import subprocess
import sys
from pathlib import Path


def photodedup(*arguments: object, **options) -> subprocess.CompletedProcess[str]:
    """Runs photodedup as a person would."""
    command = [sys.executable, "-m", "photodedup", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, **options)


def scan(*arguments: object) -> dict:
    """Scans and gives the JSON object."""
    result = photodedup("scan", *arguments, "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def snapshot(folder: Path) -> dict:
    """Every file and folder with content, mode and time."""
    return {
        path.relative_to(folder): (
            path.read_bytes() if path.is_file() else None,
            path.stat().st_mode,
            path.stat().st_mtime_ns,
        )
        for path in [folder, *folder.rglob("*")]
    }
