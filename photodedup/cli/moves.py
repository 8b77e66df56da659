"""Plans and moves as people and scripts read them.

In: what was planned and moved. Out: JSON objects, and lines on standard output; refusals on standard error.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from contextlib import suppress
from pathlib import Path
from typing import Any

from photodedup.core import journal
from photodedup.core.plan import Plan
from photodedup.core.scan.exclusions import REMOVED
from photodedup.core.values import Failure, Report
from photodedup.gui import words

STATES = {
    journal.State.MOVED: "moved",
    journal.State.RESTORED: "put back",
    journal.State.FAILED: "failed",
    journal.State.INTENDED: "unfinished",
}


def batch_as_json(batch: journal.Batch) -> dict[str, Any]:
    """A batch as `history --json` lists it."""
    return {
        "batch": batch.id,
        "started": batch.started.isoformat(),
        "size": batch.size,
        "damaged": batch.damaged,
        "finished": batch.finished,
        "photos": [
            {"path": str(entry.intent.photo), "size": entry.intent.size, "state": entry.state.value}
            for entry in batch.photos
        ],
        "companions": [
            {
                "path": str(entry.intent.photo),
                "size": entry.intent.size,
                "state": entry.state.value,
                "role": entry.intent.role,
            }
            for entry in batch.companions
        ],
    }


def print_plan(plan: Plan, staying: Mapping[Path, str], to_folder: Set[Path] = frozenset()) -> None:
    """Prints what a plan would do.

    Args:
        plan: The plan.
        staying: The photos for which there is no place, each with the reason.
        to_folder: The photos that go to a folder of their drive instead of a trash.
    """
    for removal in plan.removals:
        path = removal.photo.path
        note = f"{removal.kind.words} of {removal.keeper.path}"
        if path in staying:
            note = f"stays: {staying[path]}"
        elif path in to_folder:
            note += f", to the folder {REMOVED} on its drive"
        print(f"{words.shown(path)}\n    {words.shown(note)}")
        if removal.companions and path not in staying:
            print(f"    with {', '.join(words.shown(each.file.path.name) for each in removal.companions)}")
    print_refusals(plan)
    going = Plan(tuple(removal for removal in plan.removals if removal.photo.path not in staying))
    files = words.files(len(going.removals), going.companions)
    where = f"the trash or to {REMOVED}" if to_folder else "the trash"
    print(f"{files} to be moved to {where}, {words.size(going.size)}. Move with --yes.")
    if staying and not to_folder:
        print(f"{words.count(len(staying), 'photo')} without a trash: --quarantine uses their own drive.")


def print_refusals(plan: Plan) -> None:
    """Complains of the photos that stay though they were to go."""
    _complain(plan.refusals)


def print_batch(batch: journal.Batch) -> None:
    """Prints a batch as one line of the history."""
    states = Counter(entry.state for entry in batch.photos)
    facts = [f"{states[state]:,} {told}" for state, told in STATES.items() if states[state]] or [
        "nothing moved"
    ]
    facts += [words.count(len(batch.companions), "companion file")] if batch.companions else []
    facts += ["the record is damaged"] if batch.damaged else []
    facts += ["interrupted"] if journal.is_interrupted(batch) else []
    started = batch.started.astimezone()
    print(f"{batch.id}  {started:%Y-%m-%d %H:%M}  {words.size(batch.size):>9}  {', '.join(facts)}")


def print_report(report: Report, verb: str) -> bool:
    """Prints what was done and says whether something failed."""
    _complain(report.failures)
    print(f"{words.files(len(report.moved), report.companions)} {verb}, {words.size(report.size)}.")
    if report.batch:
        print(f"batch {report.batch}")
    return bool(report.failures) or report.stopped


def _complain(failures: Iterable[Failure]) -> None:
    """Prints why photos stay, each with its folder, since many photos of a library have one name."""
    with suppress(OSError, ValueError):  # what was done is told even so, in the other stream
        for failure in failures:
            told, name = failure.sentence, failure.path.name
            sentence = f"{failure.path}{told[len(name) :]}" if told.startswith(f"{name} ") else told
            print(f"photodedup: {words.shown(sentence)}", file=sys.stderr, flush=True)
