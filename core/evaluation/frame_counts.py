"""The counts of each frame: which frames are worst, and where one class was predicted as another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.evaluation.ratios import shares

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
Cells = tuple[NDArray[np.int32], NDArray[np.uint32]]


@dataclass(frozen=True, eq=False)
class FrameCounts:
    """The confusion matrices of N frames without their zeros, and each frame's loss.

    names: the frames. classes: C. frames, pairs, pixels: (M,) for each entry its frame's index (ascending),
    its cell of the matrix as true * C + predicted, and the frame's pixels in that cell.
    losses: (N,) mean cross-entropy of the frame's counted pixels, in nats; NaN if none counts.
    """

    names: tuple[str, ...]
    classes: int
    frames: NDArray[np.int32]
    pairs: NDArray[np.int32]
    pixels: NDArray[np.uint32]
    losses: FloatArray

    def confusion(self, number: int | None = None) -> IntArray:
        """(C, C) pixel counts of the frame with that index, or of all: rows true, columns predicted."""
        chosen = slice(None) if number is None else self.frames == number
        size = self.classes * self.classes
        summed = np.bincount(self.pairs[chosen], weights=self.pixels[chosen], minlength=size)
        # float64 holds whole numbers up to 2^53, more than anybody has pixels
        return summed.astype(np.int64).reshape(self.classes, self.classes)

    @cached_property
    def counted(self) -> IntArray:
        """(N,) counted pixels of each frame."""
        return self._by_frame(np.ones(len(self.pairs), dtype=np.bool_))

    @cached_property
    def wrong(self) -> IntArray:
        """(N,) counted pixels of each frame that were predicted wrongly."""
        return self._by_frame(self.pairs // self.classes != self.pairs % self.classes)

    @cached_property
    def accuracies(self) -> FloatArray:
        """(N,) pixel accuracy of each frame, in [0, 1]; NaN if no pixel counts."""
        right = self.counted - self.wrong
        return shares(right, self.counted)

    @cached_property
    def mean_ious(self) -> FloatArray:
        """(N,) mean IoU of each frame over the classes in its truth, in [0, 1]; NaN if no pixel counts."""
        true, predicted = np.divmod(self.pairs, self.classes)
        shape = (len(self.names), self.classes)
        trues, founds, hits = (
            np.bincount(cells, weights=pixels, minlength=shape[0] * shape[1]).reshape(shape)
            for cells, pixels in (
                (self.frames * np.int64(self.classes) + true, self.pixels),
                (self.frames * np.int64(self.classes) + predicted, self.pixels),
                (
                    self.frames * np.int64(self.classes) + true,
                    np.where(true == predicted, self.pixels, 0),
                ),
            )
        )
        ious = np.divide(hits, trues + founds - hits, out=np.zeros(shape), where=trues > 0)
        occurring = (trues > 0).sum(axis=1)
        return shares(ious.sum(axis=1), occurring)

    def confused(self, true: int, predicted: int) -> tuple[NDArray[np.intp], IntArray]:
        """The frames in which the class `true` was predicted as `predicted`, most such pixels first.

        Returns their indices and how many such pixels each has; ties keep their order.
        """
        pixels = self._by_frame(self.pairs == true * self.classes + predicted)
        order = np.argsort(-pixels, kind="stable")[: np.count_nonzero(pixels)]
        return order, pixels[order]

    def worst_first(self, values: NDArray[np.float64], largest: bool) -> NDArray[np.intp]:
        """The frames' indices by their (N,) `values`, the `largest` or the smallest first; NaNs last."""
        return np.argsort(-values if largest else values, kind="stable")

    def _by_frame(self, chosen: NDArray[np.bool_]) -> IntArray:
        summed = np.bincount(self.frames[chosen], weights=self.pixels[chosen], minlength=len(self.names))
        return summed.astype(np.int64)


def filled_cells(confusion: IntArray) -> Cells:
    """The non-zero cells of a (C, C) matrix, as true * C + predicted, and their pixels."""
    cells = np.flatnonzero(confusion)
    return cells.astype(np.int32), confusion.ravel()[cells].astype(np.uint32)


def put_together(
    names: Sequence[str], classes: int, cells: Sequence[Cells], losses: Sequence[float]
) -> FrameCounts:
    """The counts of some frames, from each one's `filled_cells` and loss."""
    lengths = [len(pairs) for pairs, _ in cells]
    return FrameCounts(
        tuple(names),
        classes,
        np.repeat(np.arange(len(cells), dtype=np.int32), lengths),
        np.concatenate([pairs for pairs, _ in cells] or [np.empty(0, np.int32)]),
        np.concatenate([pixels for _, pixels in cells] or [np.empty(0, np.uint32)]),
        np.array(losses, dtype=np.float64),
    )
