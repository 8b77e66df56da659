import numpy as np

from photodedup.core.match import distance_between, distances, find_matches, kind_between, kinds_to
from photodedup.core.values import Kind
from tests.core.match.library import fingerprint, library_of

LIBRARY = library_of(
    [
        fingerprint(0, 5),
        fingerprint(0, 5),
        fingerprint(1, 5, pixels=2),
        fingerprint(2, 4, pixels=2),
        fingerprint(3, 4),
    ]
)


def test_the_strongest_kind_is_told():
    matches = find_matches(LIBRARY, 8, frozenset(Kind))
    assert kind_between(matches, 0, 1) is Kind.IDENTICAL_FILE
    assert kind_between(matches, 2, 3) is Kind.IDENTICAL_PICTURE
    assert kind_between(matches, 0, 2) is Kind.NEAR_DUPLICATE


def test_kinds_of_many_equal_kinds_of_each():
    matches = find_matches(LIBRARY, 8, frozenset(Kind))
    one, other = (each.ravel().astype(np.int32) for each in np.indices((5, 5)))
    kinds = kinds_to(matches, one, other)
    assert kinds.dtype == np.uint8
    assert kinds.tolist() == [kind_between(matches, a, b) for a, b in zip(one, other, strict=True)]


def test_distances_count_bits_and_do_not_wrap():
    hashes = np.array([[0] * 32, [255] * 32, [1] + [0] * 31], np.uint8)
    found = distances(hashes, np.array([0, 0, 0], np.int32), np.array([1, 2, 0], np.int32))
    assert (found.tolist(), found.dtype) == ([256, 1, 0], np.int32)
    prints = library_of([fingerprint(at, row.tobytes()) for at, row in enumerate(hashes)])
    assert [distance_between(prints, 0, other) for other in (1, 2, 0)] == [256, 1, 0]


def test_one_keeper_serves_for_all():
    matches = find_matches(LIBRARY, 8, frozenset(Kind))
    assert kinds_to(matches, np.int32(0), np.arange(3, dtype=np.int32)).tolist() == [0, 0, 2]
