"""Whether a network that says "80 %" is right in 80 of 100 cases: pixels counted by confidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.evaluation.ratios import share, shares

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

BINS = 15
"""Bins of confidence from 0 to 1: as many as Guo et al., 2017, use in table 1."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """Pixel counts by predicted class and confidence.

    pixels, hits: (C, BINS) all counted pixels, and the correct ones. confidence: (C, BINS) the sum of their
    confidences. A bin excludes its lower end and includes its upper one.
    """

    pixels: IntArray
    hits: IntArray
    confidence: FloatArray

    def __add__(self, other: Self) -> Self:
        return type(self)(
            self.pixels + other.pixels, self.hits + other.hits, self.confidence + other.confidence
        )

    def of(self, number: int) -> Self:
        """Only the pixels that the network predicted as the class `number`."""
        only = slice(number, number + 1)
        return type(self)(self.pixels[only], self.hits[only], self.confidence[only])

    @property
    def bin_pixels(self) -> IntArray:
        """(BINS,) pixels in each bin."""
        return np.asarray(self.pixels.sum(axis=0))

    @property
    def bin_accuracy(self) -> FloatArray:
        """(BINS,) accuracy of each bin's pixels, in [0, 1]; NaN for an empty bin."""
        return shares(self.hits.sum(axis=0), self.bin_pixels)

    @property
    def bin_confidence(self) -> FloatArray:
        """(BINS,) mean confidence of each bin's pixels, in [0, 1]; NaN for an empty bin."""
        return shares(self.confidence.sum(axis=0), self.bin_pixels)

    @property
    def accuracy(self) -> float:
        """Accuracy of all pixels, in [0, 1]; NaN if there are none."""
        return share(self.hits.sum(), self.pixels.sum())

    @property
    def mean_confidence(self) -> float:
        """Mean confidence of all pixels, in [0, 1]; NaN when there are none."""
        return share(self.confidence.sum(), self.pixels.sum())

    def expected_error(self) -> float:
        """Expected calibration error, in [0, 1]; NaN when there are no pixels.

        The mean over the bins of |accuracy - mean confidence|, each bin weighted by its pixels.
        Source: Guo et al., "On Calibration of Modern Neural Networks", 2017, section 2, equation 3.
        """
        gaps = np.abs(self.hits.sum(axis=0) - self.confidence.sum(axis=0))
        return share(gaps.sum(), self.pixels.sum())


def count_calibration(
    truth: NDArray[np.uint8], predicted: NDArray[np.uint8], confidence: NDArray[np.float32], classes: int
) -> Calibration:
    """Count the pixels of a picture by predicted class and confidence.

    truth, predicted: (H, W) class numbers; pixels whose truth is `classes` or more are left out.
    confidence: (H, W) probability of the predicted class, in [0, 1].
    """
    counted = truth < classes
    true, found, sure = truth[counted], predicted[counted], confidence[counted]
    cells = found.astype(np.uint16) * np.uint16(BINS) + _bins(sure)
    # Wrong and correct pixels of a cell beside each other, to count them in one go.
    sorted_out = np.bincount(2 * cells + (true == found), minlength=2 * classes * BINS)
    wrong, hits = np.moveaxis(sorted_out.reshape(classes, BINS, 2), 2, 0)
    sums = np.bincount(cells, weights=sure, minlength=classes * BINS)
    return Calibration(wrong + hits, hits, sums.astype(np.float64).reshape(classes, BINS))


def _bins(confidence: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The bin of each confidence: bin m holds those above m / BINS and at most (m + 1) / BINS."""
    numbers: NDArray[np.uint8] = np.clip(np.ceil(confidence * np.float32(BINS)) - 1, 0, BINS - 1).astype(
        np.uint8
    )
    return numbers
