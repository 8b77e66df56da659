"""The value types of the line: facts, derived values, intent and effects, which never mix.

Facts are what the disk said (`Photo`, `Skipped`, `Fingerprint`, `Library`), derived values what follows from
them (`Matches`, `Groups`), intent what the person or a rule wants (`Mark`, `Removal`), effects what was done
(`journal`). Paths that are not UTF-8 travel as Python's surrogate escapes.
"""

from photodedup.core.values.columns import FingerprintColumns, PhotoColumns
from photodedup.core.values.derived import (
    NO_EDITS,
    NO_EMBEDDINGS,
    Bits,
    Edits,
    Embeddings,
    Groups,
    Index,
    Matches,
)
from photodedup.core.values.facts import RAW_FORMATS, Fingerprint, Kind, Photo, Skipped, SkipReason
from photodedup.core.values.intent import Companion, Mark, Pairs, Removal, Role, Witness
from photodedup.core.values.library import Library
from photodedup.core.values.sorting import distinct
from photodedup.core.values.telling import Failure, Progress, Report, Stage, Tell

__all__ = [
    "NO_EDITS",
    "NO_EMBEDDINGS",
    "RAW_FORMATS",
    "Bits",
    "Companion",
    "Edits",
    "Embeddings",
    "Failure",
    "Fingerprint",
    "FingerprintColumns",
    "Groups",
    "Index",
    "Kind",
    "Library",
    "Mark",
    "Matches",
    "Pairs",
    "Photo",
    "PhotoColumns",
    "Progress",
    "Removal",
    "Report",
    "Role",
    "SkipReason",
    "Skipped",
    "Stage",
    "Tell",
    "Witness",
    "distinct",
]
