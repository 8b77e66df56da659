"""The room that finds edited copies: crops, frames, captions, tilts, screenshots, and mirror images of these.

Features of photos enter, which the catalogue keeps; `Edits` leave. Key points that look alike propose
pairs (`points`, `meeting`), their places give a transform (`fitting`), and the pixels decide (`aligning`,
`judging`): two shots of one scene share key points and geometry too, but not the pixels under them.

Import it late: it loads OpenCV.
"""

from photodedup.core.match.copies.find import edits_of, find_edits
from photodedup.core.match.copies.keeping import edits_key, pack_edits, unpack_edits

__all__ = ["edits_key", "edits_of", "find_edits", "pack_edits", "unpack_edits"]
