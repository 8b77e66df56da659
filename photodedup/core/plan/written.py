"""Writes a plan to a file that a person can read, and reads it again.

In: a plan, or a file that holds one. Out: the same plan, whatever bytes its paths hold.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from photodedup.core import disk
from photodedup.core.errors import NoKeeperError, WrongUseError
from photodedup.core.plan.plan import Plan
from photodedup.core.values import Companion, Kind, Pairs, Removal, Role, Witness

SCHEMA = 3
_EARLIER = (1, 2)
"""Schemas of plans that hold other digests of their photos: such a plan is no longer run, but replaced."""
NUMBERS = ("size", "mtime_ns", "device", "inode")
_DIGEST = 32
"""Bytes of the hash of a file."""


def write_plan(plan: Plan, path: Path) -> None:
    """Writes a plan as JSON; an earlier plan at that place is replaced, anything else is not.

    Raises:
        WrongUseError: There is something else at that place, or it cannot be written.
    """
    removals = [_as_json(removal) for removal in plan.removals]
    document = {
        "schema": SCHEMA,
        "photodedup": "plan",
        "created": _now(),
        "pairs": plan.pairs,
        "removals": removals,
    }
    data = json.dumps(document, indent=1).encode("ascii")
    try:
        if os.path.lexists(path):
            _check_earlier(path)
            disk.replace_own(path, data)
        else:
            disk.create_exclusive(path, data, 0o644)
    except OSError as error:
        raise WrongUseError(f"The plan could not be written to {path}: {error.strerror}.") from error


def check_destination(path: Path) -> None:
    """Looks whether `write_plan` could write a plan, so that a long search need not end in vain.

    Raises:
        WrongUseError: There is something else at that place, or its folder is missing or read-only.
    """
    if os.path.lexists(path):
        _check_earlier(path)
    elif not path.parent.is_dir():
        raise WrongUseError(
            f"The plan cannot be written to {path}: there is no folder {path.parent}. Choose another one."
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise WrongUseError(
            f"The plan cannot be written to {path}: its folder is read-only. Choose another one."
        )


def read_plan(path: Path) -> Plan:
    """Reads a plan that `write_plan` wrote.

    Raises:
        WrongUseError: The file cannot be read, is no plan, or comes from another version.
        NoKeeperError: The plan was altered so that it would remove a keeper.
    """
    document = _document(path)
    if document.get("schema") != SCHEMA:
        raise WrongUseError(f"The plan {path} was made by another version of photodedup. Make a new one.")
    try:
        pairs = Pairs(document["pairs"]) if document.get("pairs") else None
        return Plan(tuple(_from_json(entry) for entry in document["removals"]), pairs=pairs)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise WrongUseError(f"The plan {path} is damaged. Make a new one.") from error


def _document(path: Path) -> dict[str, Any]:
    """What a file holds that says of itself that it is a plan."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise WrongUseError(f"The plan {path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("photodedup") != "plan":
        raise WrongUseError(f"{path} is not a plan. Make one with: photodedup scan FOLDER --plan FILE")
    return document


def _check_earlier(path: Path) -> None:
    try:
        # A pipe must not even be opened, and a link is never written through.
        if path.is_file() and not path.is_symlink():
            if _document(path).get("schema") not in _EARLIER:
                read_plan(path)
            return
    except (WrongUseError, NoKeeperError):
        pass
    raise WrongUseError(f"{path} exists and is not a plan. Choose another name for the plan.")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _as_json(removal: Removal) -> dict[str, Any]:
    return {
        "photo": dict(_fields(removal.photo)),
        "keeper": dict(_fields(removal.keeper)),
        "kind": removal.kind.label,
        "distance": removal.distance,
        "companions": [_companion_as_json(each) for each in removal.companions],
    }


def _companion_as_json(companion: Companion) -> dict[str, Any]:
    return {
        "file": dict(_fields(companion.file)),
        "role": companion.role.value,
        "copy": None if companion.copy is None else dict(_fields(companion.copy)),
        "shared": [str(path) for path in companion.shared],
    }


def _fields(witness: Witness) -> Iterator[tuple[str, str | int]]:
    yield "path", str(witness.path)
    for name in NUMBERS:
        yield name, getattr(witness, name)
    yield "content", witness.content.hex()


def _from_json(entry: dict[str, Any]) -> Removal:
    kinds = {kind.label: kind for kind in Kind}
    return Removal(
        photo=_witness_from_json(entry["photo"]),
        keeper=_witness_from_json(entry["keeper"]),
        kind=kinds[entry["kind"]],
        distance=int(entry["distance"]),
        companions=tuple(_companion_from_json(each) for each in entry["companions"]),
    )


def _companion_from_json(entry: dict[str, Any]) -> Companion:
    return Companion(
        file=_witness_from_json(entry["file"]),
        role=Role(entry["role"]),
        copy=None if entry["copy"] is None else _witness_from_json(entry["copy"]),
        shared=tuple(Path(path) for path in entry["shared"]),
    )


def _witness_from_json(entry: dict[str, Any]) -> Witness:
    path, content = Path(entry["path"]), bytes.fromhex(entry["content"])
    if not path.is_absolute() or b"\0" in os.fsencode(path):
        raise ValueError("a plan holds absolute paths")
    if len(content) != _DIGEST:
        raise ValueError("nothing equals a hash that is missing")
    size, mtime_ns, device, inode = (int(entry[name]) for name in NUMBERS)
    return Witness(path, size, mtime_ns, device, inode, content)
