"""The power goes at any moment of a batch or its undo: every photo can be put back to its old path.

The disk is an image with ext4, mounted through a loop device. Before each change at the one door the image is
copied: the copy holds what had reached the disk, and nothing that was only in memory. It is mounted in the
place of the first one, as after a restart.
"""

import itertools
import os
import random
import shutil

import pytest

from photodedup.core import disk
from tests.trust import mounting
from tests.trust.breaking import Library

COUNT = 4
SWEEP = "PHOTODEDUP_SWEEP" in os.environ
SAMPLE = 5

pytestmark = pytest.mark.skipif(bool(mounting.why_no_image()), reason=str(mounting.why_no_image()))


def prepared(folder):
    library = Library(folder / "photos", COUNT)
    library.use()
    return library


def copied_at(wanted, whole, copies):
    """What stands at the door: copies the image before some changes, while nothing moves."""
    real, numbers = disk._change, itertools.count()

    def change(call, *args, **kwargs):
        number = next(numbers)
        if number in wanted:
            shutil.copyfile(whole, copies / f"{number}.ext4")
        return real(call, *args, **kwargs)

    return change


def cut(whole, place, copies, name):
    """Does a batch or an undo on the image, and copies it now and then."""
    mounting.mount("-o", "loop", whole, place)
    library = prepared(place)
    if name == "undo":
        library.trash()
    os.sync()
    many = 10 * COUNT + 10 if name == "batch" else 6 * COUNT
    wanted = set(range(many)) if SWEEP else set(random.Random(5).sample(range(6, many), SAMPLE))
    disk._change = copied_at(wanted, whole, copies)
    report = library.trash() if name == "batch" else library.undo()
    assert len(report.moved) == COUNT


@pytest.mark.parametrize("name", ["batch", "undo"])
def test_a_power_cut_at_any_moment_loses_nothing(tmp_path, name):
    place, copies = tmp_path / "disk", tmp_path / "copies"
    place.mkdir()
    copies.mkdir()
    whole = mounting.image(tmp_path / "whole.ext4")
    assert mounting.alone(lambda: cut(whole, place, copies, name)) == 0
    found = sorted(copies.iterdir())
    assert len(found) > (30 if SWEEP and name == "batch" else SAMPLE - 1)
    like = Library(tmp_path / "like", COUNT)
    for copy in found:
        assert mounting.alone(lambda copy=copy: check(copy, place, like)) == 0, copy.name


def check(copy, place, like):
    """Looks at what is left of a disk whose power went; `like` tells what must be there."""
    mounting.mount("-o", "loop", copy, place)
    like.root, like.journal, like.removals = place / "photos", place / "photos" / "journal", []
    like.use()
    like.check_nothing_lost()
    like.check_undo_is_whole()
