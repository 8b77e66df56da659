"""Where icons and style are: in the installed package, or beside the source in a checkout.

In: a name below `resources/`. Out: its text.
"""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def resource(name: str) -> Traversable:
    """Finds a resource, such as `icons/trash.svg`."""
    installed = files("photodedup") / "resources"
    root: Traversable = installed if installed.is_dir() else Path(__file__).parents[2] / "resources"
    return root / name


def resource_text(name: str) -> str:
    """Reads a resource as UTF-8 text."""
    return resource(name).read_text("utf-8")
