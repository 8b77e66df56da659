"""Finding the copies of one photo, or measuring two, from the wish to the dialog that shows it.

In: a photo, wherever it lies. Out: a job for the thread that seeks, its dialog, and the group or the folder
of a copy that the person wants to see.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from photodedup.gui import words, work
from photodedup.gui.background import Background, Job
from photodedup.gui.find_dialog import FindDialog
from photodedup.gui.measure_dialog import MeasureDialog
from photodedup.gui.preferences import Preferences
from photodedup.gui.session import Session
from photodedup.gui.thumbnails import Thumbnails
from photodedup.gui.work import Places


class Finding(QObject):
    """Seeks the copies of one photo at a time.

    Signals:
        said: A sentence for the person.
        shown: A group is shown, so the review is what the person wants to see.
    """

    said = Signal(str)
    shown = Signal()

    def __init__(
        self,
        session: Session,
        places: Places,
        preferences: Preferences,
        thumbnails: Thumbnails,
        window: QWidget,
    ) -> None:
        super().__init__(session)
        self._session, self._places, self._preferences = session, places, preferences
        self._thumbnails, self._window = thumbnails, window
        self._thread = Background("find", self)

    def find(self, photo: Path, folders: Sequence[Path]) -> None:
        """Seeks the copies of a photo in folders, or in those of the last library where there are none."""
        dialog = FindDialog(photo, folders, self._thumbnails, self._window)
        job = Job(work.find_work(self._places, photo, folders, self._preferences.settings()))
        job.progress.connect(dialog.show_progress)
        job.done.connect(dialog.show_copies)
        job.failed.connect(dialog.show_failure)
        dialog.stopped.connect(job.stop.set)
        dialog.show_group.connect(self._show_group)
        dialog.show_folder.connect(self.show_folder)
        dialog.open()
        self._thread.submit(job)

    def measure(self, one: int, other: int) -> None:
        """Measures how alike two photos of the session are."""
        library = self._session.found.library
        dialog = MeasureDialog(library, (one, other), self._thumbnails, self._window)
        photos = [library.photos[number].path for number in (one, other)]
        preferences = self._preferences
        job = Job(work.measure_work(self._places, photos, preferences.settings(), preferences.model))
        job.done.connect(dialog.show_comparison)
        job.failed.connect(dialog.show_failure)
        dialog.stopped.connect(job.stop.set)
        dialog.open()
        self._thread.submit(job)

    @property
    def threads(self) -> tuple[Background, ...]:
        """Where it is done."""
        return (self._thread,)

    @Slot(object)
    def _show_group(self, photo: Path) -> None:
        if self._session.look_for(photo):
            self.sender().accept()
            self.shown.emit()
        else:
            name = words.shown(photo.name)
            self.said.emit(f"{name} is in no group that is shown. Scan its folder, or move the slider.")

    @Slot(object)
    def show_folder(self, photo: Path) -> None:
        """Opens the folder of a photo in the system's own file manager."""
        if not QDesktopServices.openUrl(url_of(photo.parent)):
            self.said.emit(f"No program opened the folder {words.shown(photo.parent)}.")


def url_of(path: Path) -> QUrl:
    """The address of a file, byte for byte, also where its name is no UTF-8."""
    name = path.as_posix().encode("utf-8", "surrogateescape")
    return QUrl.fromEncoded(f"file://{'' if name.startswith(b'/') else '/'}{quote(name)}".encode())
