"""How good a segmentation is where two classes meet, against the inside of things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.evaluation.ratios import share, shares

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

WIDTH = 3
"""Pixels from a true boundary that count as at the boundary."""

FARTHEST = 10
"""Pixels from a boundary that are told apart; what is further is put together."""


@dataclass(frozen=True, eq=False)
class BoundaryCounts:
    """Counted pixels by their true class and their distance from a true boundary.

    pixels, hits: (C, FARTHEST + 1) how many there are, and how many of them were right. Column d - 1 holds
    the pixels d away, as `boundary_distances` has it; the last column those further than FARTHEST.
    """

    pixels: IntArray
    hits: IntArray

    def __add__(self, other: Self) -> Self:
        return type(self)(self.pixels + other.pixels, self.hits + other.hits)

    def near_share(self, width: int = WIDTH) -> float:
        """Share of the pixels that are at most `width` from a boundary, in [0, 1]; NaN without pixels."""
        return share(self.pixels[:, :width].sum(), self.pixels.sum())

    def accuracy(self, width: int = WIDTH) -> float:
        """Share of the pixels at most `width` from a boundary that were right; NaN when there are none."""
        return share(self.hits[:, :width].sum(), self.pixels[:, :width].sum())

    def inside_accuracy(self, width: int = WIDTH) -> float:
        """Share of the other pixels that were right, in [0, 1]; NaN when there are none."""
        return share(self.hits[:, width:].sum(), self.pixels[:, width:].sum())

    def class_accuracies(self, width: int = WIDTH) -> tuple[FloatArray, FloatArray]:
        """Both of the above for each true class, each (C,): at the boundary, and inside."""
        parts = ((each[:, :width].sum(axis=1), each[:, width:].sum(axis=1)) for each in self._both)
        (near, inside), (near_hits, inside_hits) = parts
        return shares(near_hits, near), shares(inside_hits, inside)

    def by_distance(self) -> FloatArray:
        """(FARTHEST + 1,) share of the pixels of each distance that were right; NaN where there are none."""
        return shares(self.hits.sum(axis=0), self.pixels.sum(axis=0))

    @property
    def _both(self) -> tuple[IntArray, IntArray]:
        return self.pixels, self.hits


def boundary_distances(truth: NDArray[np.uint8], classes: int, farthest: int = FARTHEST) -> NDArray[np.uint8]:
    """(H, W) how far each pixel is from the next one of another true class: 1 touches it, corners included.

    truth: (H, W) class numbers; pixels of `classes` or more (Void) have no class, and what is beside them is
    at no boundary: nobody knows what is there. Distances beyond `farthest` are farthest + 1; of a pixel
    without a class the distance means nothing. A distance d says that the square of 2 d + 1 pixels around
    the pixel is the smallest that holds another class (Chebyshev's distance).
    """
    known = truth < classes
    # Without a class a pixel must win neither the largest nor the smallest number of its surroundings.
    highest = np.where(known, truth + np.uint8(1), np.uint8(0))
    lowest = np.where(known, truth, np.uint8(255))
    distances = np.ones(truth.shape, dtype=np.uint8)
    for _ in range(farthest):
        highest, lowest = _spread(highest, np.maximum), _spread(lowest, np.minimum)
        # Still of one class: further away than this.
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
    # Wrong and right pixels of a cell beside each other: counted in one go.
    sorted_out = np.bincount(2 * cells + (true == predicted[counted]), minlength=2 * classes * columns)
    wrong, hits = np.moveaxis(sorted_out.reshape(classes, columns, 2), 2, 0)
    return BoundaryCounts(wrong + hits, hits)


def _spread(values: NDArray[np.uint8], better: np.ufunc) -> NDArray[np.uint8]:
    """Each pixel becomes the best of its 3 x 3 surroundings; rows first, then columns."""
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
