"""Every error that a person can meet: one sentence that says what happened, to which file, and what to do.

Raised by core, caught by the window and the command line, which show `str(error)` as it is.
"""


class PhotodedupError(Exception):
    """Base of all errors that are told to a person; the message is the whole sentence."""


class WrongUseError(PhotodedupError):
    """The person asked for something that makes no sense: a folder that is not there, a plan that is none."""


class DecoderError(PhotodedupError):
    """No process in which photos are read can be started, so that nothing can be scanned or shown."""


class CatalogueError(PhotodedupError):
    """The catalogue cannot be used, or not be written because a newer photodedup wrote it."""


class LastPhotoError(PhotodedupError):
    """Marking this photo would leave its group without any photo."""


class NoKeeperError(PhotodedupError):
    """A removal was asked for without a surviving keeper that matches the photo directly."""


class TrashError(PhotodedupError):
    """A file could not be moved to the trash; it is where it was."""


class UndoError(PhotodedupError):
    """A file could not be put back; it is still in the trash."""


class JournalError(PhotodedupError):
    """The journal cannot be read or written; nothing is moved without it."""


class StoppedError(PhotodedupError):
    """The person asked to stop."""


class ServiceError(PhotodedupError):
    """The service cannot start, or what it keeps cannot be used."""


class NoIndexError(PhotodedupError):
    """The service was asked about an index that it does not have."""
