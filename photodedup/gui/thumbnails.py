"""Pictures for the window, decoded elsewhere, the newest wish first.

In: wishes for a photo in one of two sizes. Out: `ready`, a batch of keys whose pixmaps are in the cache. The
small ones come from the catalogue, the large ones from a worker process; the window's thread only turns bytes
into a pixmap.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from enum import Enum
from threading import Condition, Event

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from photodedup.core.values import Library, Photo
from photodedup.gui.apart import Apart, close_all

BATCH = 24
WAITING = 400
"""Wishes that wait at most; who scrolled on does not wait for the older ones any more."""
CACHE_BYTES = 400_000_000


class Size(Enum):
    """How large a picture is wanted."""

    SMALL = "small"
    LARGE = "large"


Key = tuple[bytes, Size]
Wish = tuple[Key, Photo]
Loaded = bytes | tuple[int, int, bytes] | None
"""A JPEG that we made; or width, height and RGB bytes from a worker; or None where it cannot be shown."""
Loader = Callable[[Photo, bytes, Size], Loaded]
OpenLoader = Callable[[Event], tuple[Loader, Callable[[], None]]]
"""Opens a loader in the thread that uses it, told when nobody waits any more; gives the way to close it."""


class _Decoding(Apart):
    """Serves wishes, the newest first, and forgets those that nobody waits for any more."""

    decoded = Signal(list)

    def __init__(self, open_loader: OpenLoader) -> None:
        super().__init__("thumbnails")
        self._open_loader = open_loader
        self._wishes: list[Wish] = []
        self._wake = Condition()
        self._closing = Event()

    def wish(self, wish: Wish) -> Key | None:
        """Takes a wish, and tells which older one is given up for it."""
        with self._wake:
            self._wishes.append(wish)
            given_up = self._wishes.pop(0)[0] if len(self._wishes) > WAITING else None
            self._wake.notify()
        self._start()
        return given_up

    def ask_to_end(self) -> None:
        self._closing.set()
        with self._wake:
            self._wake.notify()

    def run(self) -> None:
        load, close = self._open_loader(self._closing)
        try:
            while (taken := self._take()) is not None:
                self.decoded.emit([(key, _loaded_image(load, photo, key)) for key, photo in taken])
        finally:
            close()

    def _take(self) -> list[Wish] | None:
        """The next wishes: one large picture, or a batch of small ones."""
        with self._wake:
            self._wake.wait_for(lambda: self._wishes or self._closing.is_set())
            if self._closing.is_set():
                return None
            taken = [self._wishes.pop()]
            while taken[0][0][1] is Size.SMALL and len(taken) < BATCH and self._wishes:
                if self._wishes[-1][0][1] is Size.LARGE:
                    break
                taken.append(self._wishes.pop())
            return taken


def _loaded_image(load: Loader, photo: Photo, key: Key) -> QImage:
    try:
        return _image(load(photo, *key))
    except Exception:  # one picture that cannot be had must not end all others
        return QImage()


def _image(loaded: Loaded) -> QImage:
    if loaded is None:
        return QImage()
    if isinstance(loaded, bytes):
        return QImage.fromData(loaded, "JPG")
    width, height, pixels = loaded
    return QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


class Thumbnails(QObject):
    """The cache of pixmaps, and the way to wish for more.

    Signals:
        ready: The contents (bytes) whose picture has come, as a set.
    """

    ready = Signal(object)

    def __init__(self, open_loader: OpenLoader, parent: QObject) -> None:
        super().__init__(parent)
        self._cache: OrderedDict[Key, QPixmap] = OrderedDict()
        self._bytes = 0
        self._wished: set[Key | None] = set()
        self._small, self._large = _Decoding(open_loader), _Decoding(open_loader)
        for thread in (self._small, self._large):
            thread.decoded.connect(self._arrived)

    def picture(self, library: Library, number: int, size: Size) -> QPixmap | None:
        """The picture of a photo of a library, null where it cannot be shown.

        Returns:
            None while it is not there, and it is wished for.
        """
        key = (library.seen.rows["content"][number].tobytes(), size)
        found = self._cache.get(key)
        if found is not None:
            self._cache.move_to_end(key)
            return found
        if key not in self._wished:
            self._wished.add(key)
            given_up = (self._small if size is Size.SMALL else self._large).wish(
                (key, library.photos[number])
            )
            self._wished.discard(given_up)
        return None

    def close(self) -> None:
        """Ends the threads."""
        close_all(self.threads)

    @property
    def threads(self) -> tuple[Apart, ...]:
        """Where pictures are loaded."""
        return self._small, self._large

    @Slot(list)
    def _arrived(self, images: list[tuple[Key, QImage]]) -> None:
        for key, image in images:
            self._wished.discard(key)
            self._cache[key] = QPixmap.fromImage(image)
            self._bytes += image.sizeInBytes()
        while self._bytes > CACHE_BYTES and len(self._cache) > 1:
            _, oldest = self._cache.popitem(last=False)
            self._bytes -= oldest.width() * oldest.height() * 3
        self.ready.emit({key[0] for key, _ in images})
