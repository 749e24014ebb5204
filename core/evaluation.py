"""How good a segmentation is: pixels are counted first, every metric comes from the counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.classes import ClassList
from core.datasets import SegmentationDataset, Split
from core.errors import DatasetError
from core.segmentation import LARGEST_SIZE, Segmenter

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
    total = confusion.sum()
    return float(np.trace(confusion) / total) if total else float("nan")


def per_class_iou(confusion: IntArray) -> FloatArray:
    """(C,) intersection over union of each class, in [0, 1]; NaN for a class that is not in the truth.

    Source: Everingham et al., "The PASCAL Visual Object Classes Challenge", 2015, section 4.2.
    """
    hits = np.diag(confusion).astype(np.float64)
    true, predicted = confusion.sum(axis=1), confusion.sum(axis=0)
    union = true + predicted - hits
    ious: FloatArray = np.divide(hits, union, out=np.full(len(hits), np.nan), where=true > 0)
    return ious


def mean_iou(confusion: IntArray) -> float:
    """Mean of `per_class_iou` over the classes that occur as truth; NaN when none does."""
    ious = per_class_iou(confusion)
    return float(np.nanmean(ious)) if classes_in_mean(confusion) else float("nan")


def classes_in_mean(confusion: IntArray) -> int:
    """How many classes occur as truth: those that `mean_iou` averages over."""
    return int((confusion.sum(axis=1) > 0).sum())


@dataclass(frozen=True)
class Evaluation:
    """A model measured on a data set's split. Figures never travel without what they were measured on."""

    model: str
    dataset: str
    split: str
    size: str
    images: int
    class_names: tuple[str, ...]
    confusion: IntArray

    def as_dict(self) -> dict[str, Any]:
        """Everything as JSON-ready values; a class that is not in the truth has an IoU of None."""
        ious = per_class_iou(self.confusion)
        return {
            "model": self.model,
            "dataset": self.dataset,
            "split": self.split,
            "size": self.size,
            "images": self.images,
            "classes": len(self.class_names),
            "acc_camvid": pixel_accuracy(self.confusion),
            "mean_iou": mean_iou(self.confusion),
            "classes_in_mean": classes_in_mean(self.confusion),
            "per_class_iou": {
                name: None if np.isnan(iou) else float(iou)
                for name, iou in zip(self.class_names, ious, strict=True)
            },
            "confusion": self.confusion.tolist(),
        }


def evaluate(
    segmenter: Segmenter,
    dataset: SegmentationDataset,
    split: Split = "valid",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Evaluation:
    """Measure a model on a split, every picture at its own size, exactly as the app segments it.

    progress: called with the pictures done and their total. DatasetError for a split without pictures, or
    without a pixel that counts.
    """
    frames = dataset.frames(split)
    if not frames:
        raise DatasetError(f"The split {split!r} of {dataset.name} has no pictures.")
    table = truth_table(dataset.class_list, segmenter.class_list)
    classes = len(segmenter.class_list)
    confusion = np.zeros((classes, classes), dtype=np.int64)
    sizes = set()
    for done, frame in enumerate(frames, start=1):
        image, label = dataset.read(frame)
        segmentation = segmenter.segment(image)
        if segmentation.labels.shape != label.shape:
            raise DatasetError(
                f"{frame.image.name} is larger than the {LARGEST_SIZE} pixels that pictures are segmented at."
            )
        confusion += count_confusion(table[label], segmentation.labels, classes)
        sizes.add(f"{label.shape[1]} x {label.shape[0]}")
        progress(done, len(frames))
    if not confusion.any():
        raise DatasetError(
            f"No pixel of the split {split!r} of {dataset.name} has a class that {segmenter.name} knows."
        )
    return Evaluation(
        segmenter.name,
        dataset.name,
        split,
        ", ".join(sorted(sizes)),
        len(frames),
        segmenter.class_list.names,
        confusion,
    )
