"""The room in which files are read: only in worker processes that can be killed one at a time.

Files enter; small upright pictures, views and digests of pixels leave, or the reason why there is none. What
is imported here loads no codec; the codecs are loaded in the workers.
"""

from photodedup.core.decode.confine import Limits
from photodedup.core.decode.pool import Workers
from photodedup.core.decode.task import Task, identity, skipped
from photodedup.core.decode.views import View, read_view

__all__ = ["Limits", "Task", "View", "Workers", "identity", "read_view", "skipped"]
