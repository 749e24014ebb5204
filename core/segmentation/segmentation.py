"""The heart: a Segmentation gives the prediction for any pixel of a segmented photo.

    Segmentation.read_pixel(row, col) -> PixelReading

Full-size probabilities of all classes are never stored. A Segmentation keeps the network's logits at the
network's own stride in half precision and interpolates them where they are needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.classes import ClassList
from core.errors import PixelOutsideError
from core.segmentation.reading import PixelReading, Shape, neighbourhood, pixel_predictions

ENTROPY_STEPS = 50
"""Steps to a bit in `Segmentation.entropy_steps`."""

_BAND = 64
"""Rows interpolated at a time: enough to outweigh the calls (half the time of bands of 16), few enough to
keep a band of all classes small: 3 MB at 1024 columns and 11 classes."""

_SMALL_BAND = 16
"""Rows at a time if the result is large as well: 2 MB at 1024 columns and 32 classes."""


@dataclass(frozen=True, eq=False)
class Segmentation:
    """A segmented photo at its working size.

    image: (H, W, 3) uint8 RGB. labels: (H, W) uint8 class numbers. confidence: (H, W) float32, the
    probability of the label. logits: (C, h, w) float16 at `stride` pixels a cell, of the padded picture.
    """

    image: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    confidence: NDArray[np.float32]
    logits: Tensor
    stride: int
    class_list: ClassList
    model_name: str

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
        arrays = self.image.nbytes + self.labels.nbytes + self.confidence.nbytes
        return arrays + self.logits.numel() * self.logits.element_size()

    def probabilities(self, rows: NDArray[np.int_], cols: NDArray[np.int_]) -> NDArray[np.float32]:
        """Probabilities of all classes at some pixels.

        rows, cols: (N,) coordinates inside the picture. Returns (N, C) float32 in [0, 1]; rows sum to 1.
        """
        logits = _interpolate(self.logits, torch.as_tensor(rows), torch.as_tensor(cols), self.stride)
        return logits.softmax(dim=0).T.numpy()

    def probability_bands(self) -> Iterator[NDArray[np.float32]]:
        """All probabilities, in bands of rows from top to bottom: (band, W, C) float32 in [0, 1]."""
        for _, logits in bands(self.logits, self.height, self.width, self.stride, _SMALL_BAND):
            yield logits.softmax(dim=0).permute(1, 2, 0).numpy()

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
            below = logits - logits.amax(dim=0)
            weights = below.exp()
            total = weights.sum(dim=0)
            nats = total.log() - weights.mul_(below).sum(dim=0) / total
            yield rows, nats.div_(math.log(2)).clamp_(min=0).numpy()

    def _check_inside(self, row: int, col: int) -> None:
        if not (0 <= row < self.height and 0 <= col < self.width):
            raise PixelOutsideError(
                f"Pixel ({row}, {col}) is outside the picture, whose rows are 0 to {self.height - 1} "
                f"and columns 0 to {self.width - 1}."
            )


# Bilinear interpolation, pixel centres as in PyTorch's `align_corners=False`. It is written out in float32
# products and sums, which round the same way whatever the shape, so that a pixel read alone has exactly the
# logits that it has in a band: `read_pixel` can never contradict the label map.


def _interpolate(logits: Tensor, rows: Tensor, cols: Tensor, stride: int) -> Tensor:
    """(C, h, w) logits at the pixels (rows, cols), both (N,). Returns (C, N) float32."""
    if stride == 1:
        return logits[:, rows, cols].float()
    top, bottom, down = _neighbours(rows, logits.shape[1], stride)
    left, right, across = _neighbours(cols, logits.shape[2], stride)
    upper = _mix(logits[:, top, left], logits[:, top, right], across)
    lower = _mix(logits[:, bottom, left], logits[:, bottom, right], across)
    return _mix(upper, lower, down)


def at_full_size(logits: Tensor, height: int, width: int, stride: int) -> Tensor:
    """(C, h, w) float16 logits of a padded picture as (C, height, width) float32, equal to the `bands`."""
    return torch.cat([band for _, band in bands(logits, height, width, stride)], dim=1)


def bands(
    logits: Tensor, height: int, width: int, stride: int, band: int = _BAND
) -> Iterator[tuple[slice, Tensor]]:
    """Walk over the picture in bands of rows: (rows, (C, band, W) float32 logits)."""
    left, right, across = _neighbours(torch.arange(width), logits.shape[2], stride)
    for start in range(0, height, band):
        stop = min(start + band, height)
        if stride == 1:
            yield slice(start, stop), logits[:, start:stop, :width].float()
            continue
        top, bottom, down = _neighbours(torch.arange(start, stop), logits.shape[1], stride)
        first = int(top[0])
        cells = logits[:, first : int(bottom[-1]) + 1]
        mixed = _mix(cells.index_select(2, left), cells.index_select(2, right), across)
        yield (
            slice(start, stop),
            _mix(
                mixed.index_select(1, top - first), mixed.index_select(1, bottom - first), down.unsqueeze(1)
            ),
        )


def _neighbours(positions: Tensor, cells: int, stride: int) -> tuple[Tensor, Tensor, Tensor]:
    """The cells before and after each pixel position, and the weight of the latter in [0, 1)."""
    centres = ((positions + 0.5) / stride - 0.5).clamp(0, cells - 1)
    before = centres.floor().long()
    return before, (before + 1).clamp(max=cells - 1), centres - before


def _mix(first: Tensor, second: Tensor, weight: Tensor) -> Tensor:
    return first.float() * (1 - weight) + second.float() * weight
