"""Metrics, all computed from pixel counts by true and predicted class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.classes import UNLABELLED, ClassList
from core.datasets import SegmentationDataset, Split
from core.datasets.dataset import frames_in_words
from core.errors import DatasetError
from core.evaluation.ratios import share, shares
from core.languages import sentence

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

IGNORE = UNLABELLED
"""The class number of pixels that have no true class: they are ignored."""


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
    """The names of the data set's classes that count as the model's class `number`."""
    table = truth_table(truth, model)
    return [name for own, name in enumerate(truth.names) if table[own] == number]


def check_classes_fit(dataset: SegmentationDataset, classes: ClassList, model: str) -> None:
    """DatasetError if a model with these classes knows none of a data set's, by name or by group."""
    if (truth_table(dataset.class_list, classes) == IGNORE).all():
        raise DatasetError(
            sentence(
                "{model} knows none of the classes of {name} ({names} ...); choose a model that was "
                "trained on these classes.",
                model=model,
                name=dataset.name,
                names=", ".join(dataset.class_list.names[:3]),
            )
        )


def no_known_pixel(dataset: SegmentationDataset, split: Split, model: str) -> DatasetError:
    """What is wrong with a split in which no pixel has a class that the model knows."""
    return DatasetError(
        sentence(
            "No pixel of the {frames} of {name} has a class that {model} knows; choose another split.",
            frames=frames_in_words(split, len(dataset.frames(split))),
            name=dataset.name,
            model=model,
        )
    )


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
    """Share of the counted pixels that were predicted correctly, in [0, 1]; NaN if nothing was counted.

    With Void left out of the counts, this is the article's `acc_camvid`.
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
    """Mean of `per_class_iou` over the classes that occur in the truth; NaN if none does."""
    ious = per_class_iou(confusion)
    return float(np.nanmean(ious)) if classes_in_mean(confusion) else float("nan")


def classes_in_mean(confusion: IntArray) -> int:
    """How many classes occur in the truth: those that `mean_iou` averages over."""
    return int((confusion.sum(axis=1) > 0).sum())


def per_class_precision(confusion: IntArray) -> FloatArray:
    """(C,) of the pixels predicted as a class, the share that are of it, in [0, 1]; NaN if there are none."""
    return shares(np.diag(confusion), confusion.sum(axis=0))


def per_class_recall(confusion: IntArray) -> FloatArray:
    """(C,) of the pixels of a class, the share predicted as it, in [0, 1]; NaN if there are none."""
    return shares(np.diag(confusion), confusion.sum(axis=1))


def class_frequency(confusion: IntArray) -> FloatArray:
    """(C,) each class's share of the counted pixels; sums to 1, NaN if nothing was counted."""
    true = confusion.sum(axis=1)
    return shares(true, np.full(len(true), true.sum()))


def row_shares(confusion: IntArray) -> FloatArray:
    """(C, C) each row as shares of its true class, in [0, 1]; NaN in the row of a class
    that is not in the truth.
    """
    return shares(confusion, np.repeat(confusion.sum(axis=1, keepdims=True), len(confusion), axis=1))
