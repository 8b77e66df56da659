"""Each promise has tests that hold it; with its guard taken out, each of these tests fails."""

import os

import pytest

from tests.trust.mutating import Laboratory
from tests.trust.promises import promises

ALL = [(promise.name, mutant) for promise in promises() for mutant in promise.mutants]
FIRST = [(promise.name, mutant) for promise in promises() for mutant in promise.mutants[:1]]
CHOSEN = ALL if "PHOTODEDUP_SWEEP" in os.environ else FIRST


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory):
    laboratory = Laboratory(tmp_path_factory.mktemp("laboratory"))
    yield laboratory
    laboratory.close()


@pytest.mark.parametrize(("name", "mutant"), CHOSEN, ids=lambda each: each if isinstance(each, str) else "")
def test_a_promise_without_its_guard_is_broken_and_seen(laboratory, name, mutant):
    code, said = laboratory.try_without(mutant)
    if code == 0 and " skipped" in said and " passed" not in said:
        pytest.skip(f"{mutant.test} is skipped here")
    assert code == 1, f"{mutant.test} did not notice that the guard of {name} is gone:\n{said}"
    assert " failed" in said.splitlines()[-1], f"{mutant.test} could not be run without the guard:\n{said}"
