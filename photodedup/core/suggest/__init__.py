"""Which photo of each group is worth keeping, and why in words.

In: the library, its matches and the groups of one slider position. Out: `Suggestions`, the groups in the
order of the list with keeper, kind and space to free. Everything is computed on whole arrays, so that it
follows the slider.

Each rule narrows the photos that may stay to those that come close to the best of their group; a rule that
sends photos away is a reason. If several photos are left, and they are not identical, there is no clear
winner. An edited copy is never the keeper and stays unless the person marks it; similar shots have none.
"""

from photodedup.core.suggest.beforehand import Keepers, keepers_beforehand
from photodedup.core.suggest.race import NO_KEEPER, keepers
from photodedup.core.suggest.reasons import every_why, why
from photodedup.core.suggest.rules import INTACT, RULES, TIE_RULES, Measured, Rule, measure
from photodedup.core.suggest.suggesting import REMOVABLE, KindCount, Suggestions, suggest
from photodedup.core.suggest.vouching import bereft, direct, vouched

__all__ = [
    "INTACT",
    "NO_KEEPER",
    "REMOVABLE",
    "RULES",
    "TIE_RULES",
    "Keepers",
    "KindCount",
    "Measured",
    "Rule",
    "Suggestions",
    "bereft",
    "direct",
    "every_why",
    "keepers",
    "keepers_beforehand",
    "measure",
    "suggest",
    "vouched",
    "why",
]
