"""The first room of the line: which files may be photos, told as a stream in which a failure is a value.

Folders enter; `Photo` and `Skipped` leave.
"""

from photodedup.core.scan.walking import check_folders, walk

__all__ = ["check_folders", "walk"]
