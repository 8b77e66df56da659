"""What was moved and what was meant to be, on disk before it happens: undo rests on it.

In: intents and outcomes of one batch, one line each, in a file of their own that only ever grows. Out:
batches, newest first, also from files that a crash or a bad disk has damaged: what is intact is used.
"""

from photodedup.core.journal.reader import batches, ids, newest_first, read_batch
from photodedup.core.journal.record import Batch, Intent, JournalEntry, State
from photodedup.core.journal.writer import Writer, is_interrupted, resume, start

__all__ = [
    "Batch",
    "Intent",
    "JournalEntry",
    "State",
    "Writer",
    "batches",
    "ids",
    "is_interrupted",
    "newest_first",
    "read_batch",
    "resume",
    "start",
]
