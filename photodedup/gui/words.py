"""Numbers, times and paths as people read them.

In: values. Out: short texts. Paths may hold bytes that are no text; here they become something that can be
shown, and nothing shown is ever turned back into a path.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from photodedup.core.values import Progress

UNITS = ("bytes", "KB", "MB", "GB", "TB")


def shown(path: Path | str) -> str:
    """A path or name as text; bytes that are no UTF-8 and control characters become a replacement sign."""
    text = str(path)
    if text.isprintable():
        return text
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else "�" for sign in text)


def size(number: int) -> str:
    """Bytes in decimal units, as file managers show them: `412 KB`, `1.4 GB`."""
    value = float(number)
    for unit in UNITS:
        if value < 999.5 or unit == UNITS[-1]:
            break
        value /= 1000
    digits = 0 if unit == "bytes" or value >= 99.95 else 1
    return f"{value:.{digits}f} {unit}"


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 photo`, `12,345 photos`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def files(photos: int, companions: int) -> str:
    """Photos with the files that go with them: `128 photos and 40 companion files`."""
    beside = f" and {count(companions, 'companion file')}" if companions else ""
    return count(photos, "photo") + beside


def duration(seconds: float) -> str:
    """A time that is left, coarse on purpose: `a few seconds left`, `4 min left`, `2 h 10 min left`."""
    if seconds < 8:
        return "a few seconds left"
    if seconds < 90:
        return f"{round(seconds / 5) * 5} s left"
    minutes = round(seconds / 60)
    return f"{minutes} min left" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min left"


def folder(path: Path, roots: Sequence[Path]) -> str:
    """The folder of a photo, from the chosen folder on: `Photos/2019/07`; whole where two have one name."""
    parent = path.parent
    for root in roots:
        if parent.is_relative_to(root):
            alone = sum(other.name == root.name for other in roots) == 1
            return shown(Path(root.name) / parent.relative_to(root) if alone else parent)
    return shown(parent)


def folder_names(roots: Sequence[Path]) -> str:
    """Chosen folders by their names: `Photos and 2 more`."""
    if not roots:
        return ""
    rest = len(roots) - 1
    return shown(roots[0].name or str(roots[0])) + (f" and {rest:,} more" if rest else "")


def progress(now: Progress) -> str:
    """Progress in one line: `Reading photos   1,234 of 5,678   63 a second   2 min left`."""
    done = f"{now.done:,}" + (f" of {now.total:,}" if now.total is not None else "")
    noun = now.stage.counted
    if now.stage is now.stage.RECOGNISING and now.total is not None:
        noun = "likely pair"
    number = now.done if now.total is None else now.total
    parts = [now.stage.value, f"{done} {noun if number == 1 else noun + 's'}" if noun else done]
    if now.rate >= 1:
        parts.append(f"{now.rate:,.0f} a second")
    if now.seconds_left is not None and now.done and now.done != now.total:
        parts.append(duration(now.seconds_left))
    return "   ".join(parts)
