"""The jobs of the window: what the background threads ask of core.

In: what the person wants. Out: functions for a `Background`, each a few lines that call the line. Catalogue
and workers are opened in the thread that uses them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from photodedup.core import journal
from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers, read_view
from photodedup.core.finding import Copies, search_by_photo
from photodedup.core.found import Gone
from photodedup.core.line import Crew, Found, Settings, search
from photodedup.core.plan import Plan, with_companions
from photodedup.core.recovery import Interrupted, interrupted, settle
from photodedup.core.trash import TrashCan, TrashOrFolder, move_to_trash, refused
from photodedup.core.undo import put_back
from photodedup.core.values import Failure, Mark, Pairs, Photo, Report, Skipped
from photodedup.gui.background import Job
from photodedup.gui.move_dialogs import Question, make_question
from photodedup.gui.opened import Opened, make_ready
from photodedup.gui.session import Proposal
from photodedup.gui.thumbnails import Loaded, Loader, Size

if TYPE_CHECKING:
    from photodedup.core.comparing import Comparison

VIEW_SIDE = 1600
"""Pixels of the longer side of a large picture: sharp in half of a large screen."""


@dataclass(frozen=True)
class Places:
    """Where the window keeps things, and the trash of this platform.

    Attributes:
        catalogue: The SQLite file.
        journal: The folder of the batches.
        trash: Makes the trash.
    """

    catalogue: Path
    journal: Path
    trash: Callable[[], TrashCan]


@dataclass(frozen=True)
class Dropped:
    """What was dropped on the window."""

    folders: tuple[Path, ...]
    photos: tuple[Path, ...]


def sort_work(paths: Sequence[Path]) -> Callable[[Job], Dropped]:
    """Tells folders from files; asks the disk, which may be slow to answer."""

    def work(_: Job) -> Dropped:
        folders = tuple(path for path in paths if path.is_dir())
        return Dropped(folders, tuple(path for path in paths if path not in folders))

    return work


def search_work(places: Places, folders: Sequence[Path], settings: Settings) -> Callable[[Job], Opened]:
    """Scans folders, showing what is there so far."""

    def work(job: Job) -> Opened:
        with Catalogue(places.catalogue) as catalogue, Workers(settings.jobs) as workers:
            marks = catalogue.load_marks()

            def show(found: Found) -> None:
                job.partial.emit(make_ready(found, marks))

            crew = Crew(catalogue, workers, job.progress.emit, job.stop)
            found = search(folders, settings, crew, show)
            catalogue.remember_library(found.folders, len(found.library), found.group_count)
            return make_ready(found, marks)

    return work


def count_work(places: Places, found: Found, gone: Gone) -> Callable[[Job], Sequence[int]]:
    """Counts the groups at each distance that are left, and tells the start page how many there are."""

    def work(job: Job) -> Sequence[int]:
        counts = found.counts_without(gone, job.stop)
        if found.complete:
            with Catalogue(places.catalogue) as catalogue:
                left, groups = len(gone) - int(gone.sum()), int(counts[found.recipe.threshold])
                catalogue.remember_library(found.folders, left, groups)
        return counts

    return work


def find_work(
    places: Places, photo: Path, folders: Sequence[Path], settings: Settings
) -> Callable[[Job], Copies]:
    """Seeks the copies of a photo in folders, or in those of the last library where none are named."""

    def work(job: Job) -> Copies:
        with Catalogue(places.catalogue) as catalogue, Workers(settings.jobs) as workers:
            recent = catalogue.recent_libraries()[:1] if not folders else []
            where = folders or [folder for library in recent for folder in library.folders] or [photo.parent]
            crew = Crew(catalogue, workers, job.progress.emit, job.stop)
            return search_by_photo(photo, where, settings, crew)

    return work


def measure_work(
    places: Places, photos: Sequence[Path], settings: Settings, model: Path | None
) -> Callable[[Job], Comparison]:
    """Compares two photos by every measure; with a model by the features of a network too."""

    def work(job: Job) -> Comparison:
        from photodedup.core.comparing import compare  # noqa: PLC0415 - loads OpenCV

        with Catalogue(places.catalogue) as catalogue, Workers(2) as workers:
            crew = Crew(catalogue, workers, job.progress.emit, job.stop)
            return compare(photos[0], photos[1], settings, crew, model)

    return work


def propose_work(make: Callable[[], list[Proposal]]) -> Callable[[Job], list[Proposal]]:
    """Makes the proposals of all groups."""
    return lambda _: make()


def plan_work(
    places: Places, make: Callable[[], Plan], roots: Sequence[Path], pairs: Pairs
) -> Callable[[Job], Question]:
    """Makes the plan with companions, leaves out before the question what has no trash, and prepares it."""

    def work(job: Job) -> Question:
        marked = make()
        plan = with_companions(marked, pairs, job.progress.emit, job.stop)
        nowhere = refused(plan.removals, TrashOrFolder(places.trash()))
        no_trash = refused(plan.removals, places.trash())
        paired = pairs is not Pairs.TOGETHER or len(plan.refusals) > len(marked.refusals) or _has_pairs(plan)
        return make_question(_only(plan, no_trash), _only(plan, nowhere), paired, roots)

    return work


def _only(plan: Plan, failures: Sequence[Failure]) -> Plan:
    """A plan without the photos that cannot go."""
    paths = {failure.path for failure in failures}
    going = tuple(removal for removal in plan.removals if removal.photo.path not in paths)
    return Plan(going, plan.refusals + tuple(failures), plan.pairs)


def _has_pairs(plan: Plan) -> bool:
    return any(each.role.is_picture for removal in plan.removals for each in removal.companions)


def move_work(places: Places, plan: Plan, to_folder: bool = False) -> Callable[[Job], Report]:
    """Moves the photos of a plan to the trash, or with `to_folder` what has none to a folder of its drive."""

    def work(job: Job) -> Report:
        can = TrashOrFolder(places.trash()) if to_folder else places.trash()
        return move_to_trash(plan.removals, places.journal, can, job.progress.emit, job.stop)

    return work


def recovery_work(places: Places) -> Callable[[Job], Interrupted | None]:
    """Looks for a move that ended in the middle; one that moved nothing is brought to rest without a word."""

    def work(_: Job) -> Interrupted | None:
        found = interrupted(places.journal)
        if found is not None and not found.away:
            settle(places.journal, found.batch)
            return None
        return found

    return work


def settle_work(places: Places, batch: str) -> Callable[[Job], None]:
    """Leaves the photos of an interrupted move where they are."""
    return lambda _: settle(places.journal, batch)


def put_back_work(
    places: Places, batch: str | None, which: Collection[Path] | None
) -> Callable[[Job], Report]:
    """Puts photos of a batch back."""
    return lambda job: put_back(places.journal, batch, which, job.progress.emit, job.stop)


def history_work(places: Places) -> Callable[[Job], list[journal.Batch]]:
    """Reads the history."""
    return lambda _: journal.batches(places.journal)


def recent_work(places: Places) -> Callable[[Job], list]:
    """Reads the recent libraries."""

    def work(_: Job) -> list:
        with Catalogue(places.catalogue) as catalogue:
            return catalogue.recent_libraries()

    return work


def save_work(places: Places, changes: Mapping[Path, tuple[bytes, Mark | None]]) -> Callable[[Job], None]:
    """Remembers marks for the next start."""

    def work(_: Job) -> None:
        with Catalogue(places.catalogue) as catalogue:
            catalogue.save_marks(changes)

    return work


def picture_loader(places: Places, stop: Event) -> tuple[Loader, Callable[[], None]]:
    """Opens what decodes pictures for the window; gives the loader and the way to close it."""
    catalogue, workers = Catalogue(places.catalogue), Workers(1)

    def load(photo: Photo, content: bytes, size: Size) -> Loaded:
        if size is Size.SMALL and (jpeg := catalogue.thumbnail(content)) is not None:
            return jpeg
        view = read_view(workers, photo, VIEW_SIDE if size is Size.LARGE else 320, stop)
        return None if isinstance(view, Skipped) else view

    def close() -> None:
        workers.close()
        catalogue.close()

    return load, close
