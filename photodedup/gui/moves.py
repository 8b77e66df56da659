"""Moving to the trash and putting back, from the question to the report.

In: the session's plan, or a batch of the history. Out: a job for the thread that moves, then the report, and
a session that shows what is really there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal, Slot
from PySide6.QtWidgets import QWidget

from photodedup.core.journal import Batch
from photodedup.core.recovery import Interrupted
from photodedup.core.values import Pairs, Report
from photodedup.gui import work
from photodedup.gui.background import Background, Job
from photodedup.gui.history import HistoryDialog
from photodedup.gui.move_dialogs import (
    MOVED,
    RESTORED,
    MoveDialog,
    Question,
    RecoveryDialog,
    ReportDialog,
)
from photodedup.gui.session import Session
from photodedup.gui.strip import Strip
from photodedup.gui.work import Places

PAIRS_KEY = "move/pairs"
"""Where it is kept what the person chose to go of photos with a raw photo or a film."""


class Moves(QObject):
    """Does one move at a time.

    Signals:
        said: A sentence for the person.
        changed: A move began or ended.
        ended: A move ended, and whether there is something to be read of it.
        scan: The person wants to scan again, because some photos had changed.
    """

    said = Signal(str)
    changed = Signal()
    ended = Signal(bool)
    scan = Signal()

    def __init__(self, session: Session, places: Places, strip: Strip, window: QWidget) -> None:
        super().__init__(session)
        self._session, self._places, self._strip, self._window = session, places, strip, window
        session.choose_pairs(self._preferred_pairs())
        self._moving, self._reading = Background("move", self), Background("history", self)
        self._job: Job | None = None
        self._asking = False
        self._looking: Job | None = None
        self._quiet = False

    @property
    def moving(self) -> bool:
        """Whether photos are being moved."""
        return self._job is not None

    @property
    def working(self) -> bool:
        """Whether there is progress to be seen: photos are moved, or their companions are looked for."""
        return self.moving or self._looking is not None

    @property
    def busy(self) -> bool:
        """Whether nothing may be marked: from the question on, so that what is moved is what was asked."""
        return self.moving or self._asking

    @Slot()
    def ask(self) -> None:
        """Says what would be moved, and asks."""
        if not self.busy and self._session.totals().marked:
            self._ask_with(self._session.pairs)

    def _ask_with(self, pairs: Pairs) -> None:
        self._ask(True)
        make, folders = self._session.plan(), self._session.found.folders
        job = Job(work.plan_work(self._places, make, folders, pairs))
        job.progress.connect(self._strip.show_progress)
        job.done.connect(self._ask_for)
        job.failed.connect(self._not_asked)
        self._looking = job
        self._strip.begin("Looking for companion files")
        self._reading.submit(job)
        self.changed.emit()

    @staticmethod
    def _preferred_pairs() -> Pairs:
        kept = str(QSettings().value(PAIRS_KEY, ""))
        return Pairs(kept) if kept in set(Pairs) else Pairs.TOGETHER

    @Slot(object)
    def _choose_pairs(self, pairs: Pairs) -> None:
        QSettings().setValue(PAIRS_KEY, pairs.value)
        self._session.choose_pairs(pairs)
        self._ask_with(pairs)

    def _ask(self, asking: bool) -> None:
        self._asking = asking
        self.changed.emit()

    @Slot(str)
    def _not_asked(self, sentence: str) -> None:
        self._looking = None
        self._ask(False)
        if sentence:
            self.said.emit(sentence)

    @Slot(object)
    def _ask_for(self, question: Question) -> None:
        self._looking = None
        self.changed.emit()
        dialog = MoveDialog(question, self._window)
        dialog.accepted.connect(partial(self._move, dialog))
        dialog.rejected.connect(partial(self._ask, False))
        dialog.pairs_chosen.connect(self._choose_pairs)
        dialog.open()

    def _move(self, dialog: MoveDialog) -> None:
        self._asking = False
        job = Job(work.move_work(self._places, dialog.plan, dialog.to_folder))
        job.done.connect(self._move_done)
        self._begin(job, "Moving to the trash")

    @Slot(str)
    def put_back_batch(self, batch: str) -> None:
        """Puts a whole batch back, as if it had not been moved: its photos have their marks again."""
        job = Job(work.put_back_work(self._places, batch, None))
        job.done.connect(self._undone)
        self._begin(job, "Putting back")

    @Slot(str, object)
    def put_back(self, batch: str, which: Sequence[Path] | None) -> None:
        """Puts a batch or a part of it back, without marks: who looks for a photo does not want it to go."""
        job = Job(work.put_back_work(self._places, batch, which))
        job.done.connect(self._put_back_done)
        self._begin(job, "Putting back")

    @Slot()
    def show_history(self) -> None:
        """Shows the batches that were moved."""
        job = Job(work.history_work(self._places))
        job.done.connect(self._show_batches)
        job.failed.connect(self.said)
        self._reading.submit(job)

    def recover(self) -> None:
        """Asks what shall become of a move that ended in the middle, if there is one."""
        job = Job(work.recovery_work(self._places))
        job.done.connect(self._ask_recovery)
        job.failed.connect(self.said)
        self._reading.submit(job)

    @Slot(object)
    def _ask_recovery(self, found: Interrupted | None) -> None:
        if found is not None:
            dialog = RecoveryDialog(found, self._window)
            dialog.put_back.connect(self.put_back_batch)
            dialog.leave.connect(self._leave)
            dialog.open()

    @Slot(str)
    def _leave(self, batch: str) -> None:
        job = Job(work.settle_work(self._places, batch))
        job.failed.connect(self.said)
        self._reading.submit(job)

    def stop(self) -> None:
        """Stops a move after the photo that is at hand, or what is done before the question."""
        for job in (self._job, self._looking):
            if job is not None:
                job.stop.set()

    def stop_quietly(self) -> None:
        """The same; only what failed is told at its end."""
        self._quiet = True
        self.stop()

    @property
    def threads(self) -> tuple[Background, ...]:
        """Where photos are moved, and where the history is read."""
        return self._moving, self._reading

    def _begin(self, job: Job, text: str) -> None:
        if self.busy:
            self.said.emit("Photos are being moved already. Wait until that is done.")
            return
        job.progress.connect(self._strip.show_progress)
        job.failed.connect(self._failed)
        self._job, self._quiet = job, False
        self._strip.begin(text)
        self._moving.submit(job)
        self.changed.emit()

    def _end(self) -> None:
        self._job = None
        self._strip.hide()
        self.changed.emit()

    @Slot(object)
    def _move_done(self, report: Report) -> None:
        self._end()
        self._session.take_away(report.moved)
        dialog = ReportDialog(report, MOVED, self._window)
        dialog.undo.connect(self.put_back_batch)
        dialog.scan.connect(self.scan)
        self._tell(dialog, report)

    @Slot(object)
    def _put_back_done(self, report: Report) -> None:
        self._back(report, marked=False)

    @Slot(object)
    def _undone(self, report: Report) -> None:
        self._back(report, marked=True)

    def _back(self, report: Report, marked: bool) -> None:
        self._end()
        self._session.bring_back(report.moved, marked)
        self._tell(ReportDialog(report, RESTORED, self._window), report)

    def _tell(self, dialog: ReportDialog, report: Report) -> None:
        told = bool(report.failures) or not self._quiet
        if told:
            dialog.open()
        else:
            dialog.deleteLater()
        self.ended.emit(told)

    @Slot(str)
    def _failed(self, sentence: str) -> None:
        self._end()
        self.said.emit(sentence)
        self.ended.emit(bool(sentence))

    @Slot(object)
    def _show_batches(self, batches: Sequence[Batch]) -> None:
        batches = [batch for batch in batches if batch.entries or batch.damaged]
        if not batches:
            self.said.emit("Nothing was moved to the trash yet.")
            return
        dialog = HistoryDialog(batches, self._window)
        dialog.put_back.connect(self.put_back)
        dialog.open()
