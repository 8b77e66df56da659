"""What a scan and its workers load: nothing that they do not need, since to start counts in a small scan."""

import subprocess
import sys
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from photodedup.core.decode import Task, Workers
from photodedup.core.values import distinct
from tests.pictures import save, scene

KINDS = "identical-file,identical-picture,near-duplicate"
MEASURE = "photodedup.core.fingerprint.measure"
LATE = (
    "PIL",
    "cv2",
    "imagehash",
    "numpy.ma",
    "numpy.random",
    "scipy",
    "photodedup.core.trash",
    "photodedup.core.undo",
)
"""What no scan without edited copies needs in the process that was started."""
ELSEWHERE = ("cv2", "imagehash", "numpy.ma", "photodedup.core.catalogue", "photodedup.gui", "sqlite3")
"""What no worker needs that measures by the usual recipe."""


def test_a_scan_loads_only_what_it_needs(tmp_path):
    for seed in (1, 1, 2):
        save(scene(seed, 200, 150), tmp_path / f"photos/{len(list(tmp_path.glob('photos/*')))}.jpg")
    program = (
        "import sys; from photodedup.__main__ import main; "
        f"main(['scan', sys.argv[1], '--kinds', '{KINDS}', '--catalogue', sys.argv[2]]); "
        f"print('loaded', *[name for name in {LATE} if name in sys.modules])"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "photos"), str(tmp_path / "catalogue")]
    ran = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert "3 photos, 1 group of copies" in ran.stdout
    assert ran.stdout.splitlines()[-1] == "loaded"


def test_a_worker_loads_only_what_it_needs(tmp_path):
    (tmp_path / "a").touch()
    with Workers(1) as pool:
        found = pool.run_one(Task(tmp_path / "a", loaded, needs=(MEASURE,)))
    assert found == []


def loaded(stream):
    return [name for name in ELSEWHERE if name in sys.modules]


@given(
    arrays(st.sampled_from([np.int32, np.int64, np.uint8]), st.integers(0, 50), elements=st.integers(0, 9))
)
def test_distinct_values_are_those_of_numpy(values):
    found = distinct(values)
    assert found.dtype == values.dtype
    assert found.tolist() == np.unique(values).tolist()
