"""Likeness in per cent: the same meaning for every hash and every kind."""

from dataclasses import replace

import pytest

from photodedup.core.match import find_matches, likeness, likeness_of_bits
from photodedup.core.values import Kind
from tests.core.group.test_stars import edits_of
from tests.core.match.library import fingerprint, library_of


@pytest.mark.parametrize(
    ("distance", "bits", "expected"),
    [(0, 256, 100), (64, 256, 50), (16, 64, 50), (128, 256, 0), (200, 256, 0), (1, 256, 99.2)],
)
def test_half_of_the_bits_is_no_likeness(distance, bits, expected):
    assert likeness_of_bits(distance, bits) == expected


def test_each_kind_has_its_likeness():
    library = library_of([fingerprint(at, 2**at - 1) for at in (0, 16, 40)])
    matches = replace(find_matches(library, 8, frozenset(Kind)), edits=edits_of([(2, 0, 0.875)]))

    def of(kind, one, other):
        return likeness(library, matches, kind, one, other)

    assert of(Kind.IDENTICAL_PICTURE, 0, 1) == 100
    assert of(Kind.NEAR_DUPLICATE, 0, 1) == of(Kind.SIMILAR_SHOT, 0, 1) == 50
    assert of(Kind.EDITED_COPY, 0, 2) == 87.5
    assert of(Kind.EDITED_COPY, 1, 2) == 25
