"""The room that finds edited copies: crops, frames, captions, tilts, screenshots, and mirror images of these.

Features of photos enter, which the catalogue keeps; `Edits` leave. Key points that look alike propose
pairs (`points`, `meeting`), their places give a transform (`fitting`), and the pixels decide (`aligning`,
`judging`): two shots of one scene share key points and geometry too, but not the pixels under them.

Import `find` late: it loads OpenCV. `keeping` does not, so that edits that are remembered come without it.
"""
