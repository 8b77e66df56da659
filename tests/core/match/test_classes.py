"""Equal rows are one class, named by its first row, whatever the bytes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from photodedup.core.match.classes import _mixed, first_equal

ROWS = st.integers(1, 20).flatmap(lambda wide: st.lists(st.binary(min_size=wide, max_size=wide), min_size=1))


def firsts(rows):
    seen = {}
    return [seen.setdefault(row, number) for number, row in enumerate(rows)]


def as_array(rows):
    return np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), -1)


@given(ROWS, st.data())
def test_equal_rows_are_named_by_the_first_of_them(rows, data):
    rows = data.draw(st.lists(st.sampled_from(rows), min_size=1, max_size=60))
    assert first_equal(as_array(rows)).tolist() == firsts(rows)


def test_rows_that_are_mixed_to_one_number_stay_apart():
    one, begin = b"one row of bytes", b"another "
    alone = [_mixed(as_array([row]).view(np.uint64)) for row in (one, begin + bytes(8))]
    other = begin + (alone[0] - alone[1]).tobytes()
    rows = [one, other] * 20
    assert len(set(_mixed(as_array(rows).view(np.uint64)).tolist())) == 1
    assert first_equal(as_array(rows)).tolist() == firsts(rows)


def test_no_rows_are_no_classes():
    assert first_equal(np.zeros((0, 32), np.uint8)).tolist() == []
