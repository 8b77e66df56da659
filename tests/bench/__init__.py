"""Measurements, printed as small tables; never timed tests.

What is measured has its byte code, as an installed photodedup has: where the environment forbids Python to
write any, every start would compile the whole program anew.
"""

import compileall
from pathlib import Path

compileall.compile_dir(Path(__file__).parents[2] / "photodedup", quiet=1)
