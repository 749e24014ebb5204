"""Outlines: filled one after the other, as Pillow fills, they give every mask again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.annotation.exchange.outlines import Outline, filled, outlines
from core.errors import AnnotationError


@given(
    arrays.arrays(
        np.uint8,
        st.tuples(st.integers(1, 14), st.integers(1, 14)),
        elements=st.integers(0, 3),
        fill=st.nothing(),
    )
)
def test_outlines_filled_one_after_the_other_give_the_mask(mask):
    drawn = np.full_like(mask, 9)
    for outline in outlines(mask):
        drawn[filled(mask.shape, outline.corners, "a")] = outline.number

    assert np.array_equal(drawn, mask)


def test_a_frame_comes_before_what_is_in_it():
    mask = np.zeros((4, 4), np.uint8)
    mask[1:3, 1:3] = 1

    assert outlines(mask) == [
        Outline(0, ((0, 0), (3, 0), (3, 3), (0, 3))),
        Outline(1, ((1, 1), (2, 1), (2, 2), (1, 2))),
    ]


@pytest.mark.parametrize("corner", [(1e9, 0.0), (float("nan"), 0.0), (0.0, float("inf"))])
def test_a_corner_far_away_is_refused(corner):
    with pytest.raises(AnnotationError, match="far outside"):
        filled((8, 8), [(0.0, 0.0), corner, (1.0, 1.0)], "a")
