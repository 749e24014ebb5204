"""Where a prediction is wrong: the classes of truth and network meet, and Void counts nowhere."""

from __future__ import annotations

import numpy as np
import pytest

from core.classes import CAMVID_11, CAMVID_32, ClassList, SegmentationClass
from core.errors import DatasetError
from core.evaluation.frame_errors import frame_errors
from core.evaluation.metrics import pixel_accuracy


def numbers(classes: ClassList, *names: str) -> np.ndarray:
    return np.array([[classes.index(name) for name in names]], dtype=np.uint8)


def test_right_wrong_and_uncounted_pixels_are_told_apart() -> None:
    truth = numbers(CAMVID_32, "Road", "Sky", "Void", "Car")
    predicted = numbers(CAMVID_32, "Road", "Tree", "Road", "Car")
    errors = frame_errors(truth, CAMVID_32, predicted, CAMVID_32)
    right, nothing = len(CAMVID_32), len(CAMVID_32) + 1
    assert errors.labels.tolist() == [[right, CAMVID_32.index("Tree"), nothing, right]]
    assert errors.labels.dtype == np.uint8
    assert errors.confusion.sum() == 3
    assert pixel_accuracy(errors.confusion) == pytest.approx(2 / 3)


def test_the_32_classes_count_as_their_group_of_the_11() -> None:
    truth = numbers(CAMVID_32, "LaneMkgsDriv", "Truck_Bus", "Train")
    predicted = numbers(CAMVID_11, "Road", "Building", "Car")
    errors = frame_errors(truth, CAMVID_32, predicted, CAMVID_11)
    # a lane marking counts as Road; a bus as Car; a train as nothing that the network knows
    assert errors.labels.tolist() == [[11, CAMVID_11.index("Building"), 12]]


def test_sizes_that_differ_are_named() -> None:
    small, large = np.zeros((2, 3), dtype=np.uint8), np.zeros((4, 5), dtype=np.uint8)
    with pytest.raises(DatasetError, match="3 x 2 pixels and the prediction 5 x 4"):
        frame_errors(small, CAMVID_11, large, CAMVID_11)


def test_a_frame_without_a_known_class_has_nothing_to_compare() -> None:
    other = ClassList("Fruit", (SegmentationClass("Apple", (255, 0, 0)),))
    label = np.zeros((2, 2), dtype=np.uint8)
    with pytest.raises(DatasetError, match="No pixel"):
        frame_errors(label, other, label, CAMVID_11)
