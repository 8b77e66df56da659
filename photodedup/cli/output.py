"""What a scan found, as people and scripts read it.

In: what was found. Out: JSON objects, and lines on standard output.

What `scan --json` prints, schema 1; no field is taken away or given another meaning without a new schema:

    schema, threshold (bits), hash (name), photos (how many), space_to_free (bytes of what is proposed)
    model_threshold   the least cosine of similar shots to the neural network, or null without --model; more
              than --model-threshold where too many pairs have that
    kinds     for each kind its groups, and the photos that match the anchor of their group in this way
    skipped   path, reason, detail
    groups    kind: the weakest in the group. keeper: the path that is proposed to stay, or null. why: in
              words. photos: the keeper is the anchor of its group, without one the first photo is
        path, size, width, height, taken
        kind, distance (bits), likeness (per cent): how it matches the anchor
        direct      whether it matches the anchor itself, and not only another photo of the group
        proposed    whether it is proposed for the trash: never an edited copy or a similar shot
        turn        of a near-duplicate: how it must be turned to look like the anchor, upright, mirrored,
                    half, flipped, transposed, right, transversed or left; else null
        transform   of an edited copy: two rows of three numbers that take a point of this photo to its place
                    in the anchor, both in shares of width and height; else null
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from photodedup.core.line import Found
from photodedup.core.match import (
    ModelChoice,
    distance_between,
    likeness,
    place_in,
    turn_between,
    usual_threshold,
)
from photodedup.core.suggest import NO_KEEPER, Suggestions, direct
from photodedup.core.values import Kind
from photodedup.gui import words

SCHEMA = 1
_AT_ONCE = 1000
"""Groups that are printed together."""


def as_json(found: Found, shown: Suggestions, threshold: int) -> dict[str, Any]:
    """The result of a scan as the object that `scan --json` prints."""
    skipped = [{"path": str(s.path), "reason": s.reason.value, "detail": s.detail} for s in found.skipped]
    return {
        "schema": SCHEMA,
        "threshold": threshold,
        "hash": found.recipe.name,
        "photos": len(found.library),
        "model_threshold": found.alike_from,
        "kinds": {kind.label: vars(count) for kind, count in shown.counts().items() if kind in found.kinds},
        "skipped": skipped,
        "space_to_free": shown.space(),
        "groups": [
            _group_as_json(found, shown, each, why) for each, why in enumerate(found.every_why(shown))
        ],
    }


def _group_as_json(found: Found, shown: Suggestions, number: int, why: str) -> dict[str, Any]:
    group, keeper, anchor = shown.groups[number], int(shown.keeper[number]), shown.anchor(number)
    kinds, proposed = shown.kinds(number), set(shown.proposal(number).tolist())
    matching = set(group[direct(found.matches, shown.groups, number, anchor)].tolist())
    return {
        "kind": Kind(int(shown.kind[number])).label,
        "keeper": None if keeper == NO_KEEPER else os.fsdecode(found.library.files.path(keeper)),
        "why": why,
        "photos": [
            _photo_as_json(found, photo, anchor, kinds.get(photo, Kind.IDENTICAL_FILE))
            | {"direct": photo in matching, "proposed": photo in proposed}
            for photo in group.tolist()
        ],
    }


def _photo_as_json(found: Found, number: int, anchor: int, kind: Kind) -> dict[str, Any]:
    files, seen = found.library.files, found.library.fingerprints[number]
    transform = place_in(found.matches, number, anchor) if kind is Kind.EDITED_COPY else None
    return {
        "path": os.fsdecode(files.path(number)),
        "size": int(files.rows["size"][number]),
        "width": seen.width,
        "height": seen.height,
        "taken": seen.taken.isoformat() if seen.taken else None,
        "distance": distance_between(found.library, number, anchor),
        "likeness": likeness(found.library, found.matches, kind, number, anchor),
        "kind": kind.label,
        "turn": turn_between(found.library, number, anchor).label if kind is Kind.NEAR_DUPLICATE else None,
        "transform": None if transform is None else transform.tolist(),
    }


def print_groups(found: Found, shown: Suggestions) -> None:
    """Prints each group with its photos, then one line that sums up."""
    starts, names = shown.groups.starts.tolist(), [kind.words for kind in Kind]
    photos, whys = _photo_lines(found, shown), found.every_why(shown)
    for begin in range(0, len(shown), _AT_ONCE):
        lines = []
        for number in range(begin, min(begin + _AT_ONCE, len(shown))):
            count, kind = starts[number + 1] - starts[number], names[int(shown.kind[number])]
            lines.append(f"{words.count(count, 'photo')}, {kind}: {next(whys)}")
            lines += islice(photos, count)
        print("\n".join(lines))
    shots = int((shown.kind == Kind.SIMILAR_SHOT).sum())
    groups = f"{words.count(len(shown) - shots, 'group')} of copies"
    groups += f", {shots:,} of similar shots" if shots else ""
    print(f"{words.count(len(found.library), 'photo')}, {groups}, {words.size(shown.space())} to free.")
    if found.skipped:
        print(f"{len(found.skipped):,} skipped: {_reasons(found)}. --json lists them.")


def _photo_lines(found: Found, shown: Suggestions) -> Iterator[str]:
    """One line a photo, in the order of the groups; of whole columns, since there can be very many."""
    groups, names = shown.groups, [kind.words for kind in Kind]
    lengths, files = np.diff(groups.starts), found.library.files.take(groups.members)
    marks = np.where(shown.proposed, 1, 0) + 2 * (groups.members == np.repeat(shown.keeper, lengths))
    matches = np.where(groups.members == np.repeat(shown.anchors, lengths), len(names), shown.match)
    columns = (marks.tolist(), matches.tolist(), files.rows["size"].tolist(), files.paths())
    for mark, match, size, path in zip(*columns, strict=True):
        kind = (*names, "")[match]
        place = words.shown(os.fsdecode(path))
        yield f"  {('?', 'copy', 'keep')[mark]:4}  {kind:17}  {words.size(size):>9}  {place}"


def complain_of_model(found: Found, asked: ModelChoice | None) -> None:
    """Complains where a network finds so much alike that its threshold had to rise."""
    least = None if asked is None else asked.threshold or usual_threshold(asked.path)
    if least is not None and found.alike_from is not None and found.alike_from > least:
        print(
            f"photodedup: too many photos are alike to the model at {least:g}, so only those at "
            f"{found.alike_from:.4f} and more are similar shots: give a higher --model-threshold.",
            file=sys.stderr,
        )


def _reasons(found: Found) -> str:
    counts = Counter(each.reason.value.replace("-", " ") for each in found.skipped)
    return ", ".join(f"{number:,} {reason}" for reason, number in counts.most_common())
