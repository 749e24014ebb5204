"""Distances from true boundaries, by hand and against a search through every pair of pixels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.evaluation.boundaries import FARTHEST, boundary_distances, count_boundaries

IGNORE = 255


def two_halves(width: int, cut: int, height: int = 1) -> np.ndarray:
    truth = np.zeros((height, width), np.uint8)
    truth[:, cut:] = 1
    return truth


def test_distances_count_from_the_pixels_of_another_class():
    assert boundary_distances(two_halves(8, 3), 2, 4)[0].tolist() == [3, 2, 1, 1, 2, 3, 4, 5]


def test_corners_touch():
    truth = np.zeros((3, 3), np.uint8)
    truth[0, 0] = 1

    assert boundary_distances(truth, 2, 2).tolist() == [[1, 1, 2], [1, 1, 2], [2, 2, 2]]


def test_the_border_of_void_is_no_boundary():
    truth = np.array([[0, 0, IGNORE, IGNORE, 0]], np.uint8)

    assert (boundary_distances(truth, 2, 3)[truth == 0] == 4).all()


def test_classes_on_both_sides_of_void_are_as_far_as_they_lie_apart():
    truth = np.array([[0, IGNORE, 1]], np.uint8)

    assert boundary_distances(truth, 2, 3)[0, [0, 2]].tolist() == [2, 2]


def test_the_highest_class_number_is_told_from_void():
    truth = np.array([[254, IGNORE, 253]], np.uint8)

    assert boundary_distances(truth, 255, 3)[0, [0, 2]].tolist() == [2, 2]


def test_a_picture_of_one_class_has_no_boundary():
    assert (boundary_distances(np.zeros((4, 5), np.uint8), 3) == FARTHEST + 1).all()


@given(
    arrays.arrays(np.uint8, (6, 7), elements=st.sampled_from([0, 1, 2, IGNORE])),
    st.integers(1, 5),
)
def test_distances_equal_a_search_through_all_pixels(truth, farthest):
    found = boundary_distances(truth, 3, farthest)

    known = np.argwhere(truth < 3)
    for row, col in known:
        others = [max(abs(r - row), abs(c - col)) for r, c in known if truth[r, c] != truth[row, col]]
        assert found[row, col] == min([*others, farthest + 1])


def test_accuracy_at_the_boundary_and_inside():
    # 12 columns, boundary after the fourth: 1, 2, 3 pixels away are columns 1 to 6; three of these are wrong.
    truth, predicted = two_halves(12, 4), two_halves(12, 7)
    predicted[0, 11] = 0
    counts = count_boundaries(truth, predicted, 2)

    assert counts.near_share(3) == pytest.approx(6 / 12)
    assert counts.accuracy(3) == pytest.approx(3 / 6)
    assert counts.inside_accuracy(3) == pytest.approx(5 / 6)
    near, inside = counts.class_accuracies(3)
    assert near.tolist() == [1, 0]
    assert inside.tolist() == [1, pytest.approx(4 / 5)]
    assert counts.by_distance()[:4].tolist() == pytest.approx([1 / 2, 1 / 2, 1 / 2, 1])


def test_pixels_without_a_true_class_are_not_counted():
    truth = two_halves(6, 3)
    truth[0, 0] = IGNORE

    assert count_boundaries(truth, truth, 2).pixels.sum() == 5


def test_nothing_counted_is_not_a_number():
    counts = count_boundaries(np.full((2, 2), IGNORE, np.uint8), np.zeros((2, 2), np.uint8), 2)

    assert math.isnan(counts.near_share())
    assert math.isnan(counts.accuracy())
    assert math.isnan(counts.inside_accuracy())
    assert np.isnan(counts.by_distance()).all()


def test_counts_of_two_pictures_add_up():
    first = count_boundaries(two_halves(8, 3), two_halves(8, 4), 2)
    second = count_boundaries(two_halves(9, 5), two_halves(9, 5), 2)

    assert (first + second).pixels.sum() == 17
    assert (first + second).hits.sum() == 16
