"""Where the work is done: the bar, the review and the strip, and the threads that serve them.

In: commands of the person. Out: jobs, dialogs, and the session brought up to date with what the jobs report.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from photodedup.core.values import Kind, Mark
from photodedup.gui import words, work
from photodedup.gui.background import Background, Job
from photodedup.gui.bar import Bar
from photodedup.gui.closing import Closing
from photodedup.gui.commands import BY_NAME, COMMANDS, make_actions
from photodedup.gui.dialogs import FoldersDialog, KeysDialog, SkippedDialog
from photodedup.gui.finding import Finding
from photodedup.gui.moves import Moves
from photodedup.gui.preferences import Preferences
from photodedup.gui.review_page import ReviewPage
from photodedup.gui.scans import Scans
from photodedup.gui.session import Proposal, Session
from photodedup.gui.strip import Strip
from photodedup.gui.theme import icon
from photodedup.gui.thumbnails import Thumbnails
from photodedup.gui.work import Places

if TYPE_CHECKING:
    from photodedup.gui.window import Window

PHOTO_MENU = ("keep", "trash", "find-copies", "measure", "show-folder")


class Desk(QWidget):
    """Bar, review and strip."""

    def __init__(self, places: Places, window: Window) -> None:
        super().__init__(window)
        self._places, self._window = places, window
        self._saving: dict[Path, tuple[bytes, Mark | None]] = {}
        self.preferences = Preferences(self)
        self.session = Session(self, self.preferences.thresholds())
        self.thumbnails = Thumbnails(partial(work.picture_loader, places), self)
        self.review = ReviewPage(self.session, self.thumbnails, self)
        self.strip = Strip(self)
        self._reading, self._keeping = Background("read", self), Background("keep", self)
        self.scans = Scans(self.session, places, self.preferences, self.strip)
        self.moves = Moves(self.session, places, self.strip, window)
        self.finding = Finding(self.session, places, self.preferences, self.thumbnails, window)
        self._closing = Closing(self.moves, window)
        self.actions_by_name = make_actions(self._handlers(), self, self.review.photos)
        self.bar = Bar(self.session, self.actions_by_name, self.preferences.menus, self)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget, stretch in ((self.bar, 0), (self.review, 1), (self.strip, 0)):
            column.addWidget(widget, stretch)

    def _connect(self) -> None:
        self.review.said.connect(self.review.footer.hint)
        self.preferences.search_chosen.connect(self.scan_again)
        self.scans.said.connect(self.review.view.say)
        self.scans.failed.connect(self.review.footer.warn)
        self.scans.changed.connect(self._offer)
        self.scans.ended.connect(self.review.list.setFocus)
        self.preferences.look_chosen.connect(self._window.dress)
        self.review.move.connect(self.moves.ask)
        self.moves.said.connect(self.review.footer.warn)
        self.finding.said.connect(self.review.footer.warn)
        self.finding.shown.connect(self._window.show_desk)
        self.review.view.menu.connect(self._show_menu)
        self.moves.changed.connect(self._offer)
        self.moves.scan.connect(self.scan_again)
        self.strip.stop.connect(self.stop)
        self.strip.show_skipped.connect(self.show_skipped)
        self.review.footer.show_skipped.connect(self.show_skipped)
        self.session.marks_changed.connect(self._offer)
        self.session.groups_changed.connect(self._offer)
        self._save_timer = QTimer(self)
        self._save_timer.setSingleShot(True)
        self._save_timer.setInterval(500)
        self._save_timer.timeout.connect(self._save_marks)
        self.session.marks_changed.connect(self._save_timer.start)
        self._offer()

    def _handlers(self) -> dict[str, Callable[[], None]]:
        review = self.review
        handlers: dict[str, Callable[[], None]] = {
            "next-group": review.next_group,
            "previous-group": review.previous_group,
            "next-photo": review.next_photo,
            "previous-photo": review.previous_photo,
            "keep": review.keep,
            "trash": review.trash,
            "other": review.other,
            "accept": review.accept,
            "keep-all": review.keep_all,
            "undo": review.undo,
            "redo": review.redo,
            "auto-mark": self.mark_proposals,
            "find-copies": self.find_copies,
            "measure": self._measure,
            "show-folder": self._show_folder,
            "less-alike": self._less_alike,
            "more-alike": self._more_alike,
            "move": self.moves.ask,
            "history": self.moves.show_history,
            "folders": self.choose_folders,
            "scan": self.scan_again,
            "skipped": self.show_skipped,
            "start": self._window.show_start,
            "shortcuts": self.show_keys,
            "quit": self._quit,
        }
        handlers |= {f"kind-{kind.label}": partial(review.kinds.show_only, kind) for kind in Kind}
        handlers["all-kinds"] = partial(review.kinds.show_only, None)
        handlers |= {f"keep-only-{n}": partial(review.keep_only, n - 1) for n in range(1, 10)}
        return handlers

    # Scanning

    @Slot()
    def choose_folders(self) -> None:
        """Asks which folders to scan."""
        dialog = FoldersDialog(self.scans.folders, self._window)
        dialog.chosen.connect(self._window.scan)
        dialog.open()
        if not self.scans.folders:
            QTimer.singleShot(0, dialog.ask)

    @Slot()
    def scan_again(self) -> None:
        """Scans the same folders once more."""
        if self.scans.folders:
            self.scan(self.scans.folders)

    def scan(self, folders: Sequence[Path]) -> None:
        """Scans folders; a scan that runs is stopped first."""
        self._save_marks()
        self.scans.begin(folders)
        self._window.setWindowTitle(f"{words.folder_names(folders)} - photodedup")

    @Slot()
    def mark_proposals(self) -> None:
        """Marks every group without a decision as proposed."""
        job = Job(work.propose_work(self.session.proposals()))
        job.done.connect(self._proposals_made)
        job.failed.connect(self.review.footer.warn)
        self._reading.submit(job)

    @Slot(object)
    def _proposals_made(self, proposals: Sequence[Proposal]) -> None:
        if not self.moves.busy:
            self.session.accept(proposals)

    # What else there is to see

    @Slot()
    def find_copies(self) -> None:
        """Seeks the copies of the photo that is looked at."""
        if (path := self.session.current_path()) is not None:
            self.find_copies_of(path)

    def find_copies_of(self, photo: Path) -> None:
        """Seeks the copies of any photo, in the folders that were scanned."""
        self.finding.find(photo, self.scans.folders)

    def take_dropped(self, paths: Sequence[Path]) -> None:
        """Scans dropped folders; without one, seeks the copies of the dropped photo."""
        job = Job(work.sort_work(paths))
        job.done.connect(self._dropped)
        job.failed.connect(self.review.footer.warn)
        self._reading.submit(job)

    @Slot(object)
    def _dropped(self, sorted_paths: work.Dropped) -> None:
        if sorted_paths.folders:
            self._window.scan(sorted_paths.folders)
        elif sorted_paths.photos:
            self.find_copies_of(sorted_paths.photos[0])

    @Slot()
    def _measure(self) -> None:
        if pair := self.session.compared_pair():
            self.finding.measure(*pair)

    @Slot()
    def _show_folder(self) -> None:
        if (path := self.session.current_path()) is not None:
            self.finding.show_folder(path)

    @Slot(int, QPoint)
    def _show_menu(self, photo: int, place: QPoint) -> None:
        self.session.select(self.session.current, self.session.group().index(photo))
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self.actions_by_name[name] for name in PHOTO_MENU])
        menu.popup(place)

    @Slot()
    def show_skipped(self) -> None:
        """Shows what was left out and why."""
        SkippedDialog(self.session.found.skipped, self._window).open()

    @Slot()
    def show_keys(self) -> None:
        """Shows every key."""
        KeysDialog(self._window).open()

    def load_recent(self) -> None:
        """Fills the start page."""
        job = Job(work.recent_work(self._places))
        job.done.connect(self._window.start.show_recent)
        job.failed.connect(self.review.footer.warn)
        self._reading.submit(job)

    @Slot()
    def stop(self) -> None:
        """Stops whatever the strip tells of."""
        self.moves.stop()
        self.scans.stop()

    def may_close(self) -> bool:
        """Whether nothing is being moved; what is being moved is stopped, and then the window closes."""
        may = self._closing.may_close()
        if not may:
            self.review.footer.warn("Photos are being moved. The window closes when that has stopped.")
        return may

    def close_down(self) -> None:
        """Ends all threads."""
        self._save_timer.stop()
        self._save_marks()
        self.preferences.keep_thresholds(self.session.thresholds)
        served = (self.scans, self.moves, self.finding, self.thumbnails)
        self._closing.end([self._keeping, self._reading, *(each for one in served for each in one.threads)])

    @Slot()
    def _quit(self) -> None:
        self._window.close()

    @Slot()
    def _less_alike(self) -> None:
        self.bar.similarity.step_up()

    @Slot()
    def _more_alike(self) -> None:
        self.bar.similarity.step_down()

    @Slot()
    def _save_marks(self) -> None:
        if self.session.decisions.has_unsaved:
            self._saving = self.session.decisions.unsaved()
            job = Job(work.save_work(self._places, self._saving))
            job.failed.connect(self._save_failed)
            self._keeping.submit(job)

    @Slot(str)
    def _save_failed(self, sentence: str) -> None:
        self.session.decisions.remember_again(self._saving)
        self.review.footer.warn(f"Your marks are not remembered yet. {sentence}")

    def dress(self) -> None:
        """Draws the icons again, for instance in dark."""
        for name, action in self.actions_by_name.items():
            if BY_NAME[name].symbol:
                action.setIcon(icon(BY_NAME[name].symbol))
        self.bar.dress()

    @Slot()
    def _offer(self) -> None:
        """Switches commands on and off, as what there is allows."""
        review, some = self.session.review, self.session.shown.space() > 0
        for command in COMMANDS:
            self.actions_by_name[command.name].setEnabled(not (command.editing and self.moves.busy))
        for name, possible in (
            ("undo", review.can_undo),
            ("redo", review.can_redo),
            ("auto-mark", some),
            ("scan", bool(self.scans.folders)),
            ("skipped", bool(self.session.found.skipped)),
        ):
            action = self.actions_by_name[name]
            action.setEnabled(action.isEnabled() and possible)
        if self.review.photos.isEnabled() == self.moves.busy:
            self.review.photos.setEnabled(not self.moves.busy)
            self.review.list.setFocus()
        self.bar.similarity.setEnabled(len(self.session.found.library) > 0 and not self.moves.busy)
        self.review.footer.allow(not self.moves.busy)
        self.strip.setVisible(self.scans.running or self.moves.working)
