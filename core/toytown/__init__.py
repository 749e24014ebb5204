"""Toytown, the built-in data set: a procedural street with exact labels for all of CamVid's classes.

Drawn from the driver's seat of a moving car, in drives of twelve consecutive frames. The same seed gives the
same pixels on every machine with the pinned NumPy and Pillow: random numbers are PCG64's raw integers, the
machine's fonts and libraries are not used, and sines are rounded. (A PNG file's bytes also depend on the
zlib that packed it, so "the same" means the same pixels.)

    image, labels = frame(7, 0, (640, 480))
    toytown(Path("data/toytown"))
    toytown(Path("data/jakarta"), town="jakarta")

The second town is Jakarta, for streets that CamVid's cameras never saw; docs/jakarta.md says which class
each of its things is.
"""

from core.toytown.drive.street import FRAMES
from core.toytown.towns import TOWNS, Town
from core.toytown.writing import (
    CITY_SEED,
    LARGEST_COUNT,
    LARGEST_SIDE,
    SMALLEST_SIDE,
    frame,
    nine_frames,
    toytown,
)

__all__ = [
    "CITY_SEED",
    "FRAMES",
    "LARGEST_COUNT",
    "LARGEST_SIDE",
    "SMALLEST_SIDE",
    "TOWNS",
    "Town",
    "frame",
    "nine_frames",
    "toytown",
]
