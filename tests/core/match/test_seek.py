"""The shortlist of one photo: equal content, equal small picture, or near by look, and nobody else."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from photodedup.core.match import distance_between, shortlist
from photodedup.core.values import Library
from tests.core.match.library import clustered, fingerprint, library_of

FURTHEST = 12


@st.composite
def libraries(draw):
    """Photos around a few hashes, some of equal content, some of equal small pictures, some plain."""
    made = library_of(
        [
            fingerprint(
                draw(st.integers(0, 4)),
                draw(st.sampled_from([0, 0xFFFF, 0xFFFF0000])) ^ draw(st.integers(0, 0xFFFF)),
                small=draw(st.integers(0, 4)),
                plain=draw(st.booleans()),
            )
            for _ in range(draw(st.integers(1, 9)))
        ]
    )
    return replace(made, turned=draw(st.sampled_from([-1, 0, 6, 20])))


def may_match(library, one, other):
    mine, theirs = library.fingerprints[one], library.fingerprints[other]
    near = not mine.plain and distance_between(library, one, other) <= FURTHEST
    return near or mine.content == theirs.content or mine.small == theirs.small


@settings(max_examples=300, deadline=None)
@given(libraries())
def test_the_shortlist_is_what_may_match_under_some_rule(library):
    expected = [other for other in range(len(library)) if may_match(library, 0, other)]
    assert shortlist(library, library.fingerprints[0], FURTHEST).tolist() == expected


def test_many_photos_are_narrowed_as_few_are():
    hashes = clustered(70_000, 8, 50, seed=3)
    library = library_of([fingerprint(at, bits.tobytes()) for at, bits in enumerate(hashes)])
    sought = library.fingerprints[69_999]
    listed = shortlist(library, sought, FURTHEST)
    assert 69_999 in listed
    nobody = fingerprint(70_001, sought.bits, plain=True)
    assert shortlist(library, nobody, FURTHEST).tolist() == []
    assert all(may_match(library, 69_999, int(each)) for each in listed)


def test_nobody_is_on_the_shortlist_of_an_empty_library():
    assert shortlist(Library([], []), fingerprint(1, 1), FURTHEST).tolist() == []
