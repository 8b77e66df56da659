"""The histogram of the slider after photos were moved or put back: counted again in a thread.

In: the session, whose photos go and come back. Out: the session's histogram, and the numbers on the start
page, both of what is there now.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from photodedup.gui import work
from photodedup.gui.background import Background, Job
from photodedup.gui.session import Session
from photodedup.gui.work import Places


class Recount(QObject):
    """Counts again whenever other photos are gone; what is counted for an earlier state is thrown away."""

    def __init__(self, session: Session, places: Places) -> None:
        super().__init__(session)
        self._session, self._places = session, places
        self._job: Job | None = None
        self._gone = session.gone
        self.thread_of_counts = Background("count", self)
        session.gone_changed.connect(self._begin)

    @Slot()
    def _begin(self) -> None:
        if self._job is not None:
            self._job.stop.set()
        self._gone = self._session.gone
        self._job = Job(work.count_work(self._places, self._session.found, self._gone))
        self._job.done.connect(self._counted)
        self.thread_of_counts.submit(self._job)

    @Slot(object)
    def _counted(self, counts: object) -> None:
        if self.sender() is self._job and self._gone is self._session.gone:
            self._session.show_histogram(counts)
