"""The rules by which one photo is worth keeping rather than another, and what they say of a library.

In: the library. Out: a number a photo and rule; larger is better.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photodedup.core.values import Index, Library

Values = NDArray[np.float64]
COPY_NAME = re.compile(r"\(\d+\)|~\d*$|\b(copy|kopie|copie|copia|edited|backup)\b|[-_ ]\d$", re.IGNORECASE)
COPY_FOLDER = re.compile(
    r"(?<![a-z])(back ?ups?|copy|copies|kopien?|copias?|sicherung(en)?|sauvegardes?|old|duplicates?|"
    r"downloads?|received|sent|exports?|exported|te?mp|whatsapp|telegram|messenger|signal)(?![a-z])",
    re.IGNORECASE,
)
"""Folders that copies are put into, rather than photos from a camera."""


@dataclass(frozen=True, eq=False)
class Rule:
    """One reason to keep a photo rather than another; told from others by being itself, which is quickest.

    Attributes:
        name: The rule's name in settings.
        words: The reason as the person reads it after "kept:".
        value: Takes the library, gives float64 (photos,); larger is better.
        share: A photo stays in the race with at least this share of its group's best value.
        telling: True where it is told of a keeper even if an earlier rule had decided.
    """

    name: str
    words: str
    value: Callable[[Library], Values]
    share: float = 1.0
    telling: bool = False


def _intact(library: Library) -> Values:
    return np.asarray(~library.seen.rows["damaged"], np.float64)


def _area(library: Library) -> Values:
    rows = library.seen.rows
    return np.asarray(rows["width"] * rows["height"].astype(np.float64))


def _metadata(library: Library) -> Values:
    seen = library.seen
    named = np.array([bool(word) for word in seen.words], np.bool_)
    return np.asarray(1.0 + seen.dated() + named[seen.rows["camera"]], np.float64)


def _companions(library: Library) -> Values:
    rows = library.files.rows
    # A raw photo or a film is a picture that can be lost, and says most of all that this is the original.
    return np.asarray(rows["companions"] + 256.0 * rows["paired"])


def _home(library: Library) -> Values:
    files = library.files
    home = [COPY_FOLDER.search(os.fsdecode(folder)) is None for folder in files.folders]
    return np.asarray(np.array(home, np.float64)[files.rows["folder"]])


def _plain_name(library: Library) -> Values:
    names = (os.fsdecode(name) for name in library.files.each_name())
    plain = (COPY_NAME.search(os.path.splitext(name)[0]) is None for name in names)  # noqa: PTH122 - once a file
    return np.fromiter(plain, np.float64, len(library))


INTACT = Rule("intact", "not damaged", _intact)
LARGEST = Rule("largest", "largest", _area, share=0.8)
METADATA = Rule("metadata", "full metadata", _metadata, telling=True)
LEAST_COMPRESSED = Rule(
    "least-compressed", "least compressed", lambda library: library.sizes().astype(np.float64), share=0.85
)
COMPANIONS = Rule("companions", "with companion files", _companions)
OLDEST = Rule(
    "oldest",
    "oldest file",
    lambda library: -library.files.rows["mtime_ns"].astype(np.float64),
)
HOME = Rule("home", "not in a folder of copies", _home)
PLAIN_NAME = Rule("plain-name", "plainest name", _plain_name)

RULES = (LARGEST, COMPANIONS, METADATA, LEAST_COMPRESSED)
"""The default order, after `INTACT`, which always comes first.

A copy with a border is a little larger than its original, hence the share of `LARGEST`.
"""

TIE_RULES = (HOME, PLAIN_NAME, OLDEST)
"""Between identical pictures any choice is right; these make it the one that a person expects."""


Measured = tuple[Rule, Values]
"""A rule and what it says of each photo: float64 (photos,)."""


def measure(library: Library, rules: Sequence[Rule] = RULES, among: Index | None = None) -> list[Measured]:
    """Evaluates the rules once for a library, so that each move of the slider only compares numbers.

    Args:
        library: The photos.
        rules: Those that decide, in their order.
        among: The photos that can be in a group, where not all can; the others' values mean nothing.

    Returns:
        Rules with their values: `INTACT`, those that decide, then the tie rules.
    """
    every = (INTACT, *rules, *TIE_RULES)
    if among is None:
        return [(rule, rule.value(library)) for rule in every]
    some = Library(library.files.take(among), library.seen.take(among))
    return [(rule, _spread(rule.value(some), among, len(library))) for rule in every]


def _spread(values: Values, among: Index, count: int) -> Values:
    whole = np.zeros(count, np.float64)
    whole[among] = values
    return whole
