"""The room in which files are read: only in worker processes that can be killed one at a time.

Files enter; small upright pictures, views and digests of pixels leave, or the reason why there is none.
"""
