"""How good a segmentation is: pixels are counted first, every metric comes from the counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.classes import ClassList
from core.datasets import SegmentationDataset, Split
from core.errors import DatasetError
from core.evaluation.boundaries import FARTHEST, WIDTH, BoundaryCounts
from core.evaluation.calibration import BINS, Calibration
from core.evaluation.frame_counts import Cells, FrameCounts, put_together
from core.evaluation.ratios import share, shares

if TYPE_CHECKING:
    from core.segmentation.segmenter import Segmentation, Segmenter

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

IGNORE = 255
"""The number of pixels that have no true class: they are counted nowhere."""


def truth_table(truth: ClassList, model: ClassList) -> NDArray[np.uint8]:
    """(256,) lookup table from a data set's class numbers to a model's; Void becomes IGNORE."""
    table = np.full(256, IGNORE, dtype=np.uint8)
    table[: len(truth)] = truth.translation(model)
    if model.void is not None:
        table[table == model.void] = IGNORE
    if truth.void is not None:
        table[truth.void] = IGNORE
    return table


def counted_as(truth: ClassList, model: ClassList, number: int) -> list[str]:
    """The names of a data set's classes that count as a model's class `number`."""
    table = truth_table(truth, model)
    return [name for own, name in enumerate(truth.names) if table[own] == number]


def count_confusion(truth: NDArray[np.uint8], predicted: NDArray[np.uint8], classes: int) -> IntArray:
    """Count pixels by true and predicted class.

    truth, predicted: label maps of the same shape; pixels whose truth is `classes` or more (Void, as 255)
    are left out.
    Returns a (C, C) array of counts: rows true, columns predicted.
    """
    counted = truth < classes
    pairs = truth[counted].astype(np.int64) * classes + predicted[counted]
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def pixel_accuracy(confusion: IntArray) -> float:
    """Share of the counted pixels whose class was found, in [0, 1]; NaN when nothing was counted.

    With Void left out of the counts this is the article's `acc_camvid`.
    """
    return share(np.trace(confusion), confusion.sum())


def per_class_iou(confusion: IntArray) -> FloatArray:
    """(C,) intersection over union of each class, in [0, 1]; NaN for a class that is not in the truth.

    Source: Everingham et al., "The PASCAL Visual Object Classes Challenge", 2015, section 4.2.
    """
    hits = np.diag(confusion).astype(np.float64)
    true, predicted = confusion.sum(axis=1), confusion.sum(axis=0)
    union = true + predicted - hits
    return shares(hits, np.where(true > 0, union, 0))


def mean_iou(confusion: IntArray) -> float:
    """Mean of `per_class_iou` over the classes that occur as truth; NaN when none does."""
    ious = per_class_iou(confusion)
    return float(np.nanmean(ious)) if classes_in_mean(confusion) else float("nan")


def classes_in_mean(confusion: IntArray) -> int:
    """How many classes occur as truth: those that `mean_iou` averages over."""
    return int((confusion.sum(axis=1) > 0).sum())


def per_class_precision(confusion: IntArray) -> FloatArray:
    """(C,) of the pixels called by a class, the share that are of it, in [0, 1]; NaN where there are none."""
    return shares(np.diag(confusion), confusion.sum(axis=0))


def per_class_recall(confusion: IntArray) -> FloatArray:
    """(C,) of the pixels of a class, the share that was found, in [0, 1]; NaN where there are none."""
    return shares(np.diag(confusion), confusion.sum(axis=1))


def class_frequency(confusion: IntArray) -> FloatArray:
    """(C,) share of the counted pixels that are of each class; sums to 1, NaN when nothing was counted."""
    true = confusion.sum(axis=1)
    return shares(true, np.full(len(true), true.sum()))


def row_shares(confusion: IntArray) -> FloatArray:
    """(C, C) the matrix with each row as shares of its true class, in [0, 1]; NaN in the row of a class
    that is not in the truth.
    """
    return shares(confusion, np.repeat(confusion.sum(axis=1, keepdims=True), len(confusion), axis=1))


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A model measured on labelled frames. Figures never travel without what they were measured on."""

    model: str
    dataset: str
    split: str
    size: str
    images: int
    class_names: tuple[str, ...]
    confusion: IntArray

    def as_dict(self) -> dict[str, Any]:
        """Everything as JSON-ready values; None stands where there is nothing to divide by, such as the IoU
        of a class that is not in the truth.
        """
        return {
            "model": self.model,
            "dataset": self.dataset,
            "split": self.split,
            "size": self.size,
            "images": self.images,
            "classes": len(self.class_names),
            "acc_camvid": _json_ready(pixel_accuracy(self.confusion)),
            "mean_iou": _json_ready(mean_iou(self.confusion)),
            "classes_in_mean": classes_in_mean(self.confusion),
            "per_class_iou": self._by_class(per_class_iou),
            "precision": self._by_class(per_class_precision),
            "recall": self._by_class(per_class_recall),
            "frequency": self._by_class(class_frequency),
            "confusion": self.confusion.tolist(),
        }

    def _by_class(self, metric: Callable[[IntArray], FloatArray]) -> dict[str, float | None]:
        values = map(_json_ready, metric(self.confusion).tolist())
        return dict(zip(self.class_names, values, strict=True))


