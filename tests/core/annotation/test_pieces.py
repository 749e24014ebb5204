"""Segments fall into pieces by colour and by label; pieces of one colour are linked to each other."""

import numpy as np
import pytest

from core.annotation.pieces import colour_links, pieces

WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def picture(rows):
    """An image of W and B letters."""
    return np.array([[WHITE if letter == "W" else BLACK for letter in row] for row in rows], np.uint8)


def groups(numbers):
    """Which pixels are together, in whatever order the pieces are numbered."""
    return {frozenset(np.flatnonzero(numbers.ravel() == number).tolist()) for number in np.unique(numbers)}


def test_a_segment_of_two_colours_falls_in_two_though_neither_hangs_together():
    image = picture(["WBWBWB", "WBWBWB"])
    one = np.zeros((2, 6), np.int32)
    found = pieces(image, one, np.zeros((2, 6), np.uint8))
    assert groups(found) == {frozenset({0, 2, 4, 6, 8, 10}), frozenset({1, 3, 5, 7, 9, 11})}


def test_a_segment_of_one_colour_is_cut_where_the_label_changes():
    image = picture(["WWWWWW", "WWWWWW"])
    labels = np.array([[3, 3, 3, 3, 7, 7]] * 2, np.uint8)
    found = pieces(image, np.zeros((2, 6), np.int32), labels)
    assert groups(found) == {frozenset({0, 1, 2, 3, 6, 7, 8, 9}), frozenset({4, 5, 10, 11})}


def test_a_tiny_segment_is_not_split_by_colour():
    image = picture(["WBWB", "WWWW"])
    segments = np.array([[0, 0, 0, 0], [1, 1, 1, 1]], np.int32)
    found = pieces(image, segments, np.zeros((2, 4), np.uint8))
    assert found.tolist() == [[0, 0, 0, 0], [1, 1, 1, 1]]
    assert found.dtype == np.int32


def test_a_piece_looks_more_at_a_neighbour_of_its_colour():
    numbers = np.array([[0, 1, 2]], np.int32)
    grey = np.array([[0.5] * 3, [0.5] * 3, [0.6] * 3], np.float32)
    links = colour_links(numbers, grey, near=0.1).toarray()
    less = np.exp(-3 * 0.1**2 / 0.1**2)
    assert links[0].tolist() == pytest.approx([0, 1, 0])
    assert links[1].tolist() == pytest.approx([1 / (1 + less), 0, less / (1 + less)], rel=1e-4)
    assert links[2].tolist() == pytest.approx([0, 1, 0])


def test_a_piece_unlike_all_around_it_looks_at_nobody():
    numbers = np.array([[0, 1, 0]], np.int32)
    links = colour_links(numbers, np.array([[0] * 3, [1] * 3], np.float32), near=0.1).toarray()
    assert links.max() < 1e-6


def test_a_longer_border_counts_by_its_root():
    numbers = np.array([[1, 1, 1, 1], [0, 0, 0, 0], [2, 3, 3, 3]], np.int32)
    same = np.zeros((4, 3), np.float32)
    links = colour_links(numbers, same, near=0.1).toarray()
    roots = np.array([0, 4**0.5, 1, 3**0.5])
    assert links[0].tolist() == pytest.approx((roots / roots.sum()).tolist(), rel=1e-5)


def test_a_picture_of_one_piece_has_no_links():
    assert colour_links(np.zeros((2, 2), np.int32), np.zeros((1, 3), np.float32), near=0.1).nnz == 0
