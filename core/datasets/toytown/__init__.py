"""Toytown, the built-in data set: a procedural street with exact labels for all of CamVid's classes.

Drawn from the driver's seat of a moving car, in drives of twelve consecutive frames. The same seed gives the
same pixels on every machine: chance comes from PCG64's raw integers and every other number from operations
that IEEE 754 fixes to the last bit. (The bytes of the PNG files also depend on the zlib that packs them.)

    image, labels = frame(7, 0, (640, 480))
    toytown(Path("data/toytown"))
"""

from core.datasets.toytown.writing import (
    CITY_SEED,
    FRAMES,
    LARGEST_COUNT,
    LARGEST_SIDE,
    SMALLEST_SIDE,
    frame,
    toytown,
)

__all__ = ["CITY_SEED", "FRAMES", "LARGEST_COUNT", "LARGEST_SIDE", "SMALLEST_SIDE", "frame", "toytown"]
