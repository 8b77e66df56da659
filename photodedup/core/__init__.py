"""The line from a folder to the trash and back, without a window."""
