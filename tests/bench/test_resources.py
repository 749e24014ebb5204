"""Whether a figure grows, and how surely."""

from __future__ import annotations

import math

import pytest

from bench.resources import slope


def test_a_straight_line_has_its_slope_and_no_doubt():
    found = slope([36.0 * number for number in range(100)], [5 + 0.02 * number for number in range(100)])

    assert found.per_hour == pytest.approx(2.0)  # 0.02 every 36 seconds
    assert found.within == pytest.approx(0.0, abs=1e-9)
    assert not found.may_be_none


def test_a_figure_that_only_goes_up_and_down_may_not_change():
    found = slope([36.0 * number for number in range(100)], [(number // 10) % 2 for number in range(100)])

    # Ten blocks in an hour, 0 and 1 in turns: the line through them rises by 0.25 / 8.25 a block.
    assert found.per_hour == pytest.approx(10 * 2.5 / 82.5)
    assert found.may_be_none


def test_too_few_samples_say_nothing():
    assert math.isinf(slope([0.0, 1.0], [3.0, 4.0]).within)
