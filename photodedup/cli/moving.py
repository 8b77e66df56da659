"""The commands `trash`, `history` and `undo`: what moves photos, and what was moved.

In: a plan or a batch. Out: what would happen, what happened, and whether something failed.
"""

from __future__ import annotations

import argparse
import json
import threading
from dataclasses import replace

from photodedup.cli import moves
from photodedup.cli.meter import Meter
from photodedup.core import journal
from photodedup.core.catalogue import journal_folder
from photodedup.core.plan import check_companions, read_plan
from photodedup.core.scan.exclusions import REMOVED
from photodedup.core.trash import TrashOrFolder, move_to_trash, refused, trash_can
from photodedup.core.undo import put_back

SCHEMA = 1


def trash(options: argparse.Namespace, stop: threading.Event) -> bool:
    """Does what a plan says, or lists it; says whether something failed."""
    plan = check_companions(read_plan(options.plan), Meter(), stop)
    can = TrashOrFolder(trash_can()) if options.quarantine else trash_can()
    if not options.yes:
        no_trash = {each.path: each.sentence for each in refused(plan.removals, trash_can())}
        staying = {each.path: each.sentence for each in refused(plan.removals, can)}
        moves.print_plan(plan, staying, set(no_trash) - set(staying))
        return False
    report = move_to_trash(plan.removals, journal_folder(), can, Meter(), stop)
    report = replace(report, failures=plan.refusals + report.failures)
    verb = f"moved to the trash or to {REMOVED}" if options.quarantine else "moved to the trash"
    return moves.print_report(report, verb)


def history(options: argparse.Namespace, _: threading.Event) -> bool:
    """Lists the batches."""
    batches = journal.batches(journal_folder())
    if options.json:
        print(json.dumps({"schema": SCHEMA, "batches": [moves.batch_as_json(batch) for batch in batches]}))
        return False
    for batch in batches:
        moves.print_batch(batch)
    if not batches:
        print("Nothing was moved to the trash yet.")
    return False


def undo(options: argparse.Namespace, stop: threading.Event) -> bool:
    """Puts a batch back, the last one if none is named; says whether something failed."""
    return moves.print_report(put_back(journal_folder(), options.batch, None, Meter(), stop), "put back")
