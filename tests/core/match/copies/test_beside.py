"""What the hashes propose: the nearest pairs between clusters, laid upon each other as they are turned."""

from dataclasses import replace

import numpy as np

from photodedup.core.match import find_matches
from photodedup.core.match.copies.beside import BETWEEN, near_proposals, near_proposals_of
from photodedup.core.match.copies.clusters import find_clusters
from photodedup.core.match.turns import Turn, turned
from photodedup.core.values import Kind, Library
from tests.core.match.copies.pictures import record, textured

BITS = np.random.default_rng(5).integers(0, 256, 32, np.uint8)


def flipped(bits, *places):
    each = np.unpackbits(bits)
    each[list(places)] ^= 1
    return np.packbits(each)


def library_of(*hashes, plain=(), raw=()):
    """A library of photos of 640 x 480 with these hashes."""
    found = [record(f"p{at:02}", textured(at)) for at in range(len(hashes))]
    seen = [
        replace(
            each.fingerprint,
            bits=bits.tobytes(),
            plain=at in plain,
            format="RAW" if at in raw else "JPEG",
        )
        for at, (each, bits) in enumerate(zip(found, hashes, strict=True))
    ]
    return Library([each.photo for each in found], seen, 48)


def proposed(library, together):
    """The pairs that are proposed where some photos are shown together."""
    matches = find_matches(library, 64, frozenset({Kind.NEAR_DUPLICATE}))
    together = np.array(together, np.int32)
    return near_proposals(
        library,
        matches,
        lambda one, other: together[one] == together[other],
        find_clusters(library, together),
    )


def pairs(found):
    return set(zip(found.one.tolist(), found.other.tolist(), strict=True))


def _none(one, other):
    """Knows no pair."""
    return one == other


def test_near_photos_that_are_not_together_are_proposed():
    library = library_of(BITS, flipped(BITS, *range(54)), ~BITS)
    found = proposed(library, [0, 1, 2])
    assert pairs(found) == {(0, 1)}
    assert np.allclose(found.transform, [[[1, 0, 0], [0, 1, 0]]])


def test_of_each_photo_of_the_smaller_cluster_its_nearest_is_proposed():
    large = [flipped(BITS, at) for at in range(4)]
    small = [flipped(BITS, *range(50, 92)), flipped(BITS, *range(50, 90))]
    found = proposed(library_of(*large, *small), [0, 0, 0, 0, 4, 4])
    assert sorted(found.other.tolist()) == [4, 5]


def test_between_two_clusters_only_a_few_are_proposed():
    clusters = [[flipped(BITS, start + at) for at in range(BETWEEN + 3)] for start in (0, 100)]
    found = proposed(
        library_of(*clusters[0], *clusters[1]), [0] * (BETWEEN + 3) + [BETWEEN + 3] * (BETWEEN + 3)
    )
    assert len(found) == BETWEEN


def test_a_mirror_image_is_proposed_as_it_lies():
    mirrored = flipped(turned(BITS[None], Turn.MIRRORED)[0], *range(30))
    found = proposed(library_of(BITS, mirrored), [0, 1])
    assert np.allclose(found.transform, [[[-1, 0, 1], [0, 1, 0]]])


def test_nothing_is_proposed_where_nothing_is_near():
    assert len(proposed(library_of(BITS, ~BITS), [0, 1])) == 0


def test_one_photo_is_proposed_with_each_that_is_near_and_may_be_matched_by_look():
    hashes = [flipped(BITS, *range(count)) for count in (55, 20, 0, 30, 10)]
    library = library_of(*hashes, plain=[1], raw=[])
    found = near_proposals_of(library, 2, 64, _none)
    assert pairs(found) == {(0, 2), (2, 3), (2, 4)}
    found = near_proposals_of(library, 2, 64, lambda one, other: (one == 2) & (other == 3))
    assert pairs(found) == {(0, 2), (2, 4)}
    assert len(near_proposals_of(library_of(*hashes, plain=[2]), 2, 64, _none)) == 0
