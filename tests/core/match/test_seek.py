"""The shortlist of one photo: equal content, equal small picture, or near by look, and nobody else."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from photodedup.core.match import distance_between, same_moment, shortlist, with_one
from photodedup.core.values import Library, Photo
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


def test_the_same_moment_is_that_of_one_camera_within_seconds():
    noon = datetime(2020, 1, 1, 12)

    def shot(content, seconds, camera="Acme"):
        taken = None if seconds is None else noon + timedelta(seconds=seconds)
        return replace(fingerprint(content, content), taken=taken, camera=camera)

    shots = [shot(0, 0), shot(1, 10), shot(2, -10), shot(3, 10.5), shot(4, 1, "Other"), shot(5, None)]
    library = library_of(shots)
    assert same_moment(library, shots[0]).tolist() == [0, 1, 2]
    assert same_moment(library, shots[5]).tolist() == []
    assert same_moment(library, shot(6, 0, "Unknown")).tolist() == []


def test_one_more_photo_comes_behind_the_others():
    library = library_of([fingerprint(at, at, width=at + 1) for at in range(3)])
    photo = Photo(Path("/else where/\udce9.jpg"), 5, 6, 7, 8)
    seen = replace(fingerprint(9, 9, format="PNG"), camera="Acme")
    joined = with_one(library, photo, seen)
    assert (joined.photos[3], joined.fingerprints[3]) == (photo, seen)
    assert list(joined.photos)[:3] == list(library.photos)
    assert list(joined.fingerprints)[:3] == list(library.fingerprints)
    assert list(with_one(Library(), photo, seen).photos) == [photo]


def test_nobody_is_on_the_shortlist_of_an_empty_library():
    assert shortlist(Library([], []), fingerprint(1, 1), FURTHEST).tolist() == []
