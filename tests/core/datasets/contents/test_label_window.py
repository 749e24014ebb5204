"""Windows of a label map: where they lie, and that they slide at the edges."""

from __future__ import annotations

import numpy as np
import pytest

from core.datasets.contents.label_window import class_edge, label_window


def test_the_pixel_is_in_the_middle() -> None:
    label = np.arange(100, dtype=np.uint8).reshape(10, 10)
    window = label_window(label, 5, 6, side=4)
    assert (window.top, window.left) == (3, 4)
    assert window.numbers.tolist() == [[34, 35, 36, 37], [44, 45, 46, 47], [54, 55, 56, 57], [64, 65, 66, 67]]


@pytest.mark.parametrize(
    ("pixel", "corner"), [((0, 0), (0, 0)), ((9, 9), (6, 6)), ((0, 9), (0, 6)), ((9, 0), (6, 0))]
)
def test_the_window_slides_at_the_edges(pixel: tuple[int, int], corner: tuple[int, int]) -> None:
    window = label_window(np.zeros((10, 10), dtype=np.uint8), *pixel, side=4)
    assert (window.top, window.left) == corner
    assert window.numbers.shape == (4, 4)


def test_a_small_picture_gives_what_it_has() -> None:
    window = label_window(np.ones((2, 3), dtype=np.uint8), 1, 1, side=12)
    assert (window.top, window.left, window.numbers.shape) == (0, 0, (2, 3))


def test_occurring_numbers_are_in_order() -> None:
    window = label_window(np.array([[7, 2], [2, 0]], dtype=np.uint8), 0, 0)
    assert window.occurring == [0, 2, 7]


def test_the_first_pixel_shown_is_where_classes_meet() -> None:
    label = np.zeros((60, 80), dtype=np.uint8)
    label[40:44, 60:64] = 1
    label[44:48, 60:64] = 2
    row, col = class_edge(label)
    assert label_window(label, row, col).occurring == [0, 1, 2]
