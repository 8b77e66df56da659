"""Leaves photos out of groups that are no longer there, or that are told of elsewhere.

Enters: groups without satellites, and which photos are gone. Leaves: the groups without them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photodedup.core.values import Groups


def leave_out(groups: Groups, gone: NDArray[np.bool_]) -> Groups:
    """The groups without some photos; a group of which one photo is left is none.

    Args:
        groups: The groups, before anything is hung on them.
        gone: bool (photos,), True for photos to leave out.
    """
    if not len(groups):
        return groups
    here = ~gone[groups.members]
    sizes = np.add.reduceat(here, groups.starts[:-1], dtype=np.int64)
    here &= np.repeat(sizes > 1, np.diff(groups.starts))
    starts = np.append(0, np.cumsum(sizes[sizes > 1]))
    return Groups(groups.members[here], starts, groups.threshold)
