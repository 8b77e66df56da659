"""Makes a plan of what the person marked, or of what the keeper rules propose.

In: marks or proposals. Out: a `Plan`: each removal with a surviving photo that matches it directly, and a
refusal for each marked photo that has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from photodedup.core.match import distance_between, kind_between
from photodedup.core.plan.plan import Plan
from photodedup.core.review import Review
from photodedup.core.suggest import Suggestions, direct
from photodedup.core.values import Failure, Kind, Library, Mark, Matches, Pairs, Removal, Witness


def plan_from_marks(library: Library, matches: Matches, shown: Suggestions, review: Review) -> Plan:
    """The plan of what the person marked.

    Args:
        library: The photos.
        matches: Their matches.
        shown: The groups at the present position of the slider.
        review: The marks.

    Returns:
        A removal for each marked photo of whose group another one stays that matches it directly, and an
        intact one where it is intact itself; a refusal for each other marked photo.
    """
    plan = _Marked(library, matches, shown, review)
    removals: list[Removal] = []
    refusals: list[Failure] = []
    grouped: set[Path] = set()
    for number in range(len(shown)):
        for photo, keeper in plan.group(number):
            grouped.add(library.photos[photo].path)
            if isinstance(keeper, str):
                refusals.append(_refusal(library.photos[photo].path, keeper))
            else:
                kind = shown.kind_between(matches, number, photo, keeper)
                removals.append(_removal(library, photo, keeper, kind))
    lonely = [photo for photo, mark in review.marks.items() if mark is Mark.TRASH and photo not in grouped]
    refusals.extend(_refusal(photo, "it has no copy at this similarity") for photo in sorted(lonely))
    return Plan(tuple(removals), tuple(refusals))


@dataclass(frozen=True)
class _Marked:
    """What the person marked, and what stays for it."""

    library: Library
    matches: Matches
    shown: Suggestions
    review: Review

    def group(self, number: int) -> Iterator[tuple[int, int | str]]:
        """The marked photos of a group, each with the photo that stays for it or why it cannot go."""
        groups = self.shown.groups
        begin, end = groups.starts[number : number + 2]
        parts = dict(zip(groups[number].tolist(), groups.part[begin:end].tolist(), strict=True))
        marked = {photo for photo in parts if self._mark(photo) is Mark.TRASH}
        for photo in (each for each in parts if each in marked):
            if len(marked) == len(parts):
                yield photo, "no photo of its group is kept"
                continue
            matching = groups[number][direct(self.matches, groups, number, photo)].tolist()
            staying = {other: parts[other] for other in matching if other not in marked}
            yield photo, self._keeper(photo, parts[photo], staying, self.shown.anchor(number))

    def _keeper(self, photo: int, part: int, staying: Mapping[int, int], anchor: int) -> int | str:
        """The survivor that vouches: intact, then of the same cluster, kept, proposed, and the nearest."""
        if not staying:
            return f"{'the picture that it was made from' if part else 'a photo that matches it'} is not kept"

        def preference(other: int) -> tuple[bool, bool, bool, bool, int, int]:
            kept = self._mark(other) is Mark.KEEP
            distance = distance_between(self.library, photo, other)
            damaged = _damaged(self.library, other)
            return damaged, staying[other] != part, not kept, other != anchor, distance, other

        keeper = min(staying, key=preference)
        if _damaged(self.library, keeper) and not _damaged(self.library, photo):
            return "only damaged photos that match it are kept"
        return keeper

    def _mark(self, photo: int) -> Mark | None:
        return self.review.mark(self.library.photos[photo].path)


def plan_from_suggestions(
    library: Library, matches: Matches, shown: Suggestions, pairs: Pairs = Pairs.TOGETHER
) -> Plan:
    """The plan that the keeper rules propose: in every group with a keeper, what equals it or is near it.

    Edited copies and similar shots are never among them: only the person can tell whether they are wanted.
    Nor are photos with a raw photo or a film that the keeper lacks, unless that stays where it is.
    """
    removals: list[Removal] = []
    for number in range(len(shown)):
        keeper = int(shown.keeper[number])
        held = shown.holding(number).tolist() if pairs is Pairs.PHOTO_ONLY else []
        for photo in [*shown.proposal(number).tolist(), *held]:
            removals.append(_removal(library, photo, keeper, kind_between(matches, photo, keeper)))
    return Plan(tuple(removals))


def _refusal(path: Path, reason: str) -> Failure:
    return Failure(path, f"{path.name} stays: {reason}.")


def _damaged(library: Library, photo: int) -> bool:
    return bool(library.seen.rows["damaged"][photo])


def _removal(library: Library, photo: int, keeper: int, kind: Kind) -> Removal:
    distance = distance_between(library, photo, keeper)
    return Removal(_witness(library, photo), _witness(library, keeper), kind, distance)


def _witness(library: Library, number: int) -> Witness:
    photo = library.photos[number]
    content = library.fingerprints[number].content
    return Witness(photo.path, photo.size, photo.mtime_ns, photo.device, photo.inode, content)
