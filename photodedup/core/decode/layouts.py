"""Knows how the raw formats of cameras are laid out: which one a file is, and where it keeps what matters.

The bytes of a file enter; a `Layout` leaves, or None for what is no raw photo. The layouts are those of the
TIFF/EP and DNG specifications, and of ExifTool's and LibRaw's notes on RAF, CR3, CRW, MRW and X3F.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from photodedup.core.decode.boxes import boxes, is_cut, within
from photodedup.core.decode.tags import Directory, directories

Span = tuple[int, int]
"""Where something begins in a file, and how many bytes it has."""

MAKE, MODEL, ORIENTATION, TAKEN = 0x010F, 0x0110, 0x0112, 0x9003
_COMPRESSION, _PHOTOMETRIC = 0x0103, 0x0106
_STRIPS, _TILES, _JPEG, _JPEG_OF_RW2 = (0x0111, 0x0117), (0x0144, 0x0145), (0x0201, 0x0202), 0x002E
_DNG_VERSION, _CROP = 0xC612, 0xC620
_MOSAIC = {32803, 34892}
"""Photometric interpretations of what only raw photos hold: a colour a pixel, or linear light."""
_JPEG_COMPRESSIONS = (6, 7)
_SIZES = ((0x0100, 0x0101), (0xA002, 0xA003))
_RW2_BORDERS = (0x0004, 0x0005, 0x0006, 0x0007)

_BY_MAGIC = {b"IIU\0": "RW2", b"IIRO": "ORF", b"IIRS": "ORF", b"MMOR": "ORF"}
_BY_MAKER = {
    b"nikon": "NEF",
    b"sony": "ARW",
    b"pentax": "PEF",
    b"ricoh": "PEF",
    b"samsung": "SRW",
    b"hasselblad": "3FR",
    b"seiko": "ERF",
    b"phase": "IIQ",
    b"leaf": "MOS",
    b"kodak": "DCR",
    b"eastman": "DCR",
    b"mamiya": "MEF",
}
_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")


@dataclass(frozen=True)
class Layout:
    """What a raw photo says of itself.

    Attributes:
        name: The name of the format, such as `DNG`.
        tags: Its directories of tags.
        spans: Where JPEGs may be.
        sizes: Width and height of the photo as it is stored, the most trustworthy first; may be absurd.
        turn: EXIF orientation where the format has its own word for it, else 0.
        camera: Maker and model where the format has its own place for them.
        taken: Local time where the format has its own place for it.
        cut: True where something that the file speaks of lies beyond its end.
    """

    name: str
    tags: Sequence[Directory] = ()
    spans: Sequence[Span] = ()
    sizes: Sequence[tuple[int, int]] = ()
    turn: int = 0
    camera: tuple[bytes, bytes] = (b"", b"")
    taken: datetime | None = None
    cut: bool = False


def begins_raw(head: bytes) -> bool:
    """Whether a file may be a raw photo by its first 16 bytes; a TIFF may."""
    return any(start.match(head) for start, _ in _READERS)


def layout_of(data: bytes, size: int) -> Layout | None:
    """Tells what kind of raw photo a file is, by what it holds.

    Args:
        data: The file, or its beginning where it is very large.
        size: Bytes of the whole file.

    Returns:
        Its layout, or None where it is no raw photo.
    """
    known = next((read for start, read in _READERS if start.match(data)), None)
    return known(data, size) if known else None


def _like_tiff(data: bytes, size: int) -> Layout | None:
    tags = directories(data)
    name = _name(data, tags)
    if name is None:
        return None
    sizes = [_pair(each, (_CROP, _CROP)) for each in tags if _CROP in each.entries]
    sizes += [_inside(each) for each in tags if name == "RW2"]
    written = [_pair(each, pair) for pair in reversed(_SIZES) for each in tags]
    # What Exif says of the size is what the camera means by it, unless a program wrote that of a preview.
    largest = max((wide * high for wide, high in written), default=0)
    sizes += [(wide, high) for wide, high in written if wide * high * 3 >= largest * 2]
    spans = [span for each in tags for span in _spans(each)]
    cut = name != "RW2" and any(_beyond(each, size) for each in tags)
    return Layout(name, tags, spans, sizes, cut=cut)


def _name(data: bytes, tags: Sequence[Directory]) -> str | None:
    """The format of a file that is built like a TIFF; None for a plain TIFF."""
    if any(_DNG_VERSION in each.entries for each in tags):
        return "DNG"
    if name := _BY_MAGIC.get(data[:4]):
        return name
    maker = next((each.text(MAKE) for each in tags if MAKE in each.entries), b"").lower()
    if data[8:11] == b"CR\2" and maker.startswith(b"canon"):
        return "CR2"
    if data[8:12] == b"IIII" and maker.startswith((b"phase", b"leaf")):
        return "IIQ"
    if not any(each.number(_PHOTOMETRIC) in _MOSAIC for each in tags):
        return None
    return next((name for start, name in _BY_MAKER.items() if maker.startswith(start)), "RAW")


def _spans(tags: Directory) -> list[Span]:
    """Where one directory says that JPEGs are."""
    found = [(tags.base + tags.number(_JPEG[0]), tags.number(_JPEG[1]))] if _JPEG[0] in tags.entries else []
    if _JPEG_OF_RW2 in tags.entries:
        found.append(tags.block(_JPEG_OF_RW2))
    if tags.number(_COMPRESSION) in _JPEG_COMPRESSIONS:
        for offsets, counts in (_STRIPS, _TILES):
            if len(tags.numbers(offsets)) == 1:
                found.append((tags.base + tags.number(offsets), tags.number(counts)))
    return found


def _beyond(tags: Directory, size: int) -> bool:
    """Whether pixels lie behind the end of the file, so that it was cut."""
    for offsets, counts in (_STRIPS, _TILES, _JPEG):
        ends = zip(tags.numbers(offsets), tags.numbers(counts), strict=False)
        if any(tags.base + offset + count > size for offset, count in ends):
            return True
    return False


def _pair(tags: Directory, pair: tuple[int, int]) -> tuple[int, int]:
    """Width and height from two tags, or from one that holds both."""
    if pair[0] == pair[1]:
        both = (*tags.numbers(pair[0])[:2], 0, 0)
        return both[0], both[1]
    return tags.number(pair[0]), tags.number(pair[1])


def _inside(tags: Directory) -> tuple[int, int]:
    top, left, bottom, right = (tags.number(tag) for tag in _RW2_BORDERS)
    return right - left, bottom - top


def _raf(data: bytes, size: int) -> Layout:
    """Fujifilm: places in the header, sizes in a list of its own; all else is in the JPEG."""
    if len(data) < 108:
        return Layout("RAF", cut=True)
    jpeg, length, header, _, mosaic, bytes_ = struct.unpack_from(">6I", data, 84)
    sizes = []
    if header + 4 <= len(data):
        place = header + 4
        for _ in range(min(struct.unpack_from(">I", data, header)[0], 256)):
            if place + 8 > len(data):
                break
            tag, many = struct.unpack_from(">HH", data, place)
            if tag in (0x0100, 0x0111) and many == 4:
                high, wide = struct.unpack_from(">HH", data, place + 4)
                sizes.append((wide, high))
            place += 4 + many
    return Layout("RAF", spans=[(jpeg, length)], sizes=sizes[::-1], cut=mosaic + bytes_ > size)


def _cr3(data: bytes, size: int) -> Layout:
    """Canon: directories of tags in boxes; the JPEGs are found by their beginnings."""
    moov = next((box for box in boxes(data) if box.name == b"moov"), None)
    own = next(
        (
            box
            for box in boxes(data, moov.start, moov.end)
            if box.name == b"uuid" and data[box.start : box.start + 16] == _CANON
        )
        if moov
        else iter(()),
        None,
    )
    places = [within(data, own, name, 16) for name in (b"CMT1", b"CMT2")]
    tags = [each for place in places if place for each in directories(data, place.start)]
    sizes = [_pair(each, pair) for pair in reversed(_SIZES) for each in tags]
    return Layout("CR3", tags, sizes=sizes, cut=is_cut(data, size))


def _mrw(data: bytes, _: int) -> Layout:
    """Minolta: blocks, of which one is a TIFF."""
    place, tags, sizes = 8, list[Directory](), []
    for _ in range(16):
        if place + 8 > len(data):
            break
        name, length = struct.unpack_from(">4sI", data, place)
        if name == b"\0PRD" and place + 24 <= len(data):
            high, wide = struct.unpack_from(">HH", data, place + 20)
            sizes.append((wide, high))
        elif name == b"\0TTW":
            tags = directories(data, place + 8)
        place += 8 + length
    return Layout("MRW", tags, sizes=sizes)


def _x3f(data: bytes, _: int) -> Layout:
    """Sigma: sizes and turn in the header; the JPEGs are found by their beginnings."""
    if len(data) < 40:
        return Layout("X3F", cut=True)
    wide, high, degrees = struct.unpack_from("<3I", data, 28)
    return Layout("X3F", sizes=[(wide, high)], turn=_of_degrees(degrees))


def _crw(data: bytes, _: int) -> Layout:
    """Canon until 2004: a heap with its list of contents at the end (CIFF)."""
    (start,) = struct.unpack_from("<I", data, 2)
    found: dict[int, bytes | Span] = {}
    _take_heap(data, start, len(data), found, 4)
    about, times, camera = (found.get(tag, b"") for tag in (0x1810, 0x180E, 0x080A))
    wide = high = degrees = 0
    if isinstance(about, bytes) and len(about) >= 16:
        wide, high, _, degrees = struct.unpack_from("<IIIi", about)
    taken = None
    if isinstance(times, bytes) and len(times) >= 4 and any(times[:4]):
        seconds = int.from_bytes(times[:4], "little")
        taken = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)  # the camera's local time
    names = (*camera.split(b"\0"), b"", b"") if isinstance(camera, bytes) else (b"", b"")
    jpeg = found.get(0x2007)
    return Layout(
        "CRW",
        spans=[jpeg] if isinstance(jpeg, tuple) else [],
        sizes=[(wide, high)],
        turn=_of_degrees(degrees),
        camera=(names[0], names[1]),
        taken=taken,
        cut=not found,
    )


def _take_heap(data: bytes, start: int, end: int, found: dict[int, bytes | Span], depth: int) -> None:
    """What the heap between two places holds: short values as they are, of long ones where they are."""
    if not depth or not 0 <= start < end - 6 or end > len(data):
        return
    place = start + struct.unpack_from("<I", data, end - 4)[0]
    if place + 2 > end:
        return
    for at in range(place + 2, place + 2 + 10 * struct.unpack_from("<H", data, place)[0], 10):
        if at + 10 > end or len(found) > 1000:
            return
        tag, length, offset = struct.unpack_from("<HII", data, at)
        kind, begin = tag & 0x3FFF, start + offset
        if tag & 0x4000:
            found.setdefault(kind, data[at + 2 : at + 10])
        elif kind & 0x3800 in (0x2800, 0x3000):
            _take_heap(data, begin, begin + length, found, depth - 1)
        elif begin + length <= end:
            found.setdefault(kind, (begin, length) if length > 4096 else data[begin : begin + length])


def _of_degrees(degrees: int) -> int:
    return {90: 6, 180: 3, 270: 8, -90: 8}.get(degrees, 1)


_READERS: tuple[tuple[re.Pattern[bytes], Callable[[bytes, int], Layout | None]], ...] = (
    (re.compile(rb"II\*\0|MM\0\*|IIU\0|IIRO|IIRS|MMOR"), _like_tiff),
    (re.compile(rb"FUJIFILM"), _raf),
    (re.compile(rb"....ftypcrx ", re.DOTALL), _cr3),
    (re.compile(rb"......HEAPCCDR", re.DOTALL), _crw),
    (re.compile(rb"\0MRM"), _mrw),
    (re.compile(rb"FOVb"), _x3f),
)
"""How the files of each layout begin, and what reads them."""
