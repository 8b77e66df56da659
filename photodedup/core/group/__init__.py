"""Groups photos: near ones by complete linkage, and their edited copies as satellites around them.

Enters: `Matches`. Leaves: a `Tree`, built once, from it the `Groups` at any position of the slider, and the
same groups with the edited copies hung on the pictures that they were made from.
"""

from photodedup.core.group.leaving import leave_out
from photodedup.core.group.stars import hang
from photodedup.core.group.tree import Tree, build_tree

__all__ = ["Tree", "build_tree", "hang", "leave_out"]
