"""Patches: what they hide, and that a network which sees one pixel only cares for that one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.errors import PixelOutsideError, SizeError
from core.inside.occlusion import Patch, mean_colour, occlude, occluded
from core.segmentation.segmenter import Segmenter

places = st.integers(-30, 60)


@given(row=places, col=places, side=st.integers(0, 70))
def test_a_patch_has_the_mean_colour_and_the_rest_stays(row: int, col: int, side: int) -> None:
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    patch = Patch(row, col, side)
    rows, cols = np.mgrid[:20, :30]
    inside = (row <= rows) & (rows < row + side) & (col <= cols) & (cols < col + side)

    hidden = occluded(image, patch)

    assert (hidden[inside] == mean_colour(image)).all()
    assert (hidden[~inside] == image[~inside]).all()
    assert inside[5, 7] == patch.covers(5, 7)


def test_a_patch_of_side_0_changes_nothing(segmenter: Segmenter, picture: NDArray[np.uint8]) -> None:
    found = occlude(segmenter, picture, (30, 20), Patch(30, 20, 0))

    assert (found.change == 0).all()


def test_a_network_that_sees_one_pixel_needs_that_one_alone(
    segmenter: Segmenter, picture: NDArray[np.uint8]
) -> None:
    beside = occlude(segmenter, picture, (30, 20), Patch(30, 21, 9))
    over = occlude(segmenter, picture, (30, 20), Patch(30, 20, 9))

    assert (beside.change == 0).all()
    assert over.change[1] < -0.5  # the road
    assert over.after.sum() == pytest.approx(1)


def test_what_is_read_is_what_the_segmentation_says(segmenter: Segmenter, picture: NDArray[np.uint8]) -> None:
    whole = segmenter.segment(picture)

    found = occlude(segmenter, picture, (12, 40), Patch(0, 0, 0))

    assert (found.before == whole.probabilities(np.array([12]), np.array([40]))[0]).all()


def test_a_pixel_outside_and_a_negative_side_are_refused(
    segmenter: Segmenter, picture: NDArray[np.uint8]
) -> None:
    with pytest.raises(PixelOutsideError, match="rows are 0 to 39 and columns 0 to 47"):
        occlude(segmenter, picture, (40, 0), Patch(0, 0, 4))
    with pytest.raises(SizeError, match="give 0 or more"):
        occluded(picture, Patch(0, 0, -1))
