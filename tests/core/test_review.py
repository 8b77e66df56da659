"""Decisions: one photo of a group always stays, and every command can be taken back."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photodedup.core.errors import LastPhotoError
from photodedup.core.review import Review
from photodedup.core.values import Mark

A, B, C = GROUP = tuple(Path(f"/photos/{name}.jpg") for name in "abc")
KEEP, TRASH = Mark.KEEP, Mark.TRASH


def test_a_photo_is_undecided_at_first():
    assert Review().mark(A) is None


def test_the_last_photo_of_a_group_cannot_be_marked():
    review = Review()
    review.trash(A, GROUP)
    review.trash(B, GROUP)
    with pytest.raises(
        LastPhotoError, match=r"c\.jpg is the last photo of its group. Keep another one first."
    ):
        review.trash(C, GROUP)
    assert review.mark(C) is None


def test_after_keeping_another_one_the_last_photo_can_be_marked():
    review = Review()
    review.keep_only(C, GROUP)
    review.keep(A)
    assert review.trash(C, GROUP) == {C}
    assert dict(review.marks) == {A: KEEP, B: TRASH, C: TRASH}


def test_a_photo_alone_cannot_be_marked():
    with pytest.raises(LastPhotoError):
        Review().trash(A, [A])


def test_keep_only_marks_the_others():
    review = Review()
    assert review.keep_only(B, GROUP) == {A, B, C}
    assert dict(review.marks) == {A: TRASH, B: KEEP, C: TRASH}


def test_a_command_that_changes_nothing_is_no_step():
    review = Review()
    review.keep_all(GROUP)
    assert review.keep(A) == set()
    review.undo()
    assert not review.marks


def test_undo_takes_back_a_whole_command_and_redo_does_it_again():
    review = Review()
    review.keep(A)
    review.keep_only(B, GROUP)
    assert review.can_undo
    assert not review.can_redo
    assert review.undo() == {A, B, C}
    assert dict(review.marks) == {A: KEEP}
    assert review.redo() == {A, B, C}
    assert dict(review.marks) == {A: TRASH, B: KEEP, C: TRASH}


def test_undo_and_redo_without_a_step_do_nothing():
    review = Review()
    assert review.undo() == review.redo() == set()


def test_a_new_command_ends_what_could_be_done_again():
    review = Review()
    review.keep(A)
    review.undo()
    review.keep(B)
    assert not review.can_redo


def test_taking_proposals_leaves_decided_groups_alone():
    review = Review()
    review.trash(A, GROUP)
    other = (Path("/photos/d.jpg"), Path("/photos/e.jpg"))
    assert review.accept([(A, GROUP), (other[0], other)]) == set(other)
    assert review.mark(B) is None
    assert review.mark(other[1]) is TRASH


def test_marks_of_an_earlier_day_do_not_change_a_decision():
    review = Review()
    review.keep(A)
    review.adopt({A: TRASH, B: TRASH})
    assert dict(review.marks) == {A: KEEP, B: TRASH}
    review.undo()
    assert dict(review.marks) == {B: TRASH}


def test_moved_photos_are_forgotten_in_the_steps_too():
    review = Review()
    review.trash(A, GROUP)
    review.keep_only(B, GROUP)
    review.keep(C)
    review.undo()
    review.forget([A, C])
    assert not review.can_redo
    review.undo()
    assert not review.marks
    assert not review.can_undo


COMMANDS = st.lists(
    st.tuples(st.sampled_from(["keep", "trash", "only", "all", "undo", "redo"]), st.sampled_from(GROUP))
)


@given(COMMANDS)
def test_no_sequence_of_commands_marks_all_photos_of_a_group(commands):
    review = Review()
    for name, photo in commands:
        _do(review, name, photo)
        assert not all(review.mark(each) is TRASH for each in GROUP)


@given(COMMANDS)
def test_undoing_everything_ends_where_it_began(commands):
    review = Review()
    for name, photo in commands:
        _do(review, name, photo)
    after = dict(review.marks)
    steps = 0
    while review.can_undo:
        review.undo()
        steps += 1
    assert not review.marks
    for _ in range(steps):
        review.redo()
    assert dict(review.marks) == after


def _do(review: Review, name: str, photo: Path) -> None:
    commands = {
        "keep": lambda: review.keep(photo),
        "trash": lambda: review.trash(photo, GROUP),
        "only": lambda: review.keep_only(photo, GROUP),
        "all": lambda: review.keep_all(GROUP),
        "undo": review.undo,
        "redo": review.redo,
    }
    with suppress(LastPhotoError):
        commands[name]()
