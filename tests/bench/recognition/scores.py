"""Counts what was found, family by family, and says it as a table."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.bench.recognition.copies import EASY, Yardstick
from tests.bench.recognition.finders import Answer


def recall(stick: Yardstick, found: np.ndarray) -> dict[str, float]:
    """The share of copies that were found: of each family, and of all in the two rows of the figures."""
    copies = stick.copies()
    families = dict.fromkeys(stick.family[copies])
    rows = {family: copies[stick.family[copies] == family] for family in families}
    easy = np.isin(stick.family[copies], EASY)
    rows["whole picture, all"], rows["edited, all"] = copies[easy], copies[~easy]
    for name in ("whole picture", "edited"):
        rows[f"{name}, textured"] = rows[f"{name}, all"][stick.textured[rows[f"{name}, all"]]]
    return {name: float(found[files].mean()) for name, files in rows.items() if len(files)}


def table(stick: Yardstick, results: dict[str, Answer]) -> Iterator[str]:
    """A line for each family, a column for each finder; below, what they mixed up and what they cost."""
    columns = {name: recall(stick, answer.found) for name, answer in results.items()}
    yield from (f"  [{at}] {name}" for at, name in enumerate(columns))
    yield f"{'copies found, per cent':28}" + "".join(f"{f'[{at}]':>8}" for at in range(len(columns)))
    for row in next(iter(columns.values()), {}):
        yield f"{row:28}" + "".join(f"{each[row] * 100:8.1f}" for each in columns.values())
    yield f"{'groups or pairs mixed up':28}" + "".join(f"{each.mixed:8}" for each in results.values())
    yield f"{'CPU ms a file':28}" + "".join(
        f"{each.cpu / len(stick.paths) * 1000:8.1f}" for each in results.values()
    )


def missed(stick: Yardstick, answer: Answer, root) -> Iterator[str]:
    """The copies that one finder missed."""
    for at in stick.copies():
        if not answer.found[at]:
            texture = "" if stick.textured[at] else " (little texture)"
            yield f"  missed {stick.paths[at].relative_to(root)}{texture}"
