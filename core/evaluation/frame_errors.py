"""Where a prediction of one labelled frame is wrong, in the class list of the network that made it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.classes import ClassList
from core.errors import DatasetError
from core.evaluation.metrics import IGNORE, IntArray, count_confusion, truth_table
from core.languages import sentence


@dataclass(frozen=True, eq=False)
class FrameErrors:
    """A frame's prediction compared with its truth.

    confusion: (C, C) pixel counts, rows true, columns predicted; pixels without a true class are ignored.
    labels: (H, W) the predicted class where it is wrong, C where it is right, C + 1 where it is ignored.
    """

    confusion: IntArray
    labels: NDArray[np.uint8]


def frame_errors(
    truth: NDArray[np.uint8], truth_classes: ClassList, predicted: NDArray[np.uint8], classes: ClassList
) -> FrameErrors:
    """Compare a prediction with a label map.

    truth: (H, W) numbers of `truth_classes`. predicted: (H, W) numbers of `classes`. A true class counts as
    the class of the same name, else as its group; Void and classes that the network does not have are
    ignored. DatasetError if the two differ in size, or if no pixel counts.
    """
    if truth.shape != predicted.shape:
        raise DatasetError(
            sentence(
                "The label map is {width} x {height} pixels and the prediction {own_width} x {own_height}; "
                "give a frame that is not scaled down.",
                width=truth.shape[1],
                height=truth.shape[0],
                own_width=predicted.shape[1],
                own_height=predicted.shape[0],
            )
        )
    mapped = truth_table(truth_classes, classes)[truth]
    if (mapped == IGNORE).all():
        raise DatasetError(
            sentence("No pixel of this frame has one of the network's classes ({name}).", name=classes.name)
        )
    right, nothing = np.uint8(len(classes)), np.uint8(len(classes) + 1)
    labels = np.where(mapped == predicted, right, predicted)
    labels[mapped == IGNORE] = nothing
    return FrameErrors(count_confusion(mapped, predicted, len(classes)), labels)
