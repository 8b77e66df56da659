from hypothesis import given, settings
from hypothesis import strategies as st

from photodedup.core.match import distance_between, find_pairs, no_pairs, picture_candidates
from photodedup.core.match.proof import CLOSE, LOSSLESS
from photodedup.core.values import Library
from tests.core.match.library import fingerprint, library_of

FORMATS = {0: "JPEG", 1: "PNG", 2: "TIFF", 3: "HEIF"}


@st.composite
def libraries(draw):
    prints = []
    for at in range(draw(st.integers(0, 12))):
        look = draw(st.sampled_from([0, 1, 0xFFFF, 0x1FFFF, 0xFF << 40]))
        prints.append(
            fingerprint(
                at,
                look,
                small=draw(st.integers(0, 4)),
                plain=draw(st.integers(0, 4)) == 0,
                width=draw(st.sampled_from([40, 41])),
                format=draw(st.sampled_from(list(FORMATS.values()))),
                pixels=draw(st.sampled_from([None, None, 3])),
            )
        )
    return library_of(prints + prints[:1])


def needs_proof(library, one, other):
    a, b = library.fingerprints[one], library.fingerprints[other]
    if a.content == b.content or (a.width, a.height) != (b.width, b.height):
        return False
    close = distance_between(library, one, other) <= CLOSE and not (a.plain or b.plain)
    return a.small == b.small or (close and a.format != b.format and bool({a.format, b.format} & LOSSLESS))


@settings(max_examples=300, deadline=None)
@given(libraries())
def test_the_candidates_are_those_that_the_rule_names(library):
    photos = range(len(library))
    expected = [
        one
        for one in photos
        if library.fingerprints[one].pixels is None
        and any(needs_proof(library, one, other) for other in photos)
    ]
    assert picture_candidates(library, find_pairs(library, 20)).photos.tolist() == expected


def test_without_pairs_equal_small_pictures_are_candidates():
    prints = [fingerprint(0, 5, small=1), fingerprint(1, 5, small=1), fingerprint(2, 5, format="PNG")]
    library = library_of(prints)
    assert picture_candidates(library, no_pairs(library, 64)).photos.tolist() == [0, 1]


def test_an_empty_library_has_no_candidates():
    assert len(picture_candidates(Library(), no_pairs(Library(), 64))) == 0


def test_ten_thousand_equal_hashes_of_two_formats_are_quick():
    prints = [fingerprint(at, 5, width=at // 2, format=FORMATS[at % 2]) for at in range(10_000)]
    library = library_of(prints)
    assert len(picture_candidates(library, find_pairs(library, 64))) == 10_000
