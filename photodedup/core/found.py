"""What a search found, and the groups of it at every position of the slider.

In: the library, its matches, the tree of near photos and the shots of one moment. Out: `Suggestions` at a
threshold. Copies come first: a photo that is in a group of copies is in no group of similar shots, so that no
photo is ever in two groups, and each group keeps a photo whatever is marked in others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Event

import numpy as np
from numpy.typing import NDArray

from photodedup.core.errors import StoppedError
from photodedup.core.fingerprint import DEFAULT_RECIPE, RECIPES, Recipe
from photodedup.core.group import Tree, build_tree, hang, leave_out
from photodedup.core.match import find_matches
from photodedup.core.suggest import (
    Keepers,
    Measured,
    Suggestions,
    every_why,
    keepers,
    keepers_beforehand,
    measure,
    suggest,
    why,
)
from photodedup.core.values import Groups, Index, Kind, Library, Matches, Skipped, distinct

LOOKED_FOR = frozenset(Kind)
"""The kinds of match that are looked for where the person says nothing: all."""

NO_GROUPS = Groups(np.zeros(0, np.int32), np.zeros(1, np.int64), 0)
_NO_MATCHES = find_matches(Library(), max(recipe.furthest for recipe in RECIPES.values()), LOOKED_FOR)

Gone = NDArray[np.bool_]


@dataclass(frozen=True)
class Found:
    """Everything a review needs, for every position of the slider.

    Attributes:
        folders: The folders that were searched.
        recipe: The perceptual hash.
        kinds: The kinds of match that were looked for.
        library: The photos.
        matches: The pairs.
        tree: The near groups at every distance.
        shots: The groups of similar shots, as if there were no copies; the slider does not change them.
        skipped: What was left out and why.
        complete: False while the search runs, and where it was stopped.
        alike_from: The least cosine of `shots` where a neural network looked for them too, else None.
    """

    folders: tuple[Path, ...] = ()
    recipe: Recipe = DEFAULT_RECIPE
    kinds: frozenset[Kind] = LOOKED_FOR
    library: Library = field(default_factory=Library)
    matches: Matches = field(default_factory=lambda: _NO_MATCHES)
    tree: Tree = field(default_factory=lambda: build_tree(_NO_MATCHES))
    shots: Groups = field(default_factory=lambda: NO_GROUPS)
    skipped: tuple[Skipped, ...] = ()
    complete: bool = False
    alike_from: float | None = None

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How many groups each distance would give: int64 (furthest + 1,); empty without photos."""
        if not len(self.library):
            return np.zeros(0, np.int64)
        if not len(self.matches.edits) and not len(self.shots):
            return self.tree.counts()
        return self.counts_without(None)

    def counts_without(self, gone: Gone | None, stop: Event | None = None) -> NDArray[np.int64]:
        """The same, less what is gone; slow for many photos, so called elsewhere than in the window's thread.

        Args:
            gone: bool (photos,), True for photos that are no longer there.
            stop: Set to stop.

        Raises:
            StoppedError: `stop` was set.
        """
        counts = []
        for threshold in range(self.tree.furthest + 1):
            if stop is not None and stop.is_set():
                raise StoppedError("The groups are not counted any more.")
            copies, shots = self._groups(threshold, gone)
            counts.append(len(copies) + len(shots))
        return np.array(counts)

    @property
    def absent(self) -> tuple[Skipped, ...]:
        """The folders that were searched and hold none of the photos that are known there."""
        return tuple(each for each in self.skipped if each.path in self.folders)

    def suggest(self, threshold: int, without: Gone | None = None) -> Suggestions:
        """The groups at one position of the slider with their proposals.

        Args:
            threshold: Bits.
            without: bool (photos,), True for photos that are no longer there.
        """
        without = without if without is not None and without.any() else None
        copies, shots = self._groups(threshold, without)
        keeper = self._keepers_of(copies, without is None)
        return suggest(self.library, self.matches, copies, keeper, self.kinds, shots)

    def why(self, shown: Suggestions, number: int) -> str:
        """Why the proposed keeper of a group is proposed, in words."""
        return why(self.matches, shown, number, self._measured)

    def every_why(self, shown: Suggestions) -> Iterator[str]:
        """The same for each group, in their order; quicker than asking for one after the other."""
        return every_why(self.matches, shown, self._measured)

    @cached_property
    def grouped(self) -> Index:
        """Every photo that is in a group at some position of the slider: int32, sorted."""
        edits = self.matches.edits
        return distinct(np.concatenate((self.tree.order, edits.copy, edits.source, self.shots.members)))

    def prepare(self) -> None:
        """Computes what every position of the slider needs, here rather than in the window's thread."""
        self.counts, self._measured, self._keepers  # noqa: B018 - each is kept

    @property
    def group_count(self) -> int:
        """How many groups there are at the recipe's own threshold."""
        return int(self.counts[self.recipe.threshold]) if len(self.library) else 0

    def _groups(self, threshold: int, without: Gone | None = None) -> tuple[Groups, Groups]:
        """The groups of copies at one position of the slider, and the shots that are in none of them."""
        copies = self.tree.cut(threshold)
        if without is not None and without.any():
            copies = leave_out(copies, without)
        copies = hang(copies, self.matches, self._areas, without)
        if not len(self.shots):
            return copies, self.shots
        elsewhere = np.zeros(len(self.library), bool) if without is None else without.copy()
        elsewhere[copies.members] = True
        return copies, leave_out(self.shots, elsewhere)

    def _keepers_of(self, copies: Groups, whole: bool) -> Index:
        known: Keepers | None = vars(self).get("_keepers")
        if known is None:  # for one position alone it is quicker that its groups race
            return keepers(copies, self.matches, self._measured)
        return known.of(copies) if whole else known.of_rest(copies, self.matches, self._measured)

    @cached_property
    def _measured(self) -> Sequence[Measured]:
        return measure(self.library, among=self.grouped)

    @cached_property
    def _keepers(self) -> Keepers:
        return keepers_beforehand(self.tree, self.matches, self._measured)

    @cached_property
    def _areas(self) -> NDArray[np.int64]:
        rows = self.library.seen.rows
        return np.asarray(rows["width"] * rows["height"].astype(np.int64))