@dataclass(frozen=True, eq=False)
class SplitEvaluation(Evaluation):
    """A model measured on a data set's split: every pixel counted by class, confidence and place.

    class_list: the model's. frames: the counts of each frame, in the split's order.
    """

    class_list: ClassList
    frames: FrameCounts
    calibration: Calibration
    boundary: BoundaryCounts

    def as_dict(self) -> dict[str, Any]:
        """As `Evaluation.as_dict`, with calibration and boundary accuracy."""
        return super().as_dict() | {"calibration": self._calibration(), "boundary": self._boundary()}

    def _calibration(self) -> dict[str, Any]:
        bins = zip(
            self.calibration.bin_pixels.tolist(),
            self.calibration.bin_confidence.tolist(),
            self.calibration.bin_accuracy.tolist(),
            strict=True,
        )
        return {
            "expected_calibration_error": _json_ready(self.calibration.expected_error()),
            "mean_confidence": _json_ready(self.calibration.mean_confidence),
            "bins": [
                {
                    "above": number / BINS,
                    "up_to": (number + 1) / BINS,
                    "pixels": pixels,
                    "confidence": _json_ready(confidence),
                    "accuracy": _json_ready(accuracy),
                }
                for number, (pixels, confidence, accuracy) in enumerate(bins)
            ],
        }

    def _boundary(self) -> dict[str, Any]:
        pixels, accuracies = self.boundary.pixels.sum(axis=0).tolist(), self.boundary.by_distance().tolist()
        return {
            "width": WIDTH,
            "share": _json_ready(self.boundary.near_share()),
            "accuracy": _json_ready(self.boundary.accuracy()),
            "inside_accuracy": _json_ready(self.boundary.inside_accuracy()),
            "distances": [
                {
                    "distance": number + 1 if number < FARTHEST else None,
                    "pixels": count,
                    "accuracy": _json_ready(accuracy),
                }
                for number, (count, accuracy) in enumerate(zip(pixels, accuracies, strict=True))
            ],
        }


def _json_ready(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def evaluate(
    segmenter: Segmenter,
    dataset: SegmentationDataset,
    split: Split = "valid",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> SplitEvaluation:
    """Measure a model on a split, every picture at its own size, exactly as the app segments it.

    progress: called with the pictures done and their total; what it raises stops the work. DatasetError for
    a split without pictures, without a pixel that counts, or whose classes the model does not have.
    """
    from core.evaluation.frames import (
        measure_frames,  # imports torch, which those who only read figures do not need
    )

    frames = dataset.frames(split)
    if not frames:
        raise DatasetError(f"The split {split!r} of {dataset.name} has no pictures.")
    check_classes_fit(dataset, segmenter.class_list, segmenter.name)
    table = truth_table(dataset.class_list, segmenter.class_list)
    classes = len(segmenter.class_list)
    calibration, boundary = _nothing(classes)
    cells: list[Cells] = []
    losses: list[float] = []
    sizes = set()
    with closing(measure_frames(segmenter, dataset, frames, table)) as measured:
        for frame in measured:
            cells.append(frame.cells)
            losses.append(frame.loss)
            calibration += frame.calibration
            boundary += frame.boundary
            sizes.add("{1} x {0}".format(*frame.size))
            progress(len(cells), len(frames))
    counts = put_together([frame.name for frame in frames], classes, cells, losses)
    if not len(counts.pairs):
        raise DatasetError(
            f"No pixel of the split {split!r} of {dataset.name} has a class that {segmenter.name} knows."
        )
    return SplitEvaluation(
        segmenter.name,
        dataset.name,
        split,
        ", ".join(sorted(sizes)),
        len(frames),
        segmenter.class_list.names,
        counts.confusion(),
        segmenter.class_list,
        counts,
        calibration,
        boundary,
    )


def check_classes_fit(dataset: SegmentationDataset, classes: ClassList, model: str) -> None:
    """DatasetError when a model of these classes knows none of a data set's, by name or by group."""
    if (truth_table(dataset.class_list, classes) == IGNORE).all():
        raise DatasetError(
            f"{model} knows none of the classes of {dataset.name} ({', '.join(dataset.class_list.names[:3])} "
            "...); choose a model that was trained on such a data set."
        )


def mean_loss(segmentation: Segmentation, truth: NDArray[np.uint8]) -> float:
    """Cross-entropy in nats, the mean over the pixels that count; NaN where none does.

    truth: (H, W) class numbers of the segmentation's class list; IGNORE counts nowhere. A probability too
    small for float32 counts as the smallest: a pixel costs at most 87.4 nats.
    """
    counted = truth != IGNORE
    right = truth == segmentation.labels
    total = -np.log(segmentation.confidence[right]).sum(dtype=np.float64)
    # Where the network is right, its confidence is the true class's probability; the others are looked up.
    for rows, cols in _in_parts(*np.nonzero(counted & ~right)):
        probabilities = segmentation.probabilities(rows, cols)
        true = probabilities[np.arange(len(rows)), truth[rows, cols]]
        total -= np.log(np.maximum(true, np.finfo(np.float32).tiny)).sum(dtype=np.float64)
    return float(total / counted.sum()) if counted.any() else float("nan")


_PART = 65_536
"""Pixels whose probabilities are computed at a time: a wholly wrong picture must not fill the memory."""


def _in_parts(
    rows: NDArray[np.int_], cols: NDArray[np.int_]
) -> Iterator[tuple[NDArray[np.int_], NDArray[np.int_]]]:
    for start in range(0, len(rows), _PART):
        yield rows[start : start + _PART], cols[start : start + _PART]


def _nothing(classes: int) -> tuple[Calibration, BoundaryCounts]:
    bins, distances = np.zeros((classes, BINS), np.int64), np.zeros((classes, FARTHEST + 1), np.int64)
    return Calibration(bins, bins, bins.astype(np.float64)), BoundaryCounts(distances, distances)
