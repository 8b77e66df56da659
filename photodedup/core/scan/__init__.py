"""The first room of the line: which files may be photos; a failure is a value and not an exception.

Folders enter; `Photo`s as columns and `Skipped` leave.
"""

from photodedup.core.scan.looking import Looked, check_folders, look
from photodedup.core.scan.units import as_units, names_beside
from photodedup.core.scan.walking import Run, Walk

__all__ = ["Looked", "Run", "Walk", "as_units", "check_folders", "look", "names_beside"]
