"""Builds libraries of invented photos for the tests of match and group."""

from pathlib import Path

import numpy as np

from photodedup.core.values import Fingerprint, Library, Photo


def fingerprint(content, bits, **others):
    """The fingerprint of an invented photo; numbers become digests."""
    facts = {"small": content, "plain": False, "width": 40, "height": 30, "format": "JPEG", "pixels": None}
    facts |= {"taken": None, **others}
    pixels = facts.pop("pixels")
    small = facts.pop("small")
    return Fingerprint(
        content=int(content).to_bytes(32, "big"),
        bits=bits if isinstance(bits, bytes) else int(bits).to_bytes(8, "big"),
        small=int(small).to_bytes(16, "big"),
        camera="",
        pixels=None if pixels is None else int(pixels).to_bytes(32, "big"),
        **facts,
    )


def library_of(fingerprints):
    photos = [Photo(Path(f"/photos/{at:07}.jpg"), 1000, 0, 1, at) for at in range(len(fingerprints))]
    return Library(photos, fingerprints)


def clustered(count, size, per_cluster, seed, most=0.08):
    """Hashes like those of real photos: centres, and copies with up to `most` of their bits changed."""
    random = np.random.default_rng(seed)
    hashes = random.integers(0, 256, (count // per_cluster + 1, size), dtype=np.uint8)
    hashes = hashes[random.integers(0, len(hashes), count)]
    share = random.random((count, 1)) * most
    for start in range(0, count, 10_000):
        part = hashes[start : start + 10_000]
        part ^= np.packbits(random.random((len(part), size * 8)) < share[start : start + 10_000], axis=1)
    return hashes
