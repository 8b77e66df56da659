"""Pictures and films with the content identifier of Live Photos, made by hand."""

import struct


def box(name: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I4s", len(body) + 8, name) + body


def note(identifier: str, order: str = ">") -> bytes:
    value = identifier.encode() + b"\0"
    letters = b"MM" if order == ">" else b"II"
    head = b"Apple iOS\0\0\1" + letters
    place = len(head) + 2 + 2 * 12 + 4
    tags = struct.pack(f"{order}HHII", 1, 9, 1, 12) + struct.pack(f"{order}HHII", 0x11, 2, len(value), place)
    return head + struct.pack(f"{order}H", 2) + tags + bytes(4) + value


def tiff(identifier: str) -> bytes:
    """A TIFF with an EXIF directory with Apple's maker note."""
    inside = note(identifier)
    main = struct.pack(">HHHII", 1, 0x8769, 4, 1, 26) + bytes(4)
    exif = struct.pack(">HHHII", 1, 0x927C, 7, len(inside), 44) + bytes(4)
    return b"MM\0*" + struct.pack(">I", 8) + main + exif + inside


def jpeg(identifier: str, seed: bytes = b"") -> bytes:
    body = b"Exif\0\0" + tiff(identifier)
    comment = b"\xff\xfe" + struct.pack(">H", len(seed) + 2) + seed
    return b"\xff\xd8" + comment + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + b"\xff\xda\0\2"


def heic(identifier: str) -> bytes:
    exif = struct.pack(">I", 0) + tiff(identifier)
    info = box(b"infe", b"\2\0\0\0", struct.pack(">HH4s", 1, 0, b"Exif"), b"\0")
    about = box(b"iinf", b"\0\0\0\0", struct.pack(">H", 1), info)

    def meta(place: int) -> bytes:
        places = struct.pack(">BBHHHHII", 0x44, 0, 1, 1, 0, 1, place, len(exif))
        return box(b"meta", bytes(4), about, box(b"iloc", bytes(4), places))

    head = box(b"ftyp", b"heic", bytes(4))
    return head + meta(len(head) + len(meta(0)) + 8) + box(b"mdat", exif)


def film(identifier: str, version: bytes = b"", brand: bytes = b"qt  ", large: bool = False) -> bytes:
    key = b"com.apple.quicktime.content.identifier"
    keys = box(b"keys", bytes(4), struct.pack(">I", 2), box(b"mdta", b"other"), box(b"mdta", key))
    value = box(b"data", struct.pack(">II", 1, 0), identifier.encode())
    values = box(b"ilst", box(struct.pack(">I", 2), value))
    meta = box(b"meta", version, box(b"hdlr", bytes(24)), keys, values)
    frames = b"frames" * 50
    data = struct.pack(">I4sQ", 1, b"mdat", len(frames) + 16) + frames if large else box(b"mdat", frames)
    return box(b"ftyp", brand, bytes(4)) + data + box(b"moov", box(b"mvhd", bytes(8)), meta)
