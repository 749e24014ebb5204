"""Which pixels a brush, a polygon and the bucket cover: checked against their rule, written out."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.annotation.strokes import brush, component, painted, polygon

SIZE = (9, 12)
points = st.tuples(st.integers(-12, 36), st.integers(-12, 30))


def centres():
    return [
        (row, col, Fraction(2 * col + 1), Fraction(2 * row + 1))
        for row in range(SIZE[0])
        for col in range(SIZE[1])
    ]


def nearest(x, y, start, end):
    """The point of a straight part that is nearest to (x, y)."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    square = dx * dx + dy * dy
    t = min(max(((x - start[0]) * dx + (y - start[1]) * dy) / Fraction(square), 0), 1) if square else 0
    return start[0] + t * dx, start[1] + t * dy


def parts(path):
    return list(pairwise(path)) if len(path) > 1 else [(path[0], path[0])]


@given(st.lists(points, min_size=1, max_size=4), st.integers(1, 12))
def test_a_round_brush_covers_the_centres_within_half_its_width(path, width):
    def covered(x, y):
        for start, end in parts(path):
            px, py = nearest(x, y, start, end)
            if (x - px) ** 2 + (y - py) ** 2 <= width**2:
                return True
        return False

    area = brush(SIZE, path, width)
    assert {(row, col) for row, col, x, y in centres() if covered(x, y)} == set(
        zip(*map(list, np.nonzero(area)), strict=True)
    )


@given(st.lists(points, min_size=1, max_size=4), st.integers(1, 12))
def test_a_square_brush_covers_what_its_square_passes_over(path, width):
    def covered(x, y):
        for start, end in parts(path):
            low, high = Fraction(0), Fraction(1)
            for place, begin, stop in ((x, start[0], end[0]), (y, start[1], end[1])):
                by = stop - begin
                if by:
                    times = sorted(
                        ((place - begin - width) / Fraction(by), (place - begin + width) / Fraction(by))
                    )
                    low, high = max(low, times[0]), min(high, times[1])
                elif abs(place - begin) > width:
                    low, high = Fraction(1), Fraction(0)
            if low <= high:
                return True
        return False

    area = brush(SIZE, path, width, "square")
    assert {(row, col) for row, col, x, y in centres() if covered(x, y)} == set(
        zip(*map(list, np.nonzero(area)), strict=True)
    )


@given(st.lists(points, min_size=3, max_size=7))
def test_a_polygon_covers_the_centres_inside_by_the_even_odd_rule(corners):
    def inside(x, y):
        crossings = 0
        for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], *corners[:1]], strict=True):
            if (y1 <= y) != (y2 <= y):
                crossings += x1 + (y - y1) * Fraction(x2 - x1, y2 - y1) <= x
        return crossings % 2 == 1

    area = polygon(SIZE, corners)
    assert {(row, col) for row, col, x, y in centres() if inside(x, y)} == set(
        zip(*map(list, np.nonzero(area)), strict=True)
    )


def test_polygons_that_share_an_edge_share_no_pixel_and_leave_none_out():
    left, right = [(0, 0), (11, 0), (7, 18), (0, 18)], [(11, 0), (24, 0), (24, 18), (7, 18)]
    assert (polygon(SIZE, left).astype(int) + polygon(SIZE, right) == 1).all()


@pytest.mark.parametrize(("width", "pixels"), [(1, 1), (2, 5), (3, 9), (4, 13)])
def test_a_dot_has_its_width(width, pixels):
    """Its point is the centre of a pixel: at width 2, those exactly one pixel away belong to it."""
    assert brush(SIZE, [(11, 9)], width).sum() == pixels


def test_strokes_and_polygons_outside_the_picture_cover_nothing():
    assert not brush(SIZE, [(-400, -400), (-300, 500)], 20).any()
    assert not polygon(SIZE, [(-40, -40), (-30, -40), (-30, 400)]).any()


def test_the_bucket_takes_the_pixels_that_hang_together():
    mask = np.array([[1, 1, 2], [2, 1, 2], [1, 2, 1]], dtype=np.uint8)
    assert component(mask, 0, 0).tolist() == [
        [True, True, False],
        [False, True, False],
        [False, False, False],
    ]


def test_painting_over_chosen_classes_leaves_the_others():
    mask = np.array([[0, 1, 2, 255]], dtype=np.uint8)
    everywhere = np.ones_like(mask, dtype=bool)
    assert painted(mask, everywhere, 7).tolist() == [[7, 7, 7, 7]]
    assert painted(mask, everywhere, 7, only=(1, 255)).tolist() == [[0, 7, 2, 7]]
    assert mask.tolist() == [[0, 1, 2, 255]]
