"""What a label map is worth against a truth: counts first, and every figure from the counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.classes import UNLABELLED, ClassList
from core.evaluation.metrics import (
    classes_in_mean,
    count_confusion,
    mean_iou,
    per_class_iou,
    pixel_accuracy,
)
from core.evaluation.ratios import share
from core.grading.frames import CLASSES

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Grade:
    """The figures of one label map.

    confusion: (C + 1, C + 1) pixels, rows true, columns given. The last column is what has none of the C
    classes; its row is empty, for what has no true class is not counted.
    """

    confusion: IntArray

    @property
    def accuracy(self) -> float:
        """Share of the counted pixels that have the right class, in [0, 1]; NaN if none is counted."""
        return pixel_accuracy(self.confusion)

    @property
    def mean_iou(self) -> float:
        """Mean IoU over the classes that occur in the truth, in [0, 1]; NaN if none does."""
        return mean_iou(self.confusion)

    @property
    def classes_in_mean(self) -> int:
        """How many classes occur in the truth."""
        return classes_in_mean(self.confusion)

    @property
    def ious(self) -> FloatArray:
        """(C,) IoU of each class, in [0, 1]; NaN for a class that is not in the truth."""
        return per_class_iou(self.confusion)[:-1]

    @property
    def left_out(self) -> float:
        """Share of the counted pixels that were given no class, all of them wrong; NaN if none is counted."""
        return share(self.confusion[:, -1].sum(), self.confusion.sum())


def grade(truth: NDArray[np.uint8], given: NDArray[np.uint8], classes: int = len(CLASSES)) -> Grade:
    """Grade a label map.

    truth, given: (H, W) class numbers. A pixel whose truth is `classes` or more is not counted; a counted
    pixel that was given such a number, as UNLABELLED, is wrong.
    """
    nothing = np.uint8(classes)
    truth = np.where(truth < classes, truth, np.uint8(UNLABELLED))
    return Grade(count_confusion(truth, np.minimum(given, nothing), classes + 1))


def as_painted(labels: NDArray[np.uint8], classes: ClassList) -> NDArray[np.uint8]:
    """A network's (H, W) label map in the numbers of CLASSES; UNLABELLED for what is none of them.

    classes: the network's. What it tells apart finer counts as what it is grouped as.
    """
    table = np.full(256, UNLABELLED, np.uint8)
    table[: len(classes)] = classes.translation(CLASSES)
    translated: NDArray[np.uint8] = table[labels]
    return translated
