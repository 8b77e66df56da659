"""Completes a plan with the files that belong to its photos, so that they go together or not at all.

In: a plan, and what shall go of a photo that has a raw photo or a film beside it. Out: the same plan, each
removal with its companions, as they are on the disk now; a refusal where a raw photo or a film would go
without a copy of its own that stays. Reads the companions of the photos that go, and nothing else whole.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

from blake3 import blake3

from photodedup.core import disk
from photodedup.core.errors import StoppedError
from photodedup.core.pace import Pace
from photodedup.core.patience import patiently
from photodedup.core.plan.beside import Leaving, Surroundings
from photodedup.core.plan.plan import Plan, without_conflicts
from photodedup.core.scan.exclusions import not_downloaded
from photodedup.core.values import (
    Companion,
    Failure,
    Kind,
    Pairs,
    Progress,
    Removal,
    Role,
    Stage,
    Tell,
    Witness,
)

_CHUNK = 1 << 20
_WORDS = {Role.RAW: "raw photo", Role.FILM: "film"}


def with_companions(
    plan: Plan,
    pairs: Pairs = Pairs.TOGETHER,
    tell: Tell | None = None,
    stop: threading.Event | None = None,
) -> Plan:
    """Gives each removal of a plan the companions that go with its photo.

    Args:
        plan: Its removals; what they have of companions already is looked up anew.
        pairs: What goes of a photo that has a raw photo or a film beside it.
        tell: Takes progress.
        stop: Ends it soon.

    Returns:
        The plan with companions and maybe more refusals.

    Raises:
        StoppedError: It was stopped.
    """
    stop = stop or threading.Event()
    told: SimpleQueue[Progress] = SimpleQueue()

    def beat() -> None:
        while tell is not None and not told.empty():
            tell(told.get())

    pace = Pace(Stage.GATHERING, told.put, len(plan.removals))
    completed = patiently(_Completing(plan, pairs, pace, stop).plan, stop, beat)
    beat()
    return completed


def check_companions(plan: Plan, tell: Tell | None = None, stop: threading.Event | None = None) -> Plan:
    """Looks whether the files beside the photos are still those of the plan; finds them where it names none.

    Returns:
        The plan; a photo beside which there is more or less than planned is refused.

    Raises:
        StoppedError: It was stopped.
    """
    pairs = plan.pairs
    if pairs is None:
        return with_companions(plan, Pairs.TOGETHER, tell, stop)
    around = Surroundings(plan.removals)
    leaving = patiently(lambda: around.leaving(plan.removals, pairs), stop or threading.Event())
    removals, refusals = [], list(plan.refusals)
    for removal, now in zip(plan.removals, leaving, strict=True):
        if why := _changed(removal, now, around.trouble(removal.photo.path)):
            refusals.append(_refusal(removal.photo.path, why))
        else:
            removals.append(removal)
    return Plan(tuple(removals), tuple(refusals), pairs)


def _changed(removal: Removal, now: Sequence[Leaving], trouble: OSError | None) -> str:
    """Why a photo must stay, whose companions were known when the plan was made; else the empty string."""
    if trouble is not None:
        return _unlisted(trouble)
    if {each.file.path for each in removal.companions} == {each.path for each in now}:
        return ""
    return "the files beside it are others than when the plan was made. Make a new plan"


class _Refused(Exception):  # noqa: N818 - no error, but the reason why a photo stays
    """Why a photo of the plan stays, as the end of its sentence."""


class _Completing:
    """One completion: what was read so far, and which photos stay."""

    def __init__(self, plan: Plan, pairs: Pairs, pace: Pace, stop: threading.Event) -> None:
        self._plan, self._pairs, self._pace = plan, pairs, pace
        self._stop = stop
        self._around = Surroundings(plan.removals)
        self._witnesses: dict[Path, Witness] = {}
        self._refusals: list[Failure] = []

    def plan(self) -> Plan:
        removals = [replace(removal, companions=()) for removal in self._plan.removals]
        if self._pairs is Pairs.RAW_ONLY:
            removals = list(self._raw_only(removals))
        completed = self._together(removals)
        self._pace.finish()
        # A photo that is refused stays, and with it what it shares with others; so look again until none is.
        while len(completed) < len(removals):
            removals = [replace(removal, companions=()) for removal in completed]
            completed = self._together(removals)
        return Plan(completed, (*self._plan.refusals, *self._refusals), self._pairs)

    def _together(self, removals: Sequence[Removal]) -> tuple[Removal, ...]:
        """The removals with their companions, as far as all of these can go."""
        together, refusals = without_conflicts(list(self._completed(removals)))
        self._refusals += refusals
        return together

    def _completed(self, removals: Sequence[Removal]) -> Iterator[Removal]:
        for removal, leaving in zip(removals, self._around.leaving(removals, self._pairs), strict=True):
            self._check_stop()
            try:
                yield replace(removal, companions=self._companions(removal, leaving))
            except _Refused as why:
                self._refusals.append(_refusal(removal.photo.path, str(why)))
            self._pace.step(removal.photo.path.parent)

    def _companions(self, removal: Removal, leaving: Sequence[Leaving]) -> tuple[Companion, ...]:
        trouble = self._around.trouble(removal.photo.path)
        if trouble is not None:
            raise _Refused(_unlisted(trouble))
        return tuple(self._companion(removal, each) for each in leaving)

    def _companion(self, removal: Removal, leaving: Leaving) -> Companion:
        copy = None
        if leaving.role.is_picture:
            what = f"its {_WORDS[leaving.role]} {leaving.path.name}"
            copy = self._copy(leaving.path, leaving.role, removal.keeper.path, what)
        return Companion(self._witness(leaving.path), leaving.role, copy, leaving.shared)

    def _copy(self, path: Path, role: Role, keeper: Path, what: str) -> Witness:
        """The companion of the keeper that has the same bytes as one of the photo."""
        mine = self._status(path)
        for other in self._around.companions(keeper, role):
            status = self._status(other)
            same_size = status.st_size == mine.st_size and not os.path.samestat(status, mine)
            if same_size and self._witness(other).content == self._witness(path).content:
                return self._witness(other)
        raise _Refused(f"{what} has no copy beside {keeper.parent.name}/{keeper.name}")

    def _raw_only(self, removals: Sequence[Removal]) -> Iterator[Removal]:
        """The same removals, with the raw photo in the place of each photo that has one."""
        going = {removal.photo.path for removal in removals}
        taken: set[Path] = set()
        for removal in removals:
            raws = self._around.companions(removal.photo.path, Role.RAW)
            if not raws:
                yield removal
            for raw in (each for each in raws if each not in taken):
                taken.add(raw)
                self._check_stop()
                try:
                    yield self._raw(raw, removal, going)
                except _Refused as why:
                    self._refusals.append(_refusal(raw, str(why)))

    def _raw(self, raw: Path, removal: Removal, going: set[Path]) -> Removal:
        others = self._around.owners(raw) - going
        if others:
            raise _Refused(f"it belongs to {min(others).name} as well")
        copy = self._copy(raw, Role.RAW, removal.keeper.path, "it")
        return Removal(self._witness(raw), copy, Kind.IDENTICAL_FILE, 0)

    def _status(self, path: Path) -> os.stat_result:
        try:
            return os.lstat(path)
        except OSError as error:
            raise _unreadable(path, error) from error

    def _witness(self, path: Path) -> Witness:
        """What a companion is now; its bytes are read once."""
        if path not in self._witnesses:
            try:
                self._witnesses[path] = self._read(path)
            except OSError as error:
                raise _unreadable(path, error) from error
        return self._witnesses[path]

    def _read(self, path: Path) -> Witness:
        if not_downloaded(os.lstat(path)):
            raise _Refused(f"its companion {path.name} is only in the cloud; download it first")
        flags = os.O_RDONLY
        for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
            flags |= getattr(os, name, 0)
        descriptor = os.open(path, flags)
        try:
            before, digest = os.fstat(descriptor), blake3()
            while chunk := os.read(descriptor, _CHUNK):
                self._check_stop()
                digest.update(chunk)
            found = os.fstat(descriptor)
        finally:
            os.close(descriptor)
        changed = (before.st_size, before.st_ctime_ns) != (found.st_size, found.st_ctime_ns)
        if changed or not stat.S_ISREG(found.st_mode):
            raise _Refused(f"its companion {path.name} is being changed. Scan again")
        return Witness(path, found.st_size, found.st_mtime_ns, found.st_dev, found.st_ino, digest.digest())

    def _check_stop(self) -> None:
        if self._stop.is_set():
            raise StoppedError("It was stopped before anything was moved.")


def _unlisted(trouble: OSError) -> str:
    return f"its folder cannot be read: {disk.reason(trouble, reading=True)}"


def _unreadable(path: Path, error: OSError) -> _Refused:
    return _Refused(f"its companion {path.name} cannot be read: {disk.reason(error, reading=True)}")


def _refusal(path: Path, why: str) -> Failure:
    return Failure(path, f"{path.name} stays: {why}.")
