"""The heart: a Segmentation gives the prediction for any pixel of a segmented photo.

    Segmentation.read_pixel(row, col) -> PixelReading

Full-size probabilities of all classes are never stored. A Segmentation keeps the network's logits at the
network's own stride in half precision and interpolates them where they are needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.classes import ClassList
from core.errors import PixelOutsideError
from core.languages import sentence
from core.segmentation.reading import PixelReading, Shape, neighbourhood, pixel_predictions

ENTROPY_STEPS = 50
"""Steps to a bit in `Segmentation.entropy_steps`."""

_BAND = 64
"""Rows interpolated at a time: enough to outweigh the calls (half the time of bands of 16), few enough to
keep a band of all classes small: 3 MB at 1024 columns and 11 classes."""

SMALL_BAND = 16
"""Rows at a time if the result is large as well: 2 MB at 1024 columns and 32 classes."""

_BAND_PIXELS = 1 << 18
"""Pixels interpolated at a time where one class follows the other: 1 MB however wide the picture."""


@dataclass(frozen=True, eq=False)
class Segmentation:
    """A segmented photo at its working size.

    image: (H, W, 3) uint8 RGB. labels: (H, W) uint8 class numbers.
    logits: (C, h, w) float16 at `stride` pixels a cell, of the padded picture.
    known_confidence: `confidence`, if it is kept.
    """

    image: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    logits: NDArray[np.float16]
    stride: int
    class_list: ClassList
    model_name: str
    known_confidence: NDArray[np.float32] | None = None

    @classmethod
    def of_logits(
        cls,
        image: NDArray[np.uint8],
        logits: NDArray[np.float16],
        stride: int,
        class_list: ClassList,
        model_name: str,
        confidence: bool = True,
    ) -> Segmentation:
        """What the network answered to a picture; parameters as the attributes.

        confidence: whether to compute it now and keep it.
        """
        height, width = image.shape[:2]
        if not confidence:
            return cls(image, _labels(logits, height, width, stride), logits, stride, class_list, model_name)
        labels, known = _labels_and_confidence(logits, height, width, stride)
        return cls(image, labels, logits, stride, class_list, model_name, known)

    @property
    def confidence(self) -> NDArray[np.float32]:
        """(H, W) the probability of each pixel's label; computed each time if it is not kept."""
        if self.known_confidence is not None:
            return self.known_confidence
        return _labels_and_confidence(self.logits, self.height, self.width, self.stride)[1]

    def without_confidence(self) -> Segmentation:
        """The same without its confidence, which takes 4 of the 15 bytes of a pixel and is rarely needed."""
        return replace(self, known_confidence=None)

    @property
    def height(self) -> int:
        """Rows of the working-size picture."""
        return int(self.labels.shape[0])

    @property
    def width(self) -> int:
        """Columns of the working-size picture."""
        return int(self.labels.shape[1])

    @property
    def nbytes(self) -> int:
        """Bytes of memory that this photo takes."""
        kept = 0 if self.known_confidence is None else self.known_confidence.nbytes
        return self.image.nbytes + self.labels.nbytes + self.logits.nbytes + kept

    def probabilities(self, rows: NDArray[np.int_], cols: NDArray[np.int_]) -> NDArray[np.float32]:
        """Probabilities of all classes at some pixels.

        rows, cols: (N,) coordinates inside the picture. Returns (N, C) float32 in [0, 1]; rows sum to 1.
        """
        return probabilities_at(self.logits, rows, cols, self.stride)

    def probability_bands(self) -> Iterator[NDArray[np.float32]]:
        """All probabilities, in bands of rows from top to bottom: (band, W, C) float32 in [0, 1]."""
        for _, logits in bands(self.logits, self.height, self.width, self.stride, SMALL_BAND):
            yield softmax(logits).transpose(1, 2, 0)

    def labels_at(self, height: int, width: int) -> Iterator[NDArray[np.uint8]]:
        """The label map at another size, such as the photo's own, in bands of rows from top to bottom.

        Yields (band, width) class numbers; the bands have `height` rows together. Row i of `height` is the
        row (i + 0.5) * H / height - 0.5 of the working-size picture, and columns likewise, also where a photo
        was squashed to a square. The logits are interpolated there: finer edges than enlarged labels have.
        Only one class of one band is held at a time. At the working size it is `labels`.
        """
        down, across = self.stride * height / self.height, self.stride * width / self.width
        columns = _neighbours(np.arange(width), self.logits.shape[2], across)
        band = max(1, _BAND_PIXELS // width)
        for start in range(0, height, band):
            rows = _neighbours(np.arange(start, min(start + band, height)), self.logits.shape[1], down)
            classes = (_interpolated_rows(own[np.newaxis], rows, columns)[0] for own in self.logits)
            yield _most_likely(classes)[0]

    def enlarged(self, image: NDArray[np.uint8]) -> Segmentation:
        """The answer for another size of the same photo, as `labels_at` gives its labels.

        image: (H', W', 3) the photo at that size. The logits are kept at every pixel: 62 bytes each with 31
        classes.
        """
        height, width = image.shape[:2]
        down, across = self.stride * height / self.height, self.stride * width / self.width
        columns = _neighbours(np.arange(width), self.logits.shape[2], across)
        logits = np.empty((len(self.logits), height, width), dtype=np.float16)
        for start in range(0, height, SMALL_BAND):
            rows = np.arange(start, min(start + SMALL_BAND, height))
            logits[:, rows] = _interpolated_rows(
                self.logits, _neighbours(rows, self.logits.shape[1], down), columns
            )
        return Segmentation.of_logits(image, logits, 1, self.class_list, self.model_name)

    def read_pixel(
        self, row: int, col: int, before: int = 10, after: int = 10, top: int = 5, shape: Shape = "row"
    ) -> PixelReading:
        """Read a pixel with its neighbours.

        shape, before, after: which neighbours; see `neighbourhood`. They slide at the picture's edges so that
        the pixel keeps its 20 neighbours if the picture is large enough.
        top: how many classes to name for each pixel. PixelOutsideError when (row, col) is not in the picture.
        """
        self._check_inside(row, col)
        rows, cols = neighbourhood(row, col, self.height, self.width, shape, before, after)
        probabilities = self.probabilities(rows, cols)
        pixels = pixel_predictions(
            list(zip(rows.tolist(), cols.tolist(), strict=True)),
            (row, col),
            self.labels[rows, cols],
            probabilities,
            self.class_list.names,
            top,
        )
        return PixelReading(pixels, probabilities, self.class_list, shape)

    def class_shares(self) -> NDArray[np.float64]:
        """(C,) each class's share of the picture's pixels; sums to 1."""
        return np.bincount(self.labels.ravel(), minlength=len(self.class_list)) / self.labels.size

    def mean_confidence(self) -> NDArray[np.float64]:
        """(C,) mean confidence of the pixels of each class, in [0, 1]; NaN for a class without pixels."""
        classes, labels = len(self.class_list), self.labels.ravel()
        pixels = np.bincount(labels, minlength=classes)
        total = np.bincount(labels, weights=self.confidence.ravel(), minlength=classes)
        means: NDArray[np.float64] = np.divide(total, pixels, out=np.full(classes, np.nan), where=pixels > 0)
        return means

    def confidence_percent(self) -> NDArray[np.uint8]:
        """(H, W) confidence as whole per cent, 0..100, rounded as `percent` rounds."""
        whole: NDArray[np.uint8] = np.floor(self.confidence * 100 + 0.5).astype(np.uint8)
        return whole

    def entropy(self) -> NDArray[np.float16]:
        """(H, W) entropy of the probabilities in bits: 0 is certain, log2(C) knows nothing."""
        entropy = np.empty(self.labels.shape, dtype=np.float16)
        for rows, bits in self._entropy_bands():
            entropy[rows] = bits
        return entropy

    def entropy_steps(self) -> NDArray[np.uint8]:
        """(H, W) entropy in steps of 1/50 bit, rounded; 255 stands for 5.1 bits and more.

        One byte a pixel, for showing it: 5.1 bits are more than 32 classes can have.
        """
        steps = np.empty(self.labels.shape, dtype=np.uint8)
        for rows, bits in self._entropy_bands():
            steps[rows] = np.minimum(np.floor(bits * ENTROPY_STEPS + 0.5), 255)
        return steps

    def _entropy_bands(self) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """Entropy in bits, in bands of rows: (rows, (band, W))."""
        for rows, logits in bands(self.logits, self.height, self.width, self.stride):
            # With d = logit - largest and Z = sum(exp(d)): entropy = log(Z) - sum(exp(d) d) / Z
            below = np.subtract(logits, logits.max(axis=0), out=logits)
            weights = np.exp(below)
            total = weights.sum(axis=0)
            nats = np.log(total) - np.multiply(weights, below, out=weights).sum(axis=0) / total
            yield rows, np.maximum(nats / math.log(2), 0)

    def _check_inside(self, row: int, col: int) -> None:
        if not (0 <= row < self.height and 0 <= col < self.width):
            raise PixelOutsideError(
                sentence(
                    "Pixel ({row}, {col}) is outside the picture, whose rows are 0 to {height} and columns 0 "
                    "to {width}.",
                    row=row,
                    col=col,
                    height=self.height - 1,
                    width=self.width - 1,
                )
            )


def probabilities_at(
    logits: NDArray[np.float16], rows: NDArray[np.int_], cols: NDArray[np.int_], stride: int
) -> NDArray[np.float32]:
    """As `Segmentation.probabilities`, of (C, h, w) logits that nobody needs a segmentation of."""
    return softmax(_interpolate(logits, rows, cols, stride)).T


def _labels(logits: NDArray[np.float16], height: int, width: int, stride: int) -> NDArray[np.uint8]:
    """The labels of `_labels_and_confidence` alone, in two thirds of the time."""
    labels = np.empty((height, width), dtype=np.uint8)
    for rows, band in bands(logits, height, width, stride):
        labels[rows] = most_likely(band)[0]
    return labels


def _labels_and_confidence(
    logits: NDArray[np.float16], height: int, width: int, stride: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The class of the largest of (C, h, w) logits, and its probability, at each pixel: each (H, W)."""
    labels = np.empty((height, width), dtype=np.uint8)
    confidence = np.empty((height, width), dtype=np.float32)
    for rows, band in bands(logits, height, width, stride):
        labels[rows], highest = most_likely(band)
        # the softmax of the largest logit is 1 / sum(exp(logit - largest)): no need for the others
        np.exp(np.subtract(band, highest, out=band), out=band)
        confidence[rows] = 1 / band.sum(axis=0)
    return labels, confidence


def most_likely(logits: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The class of the largest of (C, ...) logits, the first of equal ones, and that logit: each (...)."""
    # Class by class: `argmax` along the first axis walks through memory in jumps.
    return _most_likely(iter(logits))


def _most_likely(
    classes: Iterator[NDArray[np.float32]],
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """As `most_likely`, of logits that come class by class."""
    highest = next(classes).copy()
    labels = np.zeros(highest.shape, np.uint8)
    for number, own in enumerate(classes, 1):
        np.copyto(labels, number, where=own > highest)
        np.maximum(highest, own, out=highest)
    return labels, highest


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """(C, ...) logits as probabilities, written over them."""
    np.subtract(logits, logits.max(axis=0), out=logits)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=0)
    return logits


# Bilinear interpolation, pixel centres as in PyTorch's `align_corners=False`. It is written out in float32
# products and sums, which round the same way whatever the shape, so that a pixel read alone has exactly the
# logits that it has in a band: `read_pixel` can never contradict the label map.


def _interpolate(
    logits: NDArray[np.float16], rows: NDArray[np.int_], cols: NDArray[np.int_], stride: int
) -> NDArray[np.float32]:
    """(C, h, w) logits at the pixels (rows, cols), both (N,). Returns (C, N) float32."""
    if stride == 1:
        return logits[:, rows, cols].astype(np.float32)
    top, bottom, down = _neighbours(rows, logits.shape[1], stride)
    left, right, across = _neighbours(cols, logits.shape[2], stride)
    cells = (logits[:, r, c].astype(np.float32) for r in (top, bottom) for c in (left, right))
    upper, lower = (_mix(next(cells), next(cells), across) for _ in range(2))
    return _mix(upper, lower, down)


def at_full_size(logits: NDArray[np.float16], height: int, width: int, stride: int) -> NDArray[np.float32]:
    """(C, h, w) float16 logits of a padded picture as (C, height, width) float32, equal to the `bands`."""
    return np.concatenate([band for _, band in bands(logits, height, width, stride)], axis=1)


def bands(
    logits: NDArray[np.float16], height: int, width: int, stride: int, band: int = _BAND
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Walk over the picture in bands of rows: (rows, (C, band, W) float32 logits, free to be changed)."""
    columns = _neighbours(np.arange(width), logits.shape[2], stride)
    for start in range(0, height, band):
        stop = min(start + band, height)
        if stride == 1:
            yield slice(start, stop), logits[:, start:stop, :width].astype(np.float32)
            continue
        rows = _neighbours(np.arange(start, stop), logits.shape[1], stride)
        yield slice(start, stop), _interpolated_rows(logits, rows, columns)


_Neighbours = tuple[NDArray[np.int_], NDArray[np.int_], NDArray[np.float32]]


def _interpolated_rows(
    logits: NDArray[np.float16], rows: _Neighbours, columns: _Neighbours
) -> NDArray[np.float32]:
    """(C, h, w) logits at whole rows: (C, R, W) float32. rows, columns: their cells, by `_neighbours`."""
    top, bottom, down = rows
    left, right, across = columns
    first = int(top[0])
    cells = logits[:, first : int(bottom[-1]) + 1].astype(np.float32)
    mixed = _mix(cells.take(left, axis=2), cells.take(right, axis=2), across)
    return _mix(mixed.take(top - first, axis=1), mixed.take(bottom - first, axis=1), down[:, np.newaxis])


def _neighbours(positions: NDArray[np.int_], cells: int, stride: float) -> _Neighbours:
    """The cells before and after each pixel position, and the weight of the latter in [0, 1)."""
    centres = ((positions + 0.5) / stride - 0.5).clip(0, cells - 1).astype(np.float32)
    before = np.floor(centres).astype(np.int_)
    return before, (before + 1).clip(max=cells - 1), centres - before.astype(np.float32)


def _mix(
    first: NDArray[np.float32], second: NDArray[np.float32], weight: NDArray[np.float32]
) -> NDArray[np.float32]:
    """A new array of the first's shape; both are overwritten."""
    np.multiply(first, 1 - weight, out=first)
    np.multiply(second, weight, out=second)
    return np.add(first, second, out=first)
