"""The room of the service: pictures by their dHash, kept for good, without the pictures themselves.

Open files enter and are measured in workers; copies leave. It stands beside the line: other programs ask it
over HTTP, and nothing in it is ever moved.
"""

from photodedup.core.index.measuring import measure
from photodedup.core.index.pictures import Held, Hit, Measured, Pictures, Upload
from photodedup.core.index.sides import LEAST, MOST, USUAL, usual_distance

__all__ = [
    "LEAST",
    "MOST",
    "USUAL",
    "Held",
    "Hit",
    "Measured",
    "Pictures",
    "Upload",
    "measure",
    "usual_distance",
]
