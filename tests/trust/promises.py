"""Reads the table of the promises about photos, `promises.toml`: promise, guard, test, mutant."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.trust.mutating import Mutant


@dataclass(frozen=True)
class Promise:
    """One promise.

    Attributes:
        name: P1 to P12.
        words: What is promised.
        mutants: Each guard, taken out, with the test that notices.
    """

    name: str
    words: str
    mutants: tuple[Mutant, ...]


def promises() -> list[Promise]:
    """All of them, in their order."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return [
        Promise(name, each["words"], tuple(Mutant(**mutant) for mutant in each["mutants"]))
        for name, each in table.items()
    ]
