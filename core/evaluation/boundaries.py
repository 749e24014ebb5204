"""How accurate a segmentation is where two classes meet, compared with inside things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.evaluation.ratios import share, shares

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

WIDTH = 3
"""Pixels this far from a true boundary count as being at it."""

FARTHEST = 10
"""Distances in pixels up to this one are counted separately, larger ones together."""


@dataclass(frozen=True, eq=False)
class BoundaryCounts:
    """Pixel counts by true class and distance from a true boundary.

    pixels, hits: (C, FARTHEST + 1) all counted pixels, and the correct ones. Column d - 1 holds the pixels at
    distance d, as `boundary_distances` defines it; the last column those further than FARTHEST.
    """

    pixels: IntArray
    hits: IntArray

    def __add__(self, other: Self) -> Self:
        return type(self)(self.pixels + other.pixels, self.hits + other.hits)

    def near_share(self, width: int = WIDTH) -> float:
        """Share of the pixels that are at most `width` from a boundary, in [0, 1]; NaN if there are none."""
        return share(self.pixels[:, :width].sum(), self.pixels.sum())

    def accuracy(self, width: int = WIDTH) -> float:
        """Accuracy of the pixels at most `width` from a boundary, in [0, 1]; NaN if there are none."""
        return share(self.hits[:, :width].sum(), self.pixels[:, :width].sum())

    def inside_accuracy(self, width: int = WIDTH) -> float:
        """Accuracy of the other pixels, in [0, 1]; NaN if there are none."""
        return share(self.hits[:, width:].sum(), self.pixels[:, width:].sum())

    def class_accuracies(self, width: int = WIDTH) -> tuple[FloatArray, FloatArray]:
        """Accuracy at the boundary and inside, for each true class, each (C,)."""
        parts = ((each[:, :width].sum(axis=1), each[:, width:].sum(axis=1)) for each in self._both)
        (near, inside), (near_hits, inside_hits) = parts
        return shares(near_hits, near), shares(inside_hits, inside)

    def by_distance(self) -> FloatArray:
        """(FARTHEST + 1,) accuracy at each distance, in [0, 1]; NaN where there are no pixels."""
        return shares(self.hits.sum(axis=0), self.pixels.sum(axis=0))

    @property
    def _both(self) -> tuple[IntArray, IntArray]:
        return self.pixels, self.hits


def boundary_distances(truth: NDArray[np.uint8], classes: int, farthest: int = FARTHEST) -> NDArray[np.uint8]:
    """(H, W) distance of each pixel from the next one of another true class; 1 touches it, corners included.

    truth: (H, W) class numbers; pixels of `classes` or more (Void) have no class, and they make no boundary:
    nobody knows what is there. Distances beyond `farthest` are farthest + 1; the distance of a pixel without
    a class means nothing. Distance d means that the smallest square around the pixel that holds another
    class has 2 d + 1 pixels a side (Chebyshev distance).
    """
    known = truth < classes
    # A pixel without a class must be neither the maximum nor the minimum of its surroundings.
    highest = np.where(known, truth + np.uint8(1), np.uint8(0))
    lowest = np.where(known, truth, np.uint8(255))
    distances = np.ones(truth.shape, dtype=np.uint8)
    for _ in range(farthest):
        highest, lowest = _spread(highest, np.maximum), _spread(lowest, np.minimum)
        # The square still holds one class: the boundary is further away.
        distances += highest == lowest + np.uint8(1)
    return distances


def count_boundaries(truth: NDArray[np.uint8], predicted: NDArray[np.uint8], classes: int) -> BoundaryCounts:
    """Count the pixels of a picture by true class and distance from a true boundary.

    truth, predicted: (H, W) class numbers; pixels whose truth is `classes` or more are left out.
    """
    counted = truth < classes
    columns = FARTHEST + 1
    true = truth[counted]
    cells = true.astype(np.uint16) * np.uint16(columns) + (boundary_distances(truth, classes)[counted] - 1)
    # Wrong and correct pixels of a cell beside each other, to count them in one go.
    sorted_out = np.bincount(2 * cells + (true == predicted[counted]), minlength=2 * classes * columns)
    wrong, hits = np.moveaxis(sorted_out.reshape(classes, columns, 2), 2, 0)
    return BoundaryCounts(wrong + hits, hits)


def _spread(values: NDArray[np.uint8], better: np.ufunc) -> NDArray[np.uint8]:
    """Each pixel becomes the maximum or minimum of its 3 x 3 surroundings; rows first, then columns."""
    for axis in (0, 1):
        ahead, behind = _shifted(values, axis)
        best = values.copy()
        to_ahead, to_behind = _shifted(best, axis)
        better(to_ahead, behind, out=to_ahead)
        better(to_behind, ahead, out=to_behind)
        values = best
    return values


def _shifted(values: NDArray[np.uint8], axis: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """All but the first, and all but the last, along an axis; views."""
    return (values[1:], values[:-1]) if axis == 0 else (values[:, 1:], values[:, :-1])
