"""What is left out of a scan and why: every list of names in one place.

Names and attributes enter, a reason in words or None leaves. Names are compared without regard to case.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


RAW = _words("""
    .3fr .arw .bay .cap .cr2 .cr3 .crw .dcr .dng .erf .fff .gpr .iiq .k25 .kdc .mef .mos .mrw .nef .nrw
    .orf .ori .pef .raf .raw .rw2 .rwl .sr2 .srf .srw .x3f
""")
"""Extensions of raw photos, which are read by the preview in them."""

PICTURES = RAW | _words("""
    .jpg .jpeg .jpe .jfif .jif .mpo .png .apng .webp .tif .tiff .gif .bmp .dib .avif .avifs
    .heic .heif .heics .heifs .hif
""")
"""Extensions of the formats that are read; the content decides what a file really is."""

OTHER_PICTURES = _words("""
    .ai .cdr .cur .eps .exr .hdr .ico .icns .j2c .j2k .jp2 .jpf .jpm .jps .jpx .jxl .jxr .kra .pbm .pcx
    .pgm .pnm .ppm .psb .psd .qoi .svg .svgz .tga .wdp .wmf .emf .xbm .xcf .xpm
""")
FILMS = _words("""
    .3g2 .3gp .asf .avi .flv .insv .lrv .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .mxf .ogv .vob .webm .wmv
""")
UNREAD = OTHER_PICTURES | FILMS
"""Extensions of pictures and films that are not read yet, so that people learn that they were seen."""

REMOVED = "photodedup-removed"
"""The folder to which photos go where there is no trash; see `trash/removed.py`."""

TRASH = {REMOVED} | _words(
    "$recycle.bin recycler #recycle @recycle .trash .trashes .dtrash .trashed .recycle"
)
TRASH_PREFIXES = (".trash-", ".trashed-")

THUMBNAILS = _words(".thumbnails .thumbs .@__thumb @eadir .picasaoriginals .webviews .dtcache __macosx") | {
    "ipod photo cache"
}
THUMBNAIL_SUFFIXES = (".lrdata", ".lrprev", ".cocatalogdb")

PACKAGE_SUFFIXES = (
    ".photoslibrary",
    ".photolibrary",
    ".migratedphotolibrary",
    ".aplibrary",
    ".migratedaplibrary",
    ".apvault",
    ".photoboothlibrary",
    ".imovielibrary",
    ".fcpbundle",
    ".theater",
    ".rcproject",
    ".lrlibrary",
    ".cocatalog",
    ".cosessiondb",
)
"""Folders that a program keeps as one document: taking a photo out of them breaks them."""

SYSTEM_NAMES = frozenset(
    [
        "system volume information",
        "lost+found",
        "program files",
        "program files (x86)",
        "$windows.~bt",
        "windowsapps",
    ]
)
SYSTEM_PATHS = frozenset(["/proc", "/sys", "/dev", "/run", "/System", "/Library"])

_HIDDEN = stat.FILE_ATTRIBUTE_HIDDEN
_AWAY = stat.FILE_ATTRIBUTE_OFFLINE | 0x40000 | 0x400000  # RECALL_ON_OPEN, RECALL_ON_DATA_ACCESS
_DATALESS = 0x40000000  # macOS: SF_DATALESS


def hidden(name: str, status: os.stat_result) -> bool:
    """Whether the file or folder is hidden: by a leading dot, or by Windows' or macOS' attribute."""
    return (
        name.startswith(".")
        or bool(getattr(status, "st_file_attributes", 0) & _HIDDEN)
        or bool(getattr(status, "st_flags", 0) & stat.UF_HIDDEN)
    )


def not_downloaded(status: os.stat_result) -> bool:
    """Whether only a placeholder is on this disk, so that reading the file would download it."""
    return bool(getattr(status, "st_file_attributes", 0) & _AWAY) or bool(
        getattr(status, "st_flags", 0) & _DATALESS
    )


def is_link(status: os.stat_result) -> bool:
    """Whether it points elsewhere: a symbolic link, or a junction of Windows."""
    if stat.S_ISLNK(status.st_mode):
        return True
    return getattr(status, "st_reparse_tag", 0) == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)


def forbidden_folder(path: str, name: str) -> str | None:
    """Why nothing in this folder may ever be taken for a photo, even where it was asked for, or None.

    Files in a trash are on their way out, so none of them may count as a copy that stays.
    """
    lower = name.lower()
    if lower in TRASH or lower.startswith(TRASH_PREFIXES) or (lower == "trash" and _is_home_trash(path)):
        return "a trash folder"
    if lower.endswith(PACKAGE_SUFFIXES):
        return "the library of another program, which breaks when photos are taken out of it"
    return None


def left_out_folder(path: str, name: str, status: os.stat_result) -> str | None:
    """Why this folder is left out unless it is named explicitly, or None."""
    lower = name.lower()
    if (why := forbidden_folder(path, name)) is not None:
        return why
    if lower in THUMBNAILS or lower.endswith(THUMBNAIL_SUFFIXES):
        return "a cache of thumbnails"
    if lower in SYSTEM_NAMES or path in SYSTEM_PATHS or (lower == "windows" and _holds(path, "System32")):
        return "a folder of the system"
    return "a hidden folder" if hidden(name, status) else None


def forbidden_root(root: Path) -> str | None:
    """Why nothing below this root may be scanned: it lies in a trash or in another program's library."""
    for folder in (root, *root.parents):
        if (why := forbidden_folder(os.fspath(folder), folder.name)) is not None:
            return why
    return None


def _is_home_trash(path: str) -> bool:
    """The freedesktop home trash is called plainly `Trash`; its two folders give it away."""
    return _holds(path, "files") and _holds(path, "info")


def _holds(path: str, name: str) -> bool:
    return os.path.isdir(os.path.join(path, name))  # noqa: PTH112, PTH118 - strings keep the walk fast
