"""Counts of single frames: what was put in comes out, and the worst frames come first."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.evaluation.frame_counts import FrameCounts, filled_cells, put_together
from core.evaluation.metrics import mean_iou, pixel_accuracy

FIRST = np.array([[5, 1, 0], [0, 4, 0], [0, 0, 0]])
SECOND = np.array([[2, 3, 0], [0, 0, 0], [0, 1, 1]])
EMPTY = np.zeros((3, 3), dtype=np.int64)


def together(*matrices: np.ndarray) -> FrameCounts:
    names = [f"frame {number}" for number in range(len(matrices))]
    return put_together(names, 3, [filled_cells(each) for each in matrices], [0.5] * len(matrices))


def test_counts_are_given_back_for_each_frame_and_for_all():
    frames = together(FIRST, SECOND, EMPTY)

    assert frames.confusion(0).tolist() == FIRST.tolist()
    assert frames.confusion(1).tolist() == SECOND.tolist()
    assert frames.confusion(2).tolist() == EMPTY.tolist()
    assert frames.confusion().tolist() == (FIRST + SECOND).tolist()


def test_wrong_and_counted_pixels_of_each_frame():
    frames = together(FIRST, SECOND, EMPTY)

    assert frames.counted.tolist() == [10, 7, 0]
    assert frames.wrong.tolist() == [1, 4, 0]
    assert frames.accuracies[:2].tolist() == pytest.approx([9 / 10, 3 / 7])
    assert math.isnan(frames.accuracies[2])
    assert math.isnan(frames.mean_ious[2])


@given(st.lists(arrays.arrays(np.int64, (3, 3), elements=st.integers(0, 50)), min_size=1, max_size=4))
def test_figures_of_a_frame_are_those_of_its_matrix(matrices):
    frames = together(*matrices)

    for number, matrix in enumerate(matrices):
        assert frames.accuracies[number] == pytest.approx(pixel_accuracy(matrix), nan_ok=True)
        assert frames.mean_ious[number] == pytest.approx(mean_iou(matrix), nan_ok=True)


def test_frames_with_most_of_a_confusion_come_first():
    numbers, pixels = together(FIRST, SECOND, EMPTY).confused(0, 1)

    assert numbers.tolist() == [1, 0]
    assert pixels.tolist() == [3, 1]


def test_a_confusion_that_never_happens_is_in_no_frame():
    numbers, pixels = together(FIRST).confused(2, 0)

    assert len(numbers) == len(pixels) == 0


def test_worst_frames_come_first_and_those_without_a_figure_last():
    frames = together(FIRST, EMPTY, SECOND)

    assert frames.worst_first(frames.accuracies, largest=False).tolist() == [2, 0, 1]
    assert frames.worst_first(np.array([1.0, math.nan, 2.0]), largest=True).tolist() == [2, 0, 1]


def test_no_frames_have_no_counts():
    assert together().confusion().tolist() == EMPTY.tolist()
