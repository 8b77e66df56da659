"""Scanning, from the folders to a session that shows what was found, first of what there is so far.

In: folders and the preferences. Out: a job for the thread that scans, and its results in the session.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from photodedup.gui import words, work
from photodedup.gui.background import Background, Job
from photodedup.gui.opened import Opened, nothing_found, nothing_left
from photodedup.gui.preferences import Preferences
from photodedup.gui.recount import Recount
from photodedup.gui.session import Session
from photodedup.gui.strip import Strip
from photodedup.gui.work import Places


class Scans(QObject):
    """Does one scan at a time.

    Signals:
        said: What to say while there is no group.
        failed: One sentence for the person.
        changed: A scan began or ended.
        ended: A scan came to its end.
    """

    said = Signal(str)
    failed = Signal(str)
    changed = Signal()
    ended = Signal()

    def __init__(self, session: Session, places: Places, preferences: Preferences, strip: Strip) -> None:
        super().__init__(session)
        self._session, self._places, self._preferences, self._strip = session, places, preferences, strip
        self._thread = Background("scan", self)
        self._recount = Recount(session, places)
        session.histogram_changed.connect(self._say_what_is_left)
        self._job: Job | None = None
        self.folders: list[Path] = []

    @property
    def running(self) -> bool:
        """Whether a scan goes on."""
        return self._job is not None

    def begin(self, folders: Sequence[Path]) -> None:
        """Scans folders; a scan that runs is stopped first."""
        self.stop()
        if list(folders) != self.folders:
            self._session.begin()
        self._session.scan_begins()
        self.folders = list(folders)
        job = Job(work.search_work(self._places, self.folders, self._preferences.settings()))
        job.progress.connect(self._strip.show_progress)
        job.partial.connect(self._found_some)
        job.done.connect(self._found_all)
        job.failed.connect(self._failed)
        self._job = job
        self._strip.begin("Looking for photos")
        self.said.emit("Scanning. The first groups appear here as soon as they are found.")
        self._thread.submit(job)
        self.changed.emit()

    def stop(self) -> None:
        """Stops a scan; what it found stays."""
        if self._job is not None:
            self._job.stop.set()

    @property
    def threads(self) -> tuple[Background, ...]:
        """Where it is done, and where groups are counted again after a move."""
        return self._thread, self._recount.thread_of_counts

    @Slot(object)
    def _found_some(self, opened: Opened) -> None:
        if self.sender() is self._job and self._is_more(opened):
            self._session.show_found(opened)

    @Slot(object)
    def _found_all(self, opened: Opened) -> None:
        if self.sender() is not self._job:
            return
        self._end(nothing_found(opened.found))
        if opened.found.complete or self._is_more(opened):
            self._session.show_found(opened)
        if not opened.found.complete and len(self._session.shown):
            photos = words.count(len(opened.found.library), "photo")
            self.failed.emit(f"The scan was stopped after {photos}. To go on from there, scan again.")
        self.ended.emit()

    def _is_more(self, opened: Opened) -> bool:
        """Whether a result on the way holds more than what is shown, of the same folders, from before."""
        return len(opened.found.library) >= len(self._session.found.library)

    @Slot()
    def _say_what_is_left(self) -> None:
        if not self.running:
            gone = self._session.gone
            self.said.emit(nothing_left(self._session.histogram, len(gone) - int(gone.sum())))

    @Slot(str)
    def _failed(self, sentence: str) -> None:
        if self.sender() is self._job:
            self._end(sentence)
            self.failed.emit(sentence)

    def _end(self, instead: str) -> None:
        self._job = None
        self.said.emit(instead)
        self.changed.emit()
