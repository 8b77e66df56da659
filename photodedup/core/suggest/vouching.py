"""Tells for which marked photos another one stays that matches them directly.

In: matches, groups, and which photos are marked. Out: yes or no for each. Two photos of one cluster match
directly, because all of a cluster are within the threshold of each other; two of different clusters of one
group only where geometry proved that one was made from the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photodedup.core.match import edited
from photodedup.core.values import Groups, Matches

Yes = NDArray[np.bool_]


def direct(matches: Matches, groups: Groups, number: int, photo: int) -> Yes:
    """Which photos of a group match one of them directly, itself included.

    Args:
        matches: The matches of the library.
        groups: The groups.
        number: Which group.
        photo: One of its photos.

    Returns:
        bool (photos of the group,).
    """
    group = groups[number]
    part = groups.part[groups.starts[number] : groups.starts[number + 1]]
    return np.asarray((part == part[group == photo][0]) | edited(matches, np.int32(photo), group))


def vouched(matches: Matches, groups: Groups, trash: Yes) -> Yes:
    """Which of the marked photos can go, because a photo stays that matches them directly.

    Args:
        matches: The matches of the library.
        groups: The groups.
        trash: bool (members of `groups`,), True for marked photos.

    Returns:
        bool (members of `groups`,), False for photos that are not marked.
    """
    if not len(groups):
        return trash
    begins = np.flatnonzero(np.append(True, np.diff(groups.part) != 0))
    begins = np.union1d(begins, groups.starts[:-1])
    stays = np.logical_or.reduceat(~trash, begins)
    result = trash & np.repeat(stays, np.diff(begins, append=len(trash)))
    if len(matches.edits) and (trash & ~result).any():
        result |= trash & _by_edits(matches, groups, ~trash)
    return np.asarray(result)


def bereft(groups: Groups, trash: Yes, paired: Yes) -> Yes:
    """Which marked photos have a raw photo or a film beside them while no photo of the group that stays has.

    Args:
        groups: The groups.
        trash: bool (members of `groups`,), True for marked photos.
        paired: bool (photos,), True for photos with a raw photo or a film beside them.
    """
    if not len(groups):
        return trash
    mine = paired[groups.members]
    saved = np.logical_or.reduceat(mine & ~trash, groups.starts[:-1])
    return np.asarray(trash & mine & ~np.repeat(saved, np.diff(groups.starts)))


def _by_edits(matches: Matches, groups: Groups, staying: Yes) -> Yes:
    """Which members were made from a member of their group that stays, or are what it was made from."""
    picture = matches.same_picture[groups.members]
    group = np.full(len(matches.same_picture), -1, np.int64)
    group[picture] = groups.number
    alive = np.zeros(len(group), bool)
    alive[picture[staying]] = True
    copy, source = (matches.same_picture[each] for each in (matches.edits.copy, matches.edits.source))
    together = (group[copy] == group[source]) & (group[copy] >= 0)
    held = np.zeros(len(group), bool)
    held[copy[together & alive[source]]] = True
    held[source[together & alive[copy]]] = True
    return np.asarray(held[picture])
