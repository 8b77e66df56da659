"""photodedup cleans a photo library of its copies, and never loses a photo."""

__version__ = "0.1.0"
