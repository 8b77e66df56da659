"""Builds raw photos as cameras lay them out, small and without a sensor's values worth the name."""

from __future__ import annotations

import io
import struct

from tests.pictures import scene

SHORT, LONG, ASCII, BYTES = 3, 4, 2, 7
CFA = 32803
CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")


def jpeg(seed=1, width=1200, height=800, **options):
    stream = io.BytesIO()
    scene(seed, width, height).save(stream, "JPEG", quality=88, **options)
    return stream.getvalue()


class Sub(list):
    """Directories that a tag points at."""


class Data(bytes):
    """Bytes that a tag points at by its place; the length is a tag of its own."""


def tiff(chain, magic=b"II*\0", order="<", base=0, note=b""):
    """A TIFF of directories, each a dictionary of tags; values are numbers, bytes, `Data` or `Sub`.

    Args:
        chain: The main directories.
        magic: Its first four bytes.
        order: Of bytes, for `struct`.
        base: Where offsets count from, before the beginning.
        note: Put behind the magic and the first offset.
    """
    out = bytearray(magic + bytes(4) + note)

    def put(data):
        out.extend(bytes(len(out) % 2))
        place = len(out) + base
        out.extend(data)
        return place

    def value(each):
        if isinstance(each, Sub):
            places = [directory(tags)[0] for tags in each]
            return LONG, len(places), struct.pack(f"{order}{len(places)}I", *places)
        if isinstance(each, Data):
            return LONG, 1, struct.pack(f"{order}I", put(each))
        if isinstance(each, bytes):
            return BYTES, len(each), each
        numbers = each if isinstance(each, tuple) else (each,)
        return LONG, len(numbers), struct.pack(f"{order}{len(numbers)}I", *numbers)

    def directory(tags):
        entries = b""
        for tag, each in sorted(tags.items()):
            kind, count, packed = value(each)
            if len(packed) > 4:
                packed = struct.pack(f"{order}I", put(packed))
            entries += struct.pack(f"{order}HHI", tag, kind, count) + packed.ljust(4, b"\0")
        place = put(struct.pack(f"{order}H", len(tags)) + entries + bytes(4))
        return place, place - base + 2 + len(entries)

    before = 4
    for tags in chain:
        place, following = directory(tags)
        out[before : before + 4] = struct.pack(f"{order}I", place)
        before = following
    return bytes(out)


def facts(make=b"Acme\0", turn=1):
    exif = {0x9003: b"2019:07:21 12:30:05\0"}
    return {0x010F: make, 0x0110: b"One\0", 0x0112: turn, 0x8769: Sub([exif])}


def sensor(width=3000, height=2000):
    return {0x100: width, 0x101: height, 0x103: 7, 0x106: CFA, 0x111: Data(bytes(900)), 0x117: 900}


def strip(data):
    return {0x103: 7, 0x106: 6, 0x111: Data(data), 0x117: len(data)}


def pointed(data):
    return {0x201: Data(data), 0x202: len(data)}


def dng(shown, turn=1, order="<"):
    magic = b"II*\0" if order == "<" else b"MM\0*"
    crop = sensor() | {0xC620: (2990, 1990)}
    small = strip(jpeg(9, 96, 64))
    first = facts(turn=turn) | {0xC612: 1, 0x14A: Sub([crop, small, strip(shown)])}
    return tiff([first], magic, order)


def cr2(shown, turn=1):
    exif = {0x9003: b"2019:07:21 12:30:05\0", 0xA002: 3000, 0xA003: 2000}
    first = facts(b"Canon\0", turn) | {0x103: 6, 0x111: Data(shown), 0x117: len(shown), 0x8769: Sub([exif])}
    return tiff([first, pointed(jpeg(9, 160, 120))], note=b"CR\2\0" + bytes(4))


def nef(shown, turn=1):
    first = facts(b"NIKON CORPORATION\0", turn) | {0x14A: Sub([pointed(shown), sensor()])}
    return tiff([first], b"MM\0*", ">")


def arw(shown, turn=1):
    return tiff([facts(b"SONY\0", turn) | {0x14A: Sub([sensor()])} | pointed(shown)])


def rw2(shown, turn=1):
    borders = {4: 10, 5: 20, 6: 2010, 7: 3020}
    return tiff([facts(b"Panasonic\0", turn) | borders | {0x2E: shown, 0x111: 0xFFFFFFFF}], b"IIU\0")


def orf(shown, turn=1):
    """The preview is in the maker's note, which only the maker understands."""
    exif = {0x9003: b"2019:07:21 12:30:05\0", 0x927C: b"OLYMPUS\0II\3\0" + bytes(40) + shown}
    tags = facts(b"OLYMPUS\0", turn) | {0x100: 3000, 0x101: 2000, 0x8769: Sub([exif])}
    return tiff([tags], b"IIRO")


def raf(shown, turn=1):
    made = b"FUJIFILMCCD-RAW 0201FF392201".ljust(84, b"\0")
    sizes = struct.pack(">IHHHHHHHH", 2, 0x100, 4, 2010, 3010, 0x111, 4, 2000, 3000)
    places = (108, len(shown), 108 + len(shown), len(sizes), 108 + len(shown) + len(sizes), 500)
    return made + struct.pack(">6I", *places) + shown + sizes + bytes(500)


def box(name, data):
    return struct.pack(">I4s", len(data) + 8, name) + data


def cr3(shown, turn=1):
    tags = facts(b"Canon\0", turn)
    exif = {0x9003: b"2019:07:21 12:30:05\0", 0xA002: 3000, 0xA003: 2000}
    del tags[0x8769]
    own = CANON + box(b"CMT1", tiff([tags])) + box(b"CMT2", tiff([exif])) + box(b"THMB", jpeg(9, 160, 120))
    head = box(b"ftyp", b"crx \0\0\0\1crx isom") + box(b"moov", box(b"uuid", own))
    return head + box(b"mdat", shown + bytes(500))


def crw(shown, turn=1):
    degrees = {1: 0, 3: 180, 6: 90, 8: 270}[turn]
    values = {
        0x1810: struct.pack("<IIIi", 3000, 2000, 0, degrees),
        0x180E: struct.pack("<III", 1563712205, 0, 0),
        0x080A: b"Canon\0Canon One\0",
        0x2007: shown,
    }
    heap, entries = b"", b""
    for tag, value in values.items():
        entries += struct.pack("<HII", tag, len(value), len(heap))
        heap += value
    directory = struct.pack("<H", len(values)) + entries + struct.pack("<I", len(heap))
    return b"II\x1a\0\0\0HEAPCCDR".ljust(26, b"\0") + heap + directory


def mrw(shown, turn=1):
    block = tiff([facts(b"Minolta\0", turn)])
    size = b"27200001" + struct.pack(">HHHH", 2010, 3010, 2000, 3000)
    blocks = struct.pack(">4sI", b"\0PRD", 16) + size + struct.pack(">4sI", b"\0TTW", len(block)) + block
    return struct.pack(">4sI", b"\0MRM", len(blocks)) + blocks + shown


def x3f(shown, turn=1):
    degrees = {1: 0, 3: 180, 6: 90, 8: 270}[turn]
    return b"FOVb".ljust(28, b"\0") + struct.pack("<3I", 3000, 2000, degrees) + shown


MADE = {
    "DNG": dng,
    "CR2": cr2,
    "NEF": nef,
    "ARW": arw,
    "RW2": rw2,
    "ORF": orf,
    "RAF": raf,
    "CR3": cr3,
    "CRW": crw,
    "MRW": mrw,
    "X3F": x3f,
}
