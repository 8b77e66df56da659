"""Whatever a person, a rule or another program does in whatever order: no content is ever lost.

The model is the multiset of contents. Scans, the slider, marks, moves to the trash and undo are the real ones
on real files; only decoding happens in this process, since it is not what is tested here.
"""

import io
import os
import shutil
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from photodedup.core import journal
from photodedup.core.catalogue import Catalogue
from photodedup.core.decode.task import carry_out, open_once, skipped
from photodedup.core.errors import LastPhotoError, NoKeeperError, UndoError
from photodedup.core.line import Crew, Settings, search
from photodedup.core.plan import plan_from_marks, plan_from_suggestions
from photodedup.core.review import Review
from photodedup.core.trash import move_to_trash, trash_can
from photodedup.core.trash.proof import content_at
from photodedup.core.undo import put_back
from photodedup.core.values import Mark, Skipped, SkipReason
from tests.core.trash.library import contents
from tests.pictures import scene

SWEEP = "PHOTODEDUP_SWEEP" in os.environ
NAMES = ["a.jpg", "b.jpg", "sub/a.jpg", "sub/c.jpg", "-d.jpg", "sub/new\nline.jpg", os.fsdecode(b"\xff.jpg")]
PHASES = [Phase.generate, Phase.shrink] if SWEEP else [Phase.generate]
names, numbers = st.sampled_from(NAMES), st.integers(0, 7)


@cache
def picture(number: int) -> bytes:
    """One of eight files: two pictures, each as it is, re-encoded, small, and cut short."""
    image, made = scene(number % 2, 96, 72), io.BytesIO()
    look = number // 2
    (image.resize((64, 48)) if look == 2 else image).save(made, "JPEG", quality=60 if look == 1 else 90)
    return made.getvalue()[: -200 if look == 3 else None]


class Inline:
    """Decodes here and now."""

    count = 1

    def run(self, tasks, stop=None):  # noqa: ARG002 - as Workers has it
        for task in tasks:
            yield task, self.run_one(task)

    def run_one(self, task, stop=None):  # noqa: ARG002 - as Workers has it
        opened = open_once(task)
        if isinstance(opened, Skipped):
            return opened
        with os.fdopen(opened, "rb", buffering=0) as stream:
            kind, value = carry_out(task.function, stream, task.arguments)
        return value if kind == "done" else skipped(task.path, SkipReason(value[0]), value[1])


class Life(RuleBasedStateMachine):
    """A library and everything that may happen to it."""

    @initialize(made=st.lists(numbers, min_size=len(NAMES), max_size=len(NAMES)))
    def begin(self, made):
        self.base = Path(tempfile.mkdtemp(prefix="photodedup-"))
        self.patch = pytest.MonkeyPatch()
        self.patch.setenv("XDG_DATA_HOME", str(self.base / "data"))
        self.root = self.base / "Photos"
        self.root.mkdir()
        self.model: Counter[bytes] = Counter()
        self.review, self.found, self.threshold = Review(), None, 48
        for name, number in zip(NAMES, made, strict=True):
            self.write(name, number)
        self.scan()

    def teardown(self):
        if hasattr(self, "base"):
            self.patch.undo()
            shutil.rmtree(self.base)

    # Other programs.

    @rule(name=names, number=numbers)
    def write(self, name, number):
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        if path.exists():
            self.model[path.read_bytes()] -= 1
        path.write_bytes(picture(number))
        self.model[picture(number)] += 1

    @rule(act=st.sampled_from(["delete", "rename", "link", "touch", "empty trash"]), one=names, other=names)
    def outside(self, act, one, other):
        one, other = self.root / one, self.root / other
        other.parent.mkdir(exist_ok=True)
        if act == "empty trash":
            self.empty_trash()
        elif one.exists() and act == "delete":
            self.model[one.read_bytes()] -= one.stat().st_nlink == 1
            one.unlink()
        elif one.exists() and act == "touch":
            os.utime(one, (10**9, 10**9))
        elif one.exists() and not other.exists():
            (one.rename if act == "rename" else other.hardlink_to)(other if act == "rename" else one)

    def empty_trash(self):
        data = self.base / "data"
        lost = [path for path in data.rglob("*") if path.is_file() and path.stat().st_nlink == 1]
        self.model -= Counter(path.read_bytes() for path in lost if path.suffix != ".trashinfo")
        shutil.rmtree(data, ignore_errors=True)

    # The person.

    @rule()
    def scan(self):
        with Catalogue(self.base / "c.sqlite") as catalogue:
            self.found = search([self.root], Settings(jobs=1), Crew(catalogue, Inline()))

    @rule(threshold=st.integers(0, 64))
    def slide(self, threshold):
        self.threshold = threshold

    def groups(self):
        paths = [photo.path for photo in self.found.library.photos]
        shown = self.found.suggest(self.threshold)
        return shown, [[paths[int(photo)] for photo in group] for group in shown.groups]

    @precondition(lambda self: len(self.found.library))
    @rule(which=st.integers(0, 20), mark=st.sampled_from(["keep", "trash", "only"]))
    def decide(self, which, mark):
        _, groups = self.groups()
        group = groups[which % len(groups)] if groups else []
        if not group:
            return
        photo = group[which % len(group)]
        try:
            if mark == "keep":
                self.review.keep(photo)
            elif mark == "trash":
                self.review.trash(photo, group)
            else:
                self.review.keep_only(photo, group)
        except LastPhotoError:
            assert all(self.review.mark(each) is Mark.TRASH for each in group if each != photo)

    @rule(proposed=st.booleans())
    def trash(self, proposed):
        shown, groups = self.groups()
        library, matches = self.found.library, self.found.matches
        seen = dict(zip((each.path for each in library.photos), library.fingerprints, strict=True))
        try:
            if proposed:
                plan = plan_from_suggestions(library, matches, shown)
            else:
                plan = plan_from_marks(library, matches, shown, self.review)
        except NoKeeperError as error:
            raise AssertionError(f"what was shown made no plan: {error}") from error
        report = move_to_trash(plan.removals, self.base / "journal", trash_can())
        moved = set(report.moved)
        assert not any(path.exists() for path in moved)
        assert moved.isdisjoint(failure.path for failure in report.failures)
        for group in groups:
            if moved & set(group):
                stay = [path for path in group if path not in moved and path.exists()]
                assert any(content_at(path) == seen[path].content for path in stay)

    @rule(number=numbers, first=st.booleans())
    def trash_and_undo_with_others_between(self, number, first):
        """The three things that most easily lose a photo when one follows the other."""
        before = {name for name in NAMES if (self.root / name).exists()}
        self.trash(proposed=True)
        for name in sorted(name for name in before if not (self.root / name).exists())[: 1 + first]:
            self.write(name, number)
        self.undo(first=False)

    @rule(first=st.booleans())
    def undo(self, first):
        ids = journal.ids(self.base / "journal")
        try:
            report = put_back(self.base / "journal", ids[-1] if first and ids else None)
        except UndoError:
            return
        assert all(path.exists() for path in report.moved)

    @invariant()
    def nothing_is_lost(self):
        if hasattr(self, "base"):
            assert Counter(contents(self.root, self.base / "data")) == +self.model


Life.TestCase.settings = settings(
    max_examples=400 if SWEEP else 20, stateful_step_count=40 if SWEEP else 30, deadline=None, phases=PHASES
)
test_whatever_happens_nothing_is_lost = Life.TestCase
