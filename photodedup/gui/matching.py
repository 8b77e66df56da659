"""How a photo of a group matches the one that it is compared with, in words and as a small drawing.

In: what was found, and two photos of one group. Out: `Match`, such as `near-duplicate, 6 bits, 95 % alike` or
`edited copy, shows 64 % of the picture`, with the corners of the part that is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPolygonF

from photodedup.core.line import Found
from photodedup.core.match import (
    Turn,
    distance_between,
    edit_between,
    likeness_of_bits,
    likeness_of_cosine,
    turn_between,
)
from photodedup.core.suggest import Suggestions, direct
from photodedup.core.values import Kind
from photodedup.gui import words

Corners = tuple[tuple[float, float], ...]
UNIT = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)
TURNS = {
    Turn.MIRRORED: "mirrored",
    Turn.HALF: "upside down",
    Turn.FLIPPED: "mirrored upside down",
    Turn.TRANSPOSED: "mirrored and turned left",
    Turn.RIGHT: "turned right",
    Turn.TRANSVERSED: "mirrored and turned right",
    Turn.LEFT: "turned left",
}
"""What one photo is beside another one that would have to be turned so to look like it."""
WHOLE = 0.97
"""A copy that shows this share of its source shows all of it, for a person."""


@dataclass(frozen=True)
class Match:
    """How a photo matches the one that it is compared with.

    Attributes:
        words: In words; empty for the photo that the others are compared with.
        satellite: True for an edited copy that hangs on its group.
        corners: Where the corners of an edited copy lie in its source, in shares of width and height; empty
            where that is not known.
    """

    words: str = ""
    satellite: bool = False
    corners: Corners = ()


def match_in_group(found: Found, shown: Suggestions, number: int, photo: int) -> Match:
    """How a photo of a group matches the anchor of the group.

    Args:
        found: What was found.
        shown: The groups.
        number: Which group.
        photo: One of its photos.
    """
    anchor = shown.anchor(number)
    if photo == anchor:
        return Match()
    kind = shown.kinds(number)[photo]
    if kind is Kind.EDITED_COPY:
        return _edited(found, shown, number, photo)
    if kind is Kind.SIMILAR_SHOT:
        cosine = found.matches.embeddings.cosine(photo, anchor)
        seen = [] if cosine is None else [f"{per_cent(likeness_of_cosine(cosine))} alike"]
        return Match(", ".join([kind.words, *seen, *_time_between(found, photo, anchor)]))
    return Match(_near(found, kind, photo, anchor))


def likeness_words(distance: int, bits: int) -> str:
    """Bits and per cent: `6 bits, 95 % alike`; 0 % is where unrelated pictures lie."""
    return f"{words.count(distance, 'bit')}, {per_cent(likeness_of_bits(distance, bits))} alike"


def per_cent(number: float) -> str:
    """Per cent as people read them; only what is whole is 100 %."""
    return f"{100 if number >= 100 else min(99, round(number))} %"


def share_words(transform: NDArray[np.float32]) -> str:
    """What an edited copy shows of its source: `mirrored, shows 64 % of the picture`."""
    parts = ["mirrored"] if np.linalg.det(transform[:, :2]) < 0 else []
    share = share_shown(transform)
    shown = "the whole picture" if share >= WHOLE else f"{per_cent(100 * share)} of the picture"
    return ", ".join([*parts, f"shows {shown}"])


def place_words(transform: NDArray[np.float32]) -> str:
    """What a photo is to one that lies in it, or in which it lies, given where that one lies in it."""
    matrix = np.vstack((transform, [0, 0, 1])).astype(np.float64)
    if abs(np.linalg.det(matrix)) < 1:
        return f"of which the photo {share_words(transform)}"
    return share_words(np.asarray(np.linalg.inv(matrix)[:2], np.float32))


def corners_of(transform: NDArray[np.float32]) -> Corners:
    """Where the four corners of a copy lie in its source."""
    places = UNIT @ transform[:, :2].T.astype(np.float64) + transform[:, 2]
    return tuple((float(x), float(y)) for x, y in places)


def share_shown(transform: NDArray[np.float32]) -> float:
    """How much of the source a copy shows: 0 to 1; a border around the copy counts for nothing."""
    inside = _polygon(corners_of(transform)).intersected(_polygon(corners_of(np.eye(2, 3, dtype=np.float32))))
    x, y = np.array([(point.x(), point.y()) for point in inside] or [(0.0, 0.0)]).T
    return float(min(1.0, abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2))


def _polygon(corners: Corners) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in corners])


def _near(found: Found, kind: Kind, photo: int, anchor: int) -> str:
    if kind is not Kind.NEAR_DUPLICATE:
        return kind.words
    distance = distance_between(found.library, photo, anchor)
    turn = turn_between(found.library, anchor, photo)
    turned = [] if turn is Turn.UPRIGHT else [TURNS[turn]]
    return ", ".join([kind.words, *turned, likeness_words(distance, found.recipe.bits)])


def _edited(found: Found, shown: Suggestions, number: int, photo: int) -> Match:
    """An edited copy of the anchor, else of another photo of the group, which is named."""
    anchor, source = shown.anchor(number), shown.groups[number]
    edit = edit_between(found.matches, photo, anchor)
    made_from = ""
    if edit is None:
        direct_ones = source[direct(found.matches, shown.groups, number, photo)].tolist()
        edits = [
            (other, edit_between(found.matches, photo, other)) for other in direct_ones if other != photo
        ]
        other, edit = next(((other, edit) for other, edit in edits if edit is not None), (anchor, None))
        made_from = f" of {words.shown(found.library.photos[other].path.name)}" if edit else ""
    if edit is None:
        return Match(Kind.EDITED_COPY.words, satellite=True)
    corners = corners_of(edit.transform) if edit.copy == photo else ()
    return Match(f"{Kind.EDITED_COPY.words}{made_from}, {share_words(edit.transform)}", True, corners)


def _time_between(found: Found, photo: int, anchor: int) -> list[str]:
    taken = [found.library.fingerprints[each].taken for each in (photo, anchor)]
    if taken[0] is None or taken[1] is None:
        return []
    between = taken[0] - taken[1]
    seconds = abs(between) / timedelta(seconds=1)
    how_long = f"{seconds:.1f} s" if seconds < 10 else f"{seconds:,.0f} s"
    return [
        f"{how_long} {'later' if between > timedelta(0) else 'earlier'}" if seconds else "at the same time"
    ]
