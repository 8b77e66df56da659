"""What all rooms sort arrays for.

Arrays enter and leave. It is here because the way of numpy loads its masked arrays, which takes as long as to
hash ten photos.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


def distinct(values: NDArray[Scalar]) -> NDArray[Scalar]:
    """The distinct values, rising, as `np.unique` gives them.

    Args:
        values: Numbers, of any shape.

    Returns:
        Of the same dtype, one-dimensional.
    """
    values = np.sort(values, axis=None)  # under the same name, so that what was given can be freed
    first = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return values[first]


def is_every(numbers: NDArray[Any], count: int) -> bool:
    """Whether numbers name each of so many rows in their order, so that nothing needs to be copied."""
    return len(numbers) == count and bool((numbers == np.arange(count)).all())
