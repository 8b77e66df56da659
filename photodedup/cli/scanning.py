"""The command `scan`: the copies in folders, and a plan of what could go.

In: folders and what to look for. Out: groups as lines or as one JSON object, and a plan in a file.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading

from photodedup.cli import output
from photodedup.cli.arguments import threshold_of
from photodedup.cli.meter import Meter
from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.errors import WrongUseError
from photodedup.core.fingerprint import RECIPES
from photodedup.core.found import Found
from photodedup.core.line import Crew, Settings, search
from photodedup.core.match import ModelChoice
from photodedup.core.suggest import Suggestions
from photodedup.core.values import Kind
from photodedup.gui import words

_NEWER = "was written by a newer photodedup, so that nothing new is remembered: update photodedup."


def scan(options: argparse.Namespace, stop: threading.Event) -> bool:
    """Searches, prints what was found, and says whether it was stopped before the end."""
    recipe, threshold = RECIPES[options.hash], threshold_of(options)
    if options.plan:
        from photodedup.core.plan import check_destination  # noqa: PLC0415 - few scans make a plan

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
    for each in found.absent:
        print(f"photodedup: {words.shown(each.detail)}", file=sys.stderr)
    if not found.complete:
        print("photodedup: stopped; only what was found until then is listed.", file=sys.stderr)
    if options.plan:
        sys.stdout.flush()  # so that what was found is not lost with a plan that cannot be written
        _write_plan(options, found, shown, stop)
    return not found.complete


def _write_plan(options: argparse.Namespace, found: Found, shown: Suggestions, stop: threading.Event) -> None:
    from photodedup.cli import moves  # noqa: PLC0415 - few scans make a plan
    from photodedup.core.plan import plan_from_suggestions, with_companions, write_plan  # noqa: PLC0415

    proposed = plan_from_suggestions(found.library, found.matches, shown, options.pairs)
    plan = with_companions(proposed, options.pairs, Meter(), stop if found.complete else None)
    moves.print_refusals(plan)
    write_plan(plan, options.plan)
    if not options.json:
        print(f"The plan is in {words.shown(options.plan)}. See it with: photodedup trash PLAN")


def _model(options: argparse.Namespace) -> ModelChoice | None:
    if options.model is None:
        if options.model_threshold is not None:
            raise WrongUseError("--model-threshold needs --model, the model that it is for.")
        return None
    if Kind.SIMILAR_SHOT not in options.kinds:
        raise WrongUseError("--model looks for similar shots: add similar-shot to --kinds.")
    return ModelChoice(options.model, options.model_threshold)
