"""The next place to look at is in doubt and not reviewed, and comes up once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from core.annotation import uncertain
from core.annotation.folder import share_reviewed
from core.annotation.runs import NOT_REVIEWED
from core.annotation.uncertain import next_place

SIZE = (60, 80)


@pytest.fixture
def entropy():
    """Two doubtful squares on a sure picture: 1.5 bits around (20, 20), 1 bit around (40, 60)."""
    steps = np.zeros(SIZE, np.uint8)
    steps[15:26, 15:26] = 75
    steps[35:46, 55:66] = 50
    return steps


@pytest.fixture
def mask():
    return np.full(SIZE, NOT_REVIEWED, np.uint8)


def test_the_middle_of_the_most_doubtful_area_comes_first(entropy, mask):
    assert next_place(entropy, mask) == (20, 20)


def test_then_the_next_one_and_then_none(entropy, mask):
    second = next_place(entropy, mask, [(20, 20)])
    assert second == (40, 60)
    assert next_place(entropy, mask, [(20, 20), second]) is None


def test_what_was_reviewed_is_left_alone(entropy, mask):
    mask[10:31, 10:31] = 4
    assert next_place(entropy, mask) == (40, 60)
    mask[:] = 4
    assert next_place(entropy, mask) is None


def test_a_thin_edge_is_no_place_to_look_at(mask):
    steps = np.zeros(SIZE, np.uint8)
    steps[:, 40] = 50  # one bit, one pixel wide
    assert next_place(steps, mask) is None


def test_a_sure_network_has_no_such_place(mask):
    assert next_place(np.full(SIZE, 5, np.uint8), mask) is None


@pytest.mark.parametrize("cells", [256, 6, 1])
@given(st.data(), array_shapes(min_dims=2, max_dims=2, max_side=20))
def test_the_place_is_never_one_that_was_reviewed_or_seen(cells, data, shape):
    entropy = data.draw(arrays(np.uint8, shape))
    mask = data.draw(arrays(np.uint8, shape, elements=st.sampled_from([0, NOT_REVIEWED])))
    seen = [divmod(data.draw(st.integers(0, mask.size - 1)), shape[1])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uncertain, "_CELLS", cells)
        place = next_place(entropy, mask, seen)
        assert place is None or (mask[place] == NOT_REVIEWED and place not in seen)
        assert place == next_place(entropy, mask, seen)


def test_a_large_picture_is_looked_at_in_squares(entropy, mask):
    """Four times as many pixels a side than squares: the same place, to a square."""
    large = np.kron(entropy, np.ones((16, 16), np.uint8))
    row, col = next_place(large, np.full(large.shape, NOT_REVIEWED, np.uint8))
    assert abs(row - 16 * 20.5) <= 5
    assert abs(col - 16 * 20.5) <= 5


def test_share_reviewed(mask):
    assert share_reviewed(mask) == 0
    mask[:15] = 30
    assert share_reviewed(mask) == 0.25
    mask[:] = 0
    assert share_reviewed(mask) == 1
