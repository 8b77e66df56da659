"""Lists the measurements: `python -m tests.bench`; each one is run as `python -m tests.bench.NAME`."""

from __future__ import annotations

import ast
from pathlib import Path


def main() -> None:
    """Prints each bench with the first line of what it says of itself."""
    here = Path(__file__).parent
    benches = {path.stem: path for path in here.glob("*.py")}
    benches |= {path.parent.name: path for path in here.glob("*/__main__.py")}
    for name, path in sorted(benches.items()):
        source = path.read_text(encoding="utf-8")
        if name.startswith("_") or "__main__" not in source:
            continue
        about = (ast.get_docstring(ast.parse(source)) or "").splitlines()[0]
        print(f"python -m tests.bench.{name:14} {about}")


if __name__ == "__main__":
    main()
