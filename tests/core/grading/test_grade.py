"""Figures of what was painted, by hand: 255 is no class, in the truth as in what was given."""

from __future__ import annotations

import numpy as np
import pytest

from core.classes import CAMVID_11, CAMVID_32, UNLABELLED
from core.evaluation.metrics import count_confusion, mean_iou
from core.grading.frames import CLASSES, SIZE, TITLES, open_frame
from core.grading.grade import as_painted, grade

TRUTH = np.array([[0, 0, 0, 0], [1, 1, 255, 255]], np.uint8)


def test_what_has_no_class_counts_as_wrong_and_what_has_no_truth_for_nobody() -> None:
    given = np.array([[0, 0, 1, 255], [1, 255, 0, 1]], np.uint8)

    found = grade(TRUTH, given, classes=3)

    assert found.accuracy == 3 / 6
    assert found.left_out == 2 / 6
    np.testing.assert_array_equal(found.ious, [2 / 4, 1 / 3, np.nan])
    assert found.classes_in_mean == 2
    assert found.mean_iou == pytest.approx((2 / 4 + 1 / 3) / 2)


def test_the_truth_itself_is_all_right_and_nothing_is_all_wrong() -> None:
    assert grade(TRUTH, TRUTH, classes=3).mean_iou == 1
    nothing = grade(TRUTH, np.full_like(TRUTH, 255), classes=3)
    assert (nothing.accuracy, nothing.mean_iou, nothing.left_out) == (0, 0, 1)


def test_a_whole_label_map_is_graded_as_an_evaluation_counts_it() -> None:
    dice = np.random.default_rng(3)
    truth = dice.integers(0, 12, (40, 50), dtype=np.uint8)
    given = dice.integers(0, 11, (40, 50), dtype=np.uint8)

    confusion = count_confusion(truth, given, 11)

    np.testing.assert_array_equal(grade(truth, given).confusion[:-1, :-1], confusion)
    assert grade(truth, given).mean_iou == mean_iou(confusion)


def test_a_network_with_finer_classes_is_graded_by_what_they_are_grouped_as() -> None:
    names = ("Road", "LaneMkgsDriv", "SUVPickupTruck", "Void", "Animal")
    labels = np.array([[CAMVID_32.index(name) for name in names] + [200]], np.uint8)

    road, car = CAMVID_11.index("Road"), CAMVID_11.index("Car")
    assert as_painted(labels, CAMVID_32).tolist() == [[road, road, car, *[UNLABELLED] * 3]]


@pytest.mark.parametrize("name", TITLES)
def test_no_class_of_a_frame_is_too_small_to_paint(name: str) -> None:
    frame = open_frame(name)

    assert frame.image.shape == (*SIZE[::-1], 3)
    assert frame.truth.shape == SIZE[::-1]
    pixels = np.bincount(frame.truth.ravel(), minlength=256)
    assert pixels[len(CLASSES) : UNLABELLED].sum() == 0
    assert all(count == 0 or count >= frame.truth.size / 1000 for count in pixels[: len(CLASSES)])
    assert (pixels[: len(CLASSES)] > 0).sum() >= 10
