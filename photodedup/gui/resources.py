"""Where icons and style are: in the installed package, or beside the source in a checkout.

In: a name below `resources/`. Out: its bytes or text. Plain paths, because the first window waits for this.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_INSTALLED = _PACKAGE / "resources"
_ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "resources"


def resource(name: str) -> bytes:
    """Reads a resource, such as `icons/trash.svg`."""
    return (_ROOT / name).read_bytes()


def resource_text(name: str) -> str:
    """Reads a resource as UTF-8 text."""
    return resource(name).decode("utf-8")
