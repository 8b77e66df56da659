"""Takes JPEGs apart without decoding: what an eighth of the size needs, and what is junk.

The bytes of a JPEG enter; a shorter JPEG leaves. A pixel at an eighth of the size is the mean of eight by
eight, the first coefficient of a block: a progressive JPEG holds these in a fifth of its bytes. Damage in the
rest is noticed where scans or markers are missing, or zeros stand for data; what is not noticed is a last
scan that was cut and closed, and other bits in scans that are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_START, _END, SCAN, _PROGRESSIVE = 0xD8, 0xD9, 0xDA, 0xC2
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
SHOWN = frozenset([0xC0, 0xC1, 0xC2])
SEGMENTS = FRAMES | {0xC4, 0xDA, 0xDB, 0xDD, 0xFE} | set(range(0xE0, 0xF0))
_JFIF, _ADOBE = 0xE0, 0xEE
_IGNORED = frozenset(range(0xE0, 0xF0)) - {_JFIF, _ADOBE} | {0xFE}
_SUSPECT, _WIPED = bytes(64), bytes(512)
"""Zeros in the scans of a progressive JPEG: so many are looked into by a full decoding, and so many cannot be
data of any coefficient but the first, since every block needs at least one code that is not all zeros."""
_RUN = 32767
_HEADER = 1 << 20
"""Bytes within which the size of a JPEG is said."""
_MOST_SCANS = 100


@dataclass(frozen=True, slots=True)
class _Segment:
    """A segment of a JPEG: its marker, where it begins, where its payload begins, and where it ends.

    A scan ends where its coefficients end.
    """

    marker: int
    start: int
    payload: int
    end: int


@dataclass(slots=True)
class _Frame:
    """The components of a picture: the sampling of each, and the bits still missing of its coefficients."""

    width: int
    height: int
    sampling: dict[int, tuple[int, int]]
    missing: dict[int, list[int | None]] = field(default_factory=dict)

    def is_coarse(self, component: int) -> bool:
        """Whether a component has fewer samples than others: an eighth of the size needs all of it."""
        across, down = self.sampling[component]
        return across < self._across or down < self._down

    def blocks(self, component: int) -> int:
        """How many blocks of eight by eight a component has."""
        across, down = self.sampling[component]
        wide, high = -(-self.width * across // self._across), -(-self.height * down // self._down)
        return -(-wide // 8) * -(-high // 8)

    @property
    def _across(self) -> int:
        return max(across for across, _ in self.sampling.values())

    @property
    def _down(self) -> int:
        return max(down for _, down in self.sampling.values())

    def take(self, components: list[int], band: range, before: int, after: int) -> bool:
        """Note what a scan brings; False where it does not follow from those before it."""
        for component in components:
            bits = self.missing.setdefault(component, [None] * 64)
            if any(bits[place] != (before or None) for place in band):
                return False
            bits[band.start : band.stop] = [after] * len(band)
        return True

    def is_complete(self) -> bool:
        """Whether every bit of every coefficient came."""
        return all(self.missing.get(each) == [0] * 64 for each in self.sampling)


def essential(data: bytes) -> tuple[bytes, bool]:
    """The part of a progressive JPEG that its eighth of the size needs, pixel for pixel.

    Args:
        data: Any JPEG.

    Returns:
        A shorter JPEG, or `data` itself where it is not progressive or something in it looks wrong; and False
        where scans are missing at the end, which no decoder warns of.
    """
    try:
        return _essential(data)
    except (IndexError, KeyError, ValueError):
        return data, True


def without_junk(data: bytes) -> bytes:
    """A JPEG without the bytes before its first scan that belong to no segment, which harm no pixel."""
    kept = [data[:2]]
    with suppress(ValueError, IndexError):
        for segment in _segments(data):
            if segment.marker == SCAN:
                return b"".join([*kept, data[segment.start :]])
            kept.append(data[segment.start : segment.end])
    return data


def frame_size(data: bytes, start: int = 0) -> tuple[int, int] | None:
    """Width and height of a JPEG that begins somewhere in a file; None where none begins there.

    A lossless one, as sensors' values are kept in, is none.
    """
    head = data[start : start + _HEADER]
    if head[:2] != b"\xff\xd8":
        return None
    with suppress(ValueError, IndexError):
        for segment in _segments(head):
            if segment.marker in FRAMES:
                frame = _frame(head, segment)
                return (frame.width, frame.height) if segment.marker in SHOWN else None
            if segment.marker == SCAN:
                return None
    return None


def pixel_parts(data: bytes) -> list[memoryview] | None:
    """All of a JPEG that its pixels come from: two files in which it is equal hold the same picture.

    Left out are comments, what follows the end, and what programs wrote for each other (APP segments), but
    for the two that decide about colours.

    Returns:
        The parts in order, or None where something in the file looks wrong.
    """
    view = memoryview(data)
    try:
        return [
            view[segment.start : segment.start + 2 if segment.marker == _JFIF else segment.end]
            for segment in _segments(data)
            if segment.marker not in _IGNORED
        ]
    except (ValueError, IndexError):
        return None


def _essential(data: bytes) -> tuple[bytes, bool]:
    frame: _Frame | None = None
    kept, scans = [data[:2]], 0
    for segment in _segments(data):
        if segment.marker in FRAMES:
            if segment.marker != _PROGRESSIVE or frame is not None:
                return data, True
            frame = _frame(data, segment)
        if segment.marker != SCAN:
            kept.append(data[segment.start : segment.end])
            continue
        scans += 1
        if frame is None or scans > _MOST_SCANS:
            return data, True
        if data[segment.payload - 3] and data.find(_WIPED, segment.payload, segment.end) >= 0:
            return data, False
        wanted = _take(frame, data, segment)
        if wanted:
            kept.append(data[segment.start : segment.end])
        elif wanted is None or data.find(_SUSPECT, segment.payload, segment.end) >= 0:
            return data, True
    if frame is None or not frame.is_complete():
        return data, False
    return b"".join([*kept, _nothing_more(frame), b"\xff\xd9"]), True


def _take(frame: _Frame, data: bytes, scan: _Segment) -> bool | None:
    """Whether a scan is needed for an eighth of the size; None where it does not follow from those before."""
    count = data[scan.start + 4]
    head = data[scan.start + 5 : scan.start + 8 + 2 * count]
    components = list(head[: 2 * count : 2])
    first, last, bits = head[2 * count :]
    if not frame.take(components, range(first, last + 1), bits >> 4, bits & 15):
        return None
    return first == 0 or frame.is_coarse(components[0])


def _frame(data: bytes, segment: _Segment) -> _Frame:
    head = data[segment.start + 4 : segment.end]
    parts = [head[6 + 3 * number : 9 + 3 * number] for number in range(head[5])]
    sampling = {part[0]: (part[1] >> 4, part[1] & 15) for part in parts}
    return _Frame(int.from_bytes(head[3:5]), int.from_bytes(head[1:3]), sampling)


def _segments(data: bytes) -> Iterator[_Segment]:
    """The segments between the first marker and the last.

    Raises:
        ValueError: The end is missing, or something that is no segment stands where one must.
    """
    place = 2
    while (found := MARKER.search(data, place)) is not None:
        start, marker = found.start(), data[found.end() - 1]
        if marker == _END:
            return
        if marker not in SEGMENTS:
            raise ValueError("a marker of the JPEG is unknown")
        end = payload = start + 2 + int.from_bytes(data[start + 2 : start + 4])
        if marker == SCAN:
            following = MARKER.search(data, payload)
            if following is None:
                raise ValueError("the end of the JPEG is missing")
            end = following.start()
        yield _Segment(marker, start, payload, end)
        place = end
    raise ValueError("the end of the JPEG is missing")


def _nothing_more(frame: _Frame) -> bytes:
    """Scans that say of all that was left out that it is zero, so that libjpeg does not guess it (smoothing).

    A code of one bit means "this block and the next 32766 are empty", as ITU T.81, G.1.2.2, has it.
    """
    made = [b"\xff\xdd\0\4\0\0", b"\xff\xc4\0\x14\x10\1", bytes(15), b"\xe0"]
    for component in frame.sampling:
        if not frame.is_coarse(component):
            runs = "0" + "1" * 14
            bits = runs * -(-frame.blocks(component) // _RUN)
            bits += "1" * (-len(bits) % 8)
            coded = int(bits, 2).to_bytes(len(bits) // 8).replace(b"\xff", b"\xff\0")
            made.append(b"\xff\xda\0\x08\1" + bytes([component, 0, 1, 63, 0]) + coded)
    return b"".join(made)
