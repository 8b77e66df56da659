"""Proves pairs of photos by their thumbnails.

Proposals enter; verdicts leave. Thumbnails come from the catalogue, which made them itself, and those of the
last photos are kept in memory, because pairs of one photo follow each other.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from photodedup.core.catalogue import Catalogue
from photodedup.core.match.copies.aligning import Aligned, Freedom, Grey, align
from photodedup.core.match.copies.bending import bend
from photodedup.core.match.copies.contents import Picture, content_of
from photodedup.core.match.copies.frames import Numbers, may_share, shared_by, sides_of
from photodedup.core.match.copies.judging import BENT, Verdict, alike_in_part, judge
from photodedup.core.match.copies.toned import judge_toned, turn_of
from photodedup.core.match.structure import Structure, structure
from photodedup.core.values import Library

_KEPT = 2048
"""Thumbnails kept in memory, about 70 kilobytes each."""
_LEAST = 0.95
"""Share of one picture that the other one must show to be worth a proof."""
_PART = 0.1
"""Share of either picture that the other one must show at least: a sticker that is on both is smaller."""
_MARGIN = 0.03
"""Share of a picture by which margins must differ to say anything."""
_ASLANT = 0.6
"""The same of both pictures, where one may be a photo of the other on a screen; of a part, if cells agree."""


class Prover:
    """Proves pairs of photos of a library."""

    def __init__(self, library: Library, catalogue: Catalogue) -> None:
        self._contents: NDArray[Any] = library.seen.rows["content"]
        self._catalogue = catalogue
        self.picture = lru_cache(_KEPT)(self._load)
        self._structure = lru_cache(_KEPT)(self._structured)

    def prove(self, one: int, other: int, transform: Numbers, *, vouched: bool = False) -> Verdict | None:
        """Decides on two photos.

        Args:
            one: A photo.
            other: Another one.
            transform: float64 (2, 3), roughly takes places in the first to those in the second, in shares of
                the longer side.
            vouched: Whether other pairs, which are proven, say that it must be so.
        """
        first, second = self.picture(one), self.picture(other)
        if first is None or second is None:
            return None
        whole = np.vstack((transform, (0.0, 0.0, 1.0)))
        inner = np.linalg.inv(second.to_whole) @ whole @ first.to_whole
        found = _judged(first.content, second.content, inner, vouched)
        if found is not None:
            return _with_margins(found, first, second)
        if first.margin or second.margin:
            found = _judged(first.whole, second.whole, whole, vouched)
        return self._toned(one, other, (first.whole, second.whole), whole) if found is None else found

    def _toned(self, one: int, other: int, pictures: tuple[Grey, Grey], to_other: Numbers) -> Verdict | None:
        """Decides on two photos with their pictures as if one were the other with other tones."""
        turn = turn_of(*pictures, to_other)
        if turn is None:
            return None
        return judge_toned(pictures, (self._structure(one), self._structure(other)), turn)

    def _structured(self, number: int) -> Structure:
        picture = self.picture(number)
        assert picture is not None
        return structure(picture.whole)

    def prove_vouched(self, one: int, other: int, transform: Numbers) -> Verdict | None:
        """The same for what follows from proven pairs; the transform is in shares of width and height."""
        first, second = self.picture(one), self.picture(other)
        if first is None or second is None:
            return None
        sides = [
            np.diag([*sides_of(each.content), 1.0]) @ np.linalg.inv(each.box) for each in (first, second)
        ]
        longer = [each.to_whole @ side for each, side in zip((first, second), sides, strict=True)]
        whole = longer[1] @ np.vstack((transform, (0.0, 0.0, 1.0))) @ np.linalg.inv(longer[0])
        return self.prove(one, other, whole[:2], vouched=True)

    def _load(self, number: int) -> Picture | None:
        jpeg = self._catalogue.thumbnail(self._contents[number].tobytes())
        if jpeg is None:
            return None
        return content_of(simplejpeg.decode_jpeg(jpeg, "GRAY")[..., 0])


def _judged(first: Grey, second: Grey, to_second: Numbers, vouched: bool) -> Verdict | None:
    """Decides on two pictures, first as if nothing bent, then as if one were a photo of a screen."""
    sides = sides_of(first), sides_of(second)
    if not may_share(*sides, to_second, _LEAST):
        return None
    shared = shared_by(*sides, to_second)
    if shared is None or max(shared.of_one, shared.of_other) < _LEAST:
        return None
    least = min(shared.of_one, shared.of_other)
    if least < _PART:
        return None
    rigid = align(first, second, to_second, Freedom.RIGID)
    found = None if rigid is None else judge(first, second, rigid, vouched=vouched)
    if found is not None or least < BENT:
        return found
    if least < _ASLANT and (rigid is None or not alike_in_part(rigid)):
        return None
    return _judged_aslant(first, second, align(first, second, to_second, Freedom.ASLANT), vouched)


def _judged_aslant(first: Grey, second: Grey, aslant: Aligned | None, vouched: bool) -> Verdict | None:
    """Decides on two pictures of which one may be a photo of the other, on a plane, or bent."""
    if aslant is None:
        return None
    found = judge(first, second, aslant, vouched=vouched)
    if found is not None or not alike_in_part(aslant):
        return found
    bent = bend(first, second, aslant)
    return None if bent is None else judge(first, second, bent, vouched=vouched)


def _with_margins(verdict: Verdict, first: Picture, second: Picture) -> Verdict:
    """The verdict on the whole pictures; of two that show the same, the one with more around it is a copy."""
    inner = np.vstack((verdict.to_other, (0.0, 0.0, 1.0)))
    to_other = (second.box @ inner @ np.linalg.inv(first.box))[:2]
    is_copy, sure = verdict.first_is_copy, verdict.sure
    if is_copy is None and abs(first.margin - second.margin) > _MARGIN:
        # A trimmed picture is far rarer than a framed one, and bright frames of bright pictures have no edge.
        is_copy, sure = first.margin > second.margin, True
    return replace(verdict, first_is_copy=is_copy, sure=sure, to_other=to_other)
