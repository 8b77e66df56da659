"""The line without a window, for scripts and tests.

In: the arguments. Out: results on standard output, progress and complaints on standard error, and the exit
code: 0 where all went well (skipped files are no failure), 1 where something failed, 2 for wrong use.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from photodedup.cli import output
from photodedup.cli.arguments import Run, make_parser, threshold_of
from photodedup.cli.comparing import compare
from photodedup.cli.finding import find
from photodedup.cli.meter import Meter
from photodedup.core import journal
from photodedup.core.catalogue import Catalogue, journal_folder
from photodedup.core.decode import Workers
from photodedup.core.errors import PhotodedupError, WrongUseError
from photodedup.core.fingerprint import RECIPES
from photodedup.core.line import Crew, Settings, search
from photodedup.core.match import ModelChoice
from photodedup.core.plan import (
    check_companions,
    check_destination,
    plan_from_suggestions,
    read_plan,
    with_companions,
    write_plan,
)
from photodedup.core.scan.exclusions import REMOVED
from photodedup.core.trash import TrashOrFolder, move_to_trash, refused, trash_can
from photodedup.core.undo import put_back
from photodedup.core.values import Kind
from photodedup.gui import words

_NEWER = "was written by a newer photodedup, so that nothing new is remembered: update photodedup."


def run_command(arguments: Sequence[str], serve: Run | None = None) -> int:
    """Runs one command and gives its exit code.

    Args:
        arguments: Those of the command line.
        serve: Does the command `serve`, of which the command line knows nothing but the options.
    """
    commands = {
        "scan": _scan,
        "find": find,
        "compare": compare,
        "trash": _trash,
        "history": _history,
        "undo": _undo,
    }
    parser = make_parser(commands if serve is None else commands | {"serve": serve})
    try:
        options = parser.parse_args(arguments)
        with _stopping() as stop:
            failed: bool = options.run(options, stop)
            sys.stdout.flush()
        return int(failed)
    except BrokenPipeError:
        return _silent()
    except OSError as error:
        print(f"photodedup: {error.strerror}: the output could not be written whole.", file=sys.stderr)
        return _silent()
    except WrongUseError as error:
        print(f"photodedup: {words.shown(str(error))}", file=sys.stderr)
        return 2
    except PhotodedupError as error:
        print(f"photodedup: {words.shown(str(error))}", file=sys.stderr)
        return 1


def _silent() -> int:
    """What is still to be flushed at the end goes nowhere, since nobody can take it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _scan(options: argparse.Namespace, stop: threading.Event) -> bool:
    recipe, threshold = RECIPES[options.hash], threshold_of(options)
    if options.plan:
        check_destination(options.plan)
    settings = Settings(recipe, options.kinds, options.jobs, _model(options))
    with Catalogue(options.catalogue) as catalogue, Workers(options.jobs) as workers:
        if catalogue.newer:
            print(f"photodedup: {words.shown(options.catalogue)} {_NEWER}", file=sys.stderr)
        found = search(options.folders, settings, Crew(catalogue, workers, Meter(), stop))
    shown = found.suggest(threshold)
    if options.json:
        print(json.dumps(output.as_json(found, shown, threshold)))
    else:
        output.print_groups(found, shown)
    output.complain_of_model(found, settings.model)
    if not found.complete:
        print("photodedup: stopped; only what was found until then is listed.", file=sys.stderr)
    if options.plan:
        # Last, so that what was found is not lost with a plan that cannot be written.
        sys.stdout.flush()
        proposed = plan_from_suggestions(found.library, found.matches, shown)
        plan = with_companions(proposed, options.pairs, Meter(), stop if found.complete else None)
        output.print_refusals(plan)
        write_plan(plan, options.plan)
        if not options.json:
            print(f"The plan is in {words.shown(options.plan)}. See it with: photodedup trash PLAN")
    return not found.complete


def _model(options: argparse.Namespace) -> ModelChoice | None:
    if options.model is None:
        if options.model_threshold is not None:
            raise WrongUseError("--model-threshold needs --model, the model that it is for.")
        return None
    if Kind.SIMILAR_SHOT not in options.kinds:
        raise WrongUseError("--model looks for similar shots: add similar-shot to --kinds.")
    return ModelChoice(options.model, options.model_threshold)


def _trash(options: argparse.Namespace, stop: threading.Event) -> bool:
    plan = check_companions(read_plan(options.plan), Meter(), stop)
    can = TrashOrFolder(trash_can()) if options.quarantine else trash_can()
    if not options.yes:
        no_trash = {each.path: each.sentence for each in refused(plan.removals, trash_can())}
        staying = {each.path: each.sentence for each in refused(plan.removals, can)}
        output.print_plan(plan, staying, set(no_trash) - set(staying))
        return False
    report = move_to_trash(plan.removals, journal_folder(), can, Meter(), stop)
    report = replace(report, failures=plan.refusals + report.failures)
    verb = f"moved to the trash or to {REMOVED}" if options.quarantine else "moved to the trash"
    return output.print_report(report, verb)


def _history(options: argparse.Namespace, _: threading.Event) -> bool:
    batches = journal.batches(journal_folder())
    if options.json:
        print(
            json.dumps(
                {"schema": output.SCHEMA, "batches": [output.batch_as_json(batch) for batch in batches]}
            )
        )
        return False
    for batch in batches:
        output.print_batch(batch)
    if not batches:
        print("Nothing was moved to the trash yet.")
    return False


def _undo(options: argparse.Namespace, stop: threading.Event) -> bool:
    return output.print_report(put_back(journal_folder(), options.batch, None, Meter(), stop), "put back")


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Turns the first Ctrl+C into a request to stop; the second one ends the program at once."""
    stop = threading.Event()

    def ask(*_: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
