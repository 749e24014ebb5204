"""How sure and how right: by hand, and against the formula of the paper written out pixel by pixel."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.evaluation.calibration import BINS, Calibration, count_calibration

IGNORE = 255


def counted(truth: list[int], predicted: list[int], confidence: list[float], classes: int = 2) -> Calibration:
    return count_calibration(
        np.array([truth], np.uint8),
        np.array([predicted], np.uint8),
        np.array([confidence], np.float32),
        classes,
    )


def test_a_bin_holds_what_is_above_its_lower_and_up_to_its_upper_end():
    found = counted([0] * 4, [0] * 4, [1 / 15 - 1e-3, 1 / 15 + 1e-3, 1.0, 14 / 15 + 1e-3])

    assert np.flatnonzero(found.bin_pixels).tolist() == [0, 1, 14]
    assert found.bin_pixels[14] == 2


def test_the_error_is_the_weighted_gap_of_the_bins():
    # Two pixels sure by 0.9, of which one is right; two sure by 0.5, both right: gaps 0.4 and 0.5.
    found = counted([0, 0, 1, 1], [0, 1, 1, 1], [0.9, 0.9, 0.5, 0.5])

    assert found.expected_error() == pytest.approx((2 * 0.4 + 2 * 0.5) / 4, abs=1e-6)
    assert found.accuracy == 0.75
    assert found.mean_confidence == pytest.approx(0.7, abs=1e-6)
    assert found.bin_accuracy[13] == 0.5
    assert found.bin_confidence[7] == pytest.approx(0.5)


def test_too_sure_and_too_unsure_do_not_cancel_out_between_bins():
    found = counted([0, 0], [0, 1], [0.6, 0.9])

    assert found.expected_error() == pytest.approx((0.4 + 0.9) / 2, abs=1e-6)


def test_pixels_without_a_true_class_count_nowhere():
    found = counted([0, IGNORE], [0, 0], [0.8, 0.8])

    assert found.pixels.sum() == found.hits.sum() == 1


def test_a_class_has_the_pixels_that_were_called_by_it():
    found = counted([0, 0, 1], [0, 1, 1], [0.9, 0.8, 0.7]).of(1)

    assert found.pixels.sum() == 2
    assert found.accuracy == 0.5
    assert found.mean_confidence == pytest.approx(0.75)


def test_nothing_has_no_error():
    found = counted([IGNORE], [0], [0.9])

    assert math.isnan(found.expected_error())
    assert math.isnan(found.accuracy)
    assert np.isnan(found.bin_accuracy).all()


CONFIDENCES = arrays.arrays(np.float32, (5, 6), elements=st.floats(0.0078125, 1, width=32))
LABELS = arrays.arrays(np.uint8, (5, 6), elements=st.integers(0, 2))


@given(LABELS, LABELS, CONFIDENCES)
def test_the_error_equals_the_papers_formula(truth, predicted, confidence):
    total = 0.0
    for number in range(BINS):
        # The bin's ends as the float32 that confidences are.
        scaled = confidence * np.float32(BINS)
        inside = (scaled > number) & (scaled <= number + 1)
        if inside.any():
            gap = (truth == predicted)[inside].mean() - confidence[inside].astype(np.float64).mean()
            total += inside.sum() / inside.size * abs(gap)

    found = count_calibration(truth, predicted, confidence, 3)
    assert found.expected_error() == pytest.approx(total, abs=1e-6)


@given(LABELS, LABELS, CONFIDENCES, st.integers(0, 5))
def test_counts_of_two_halves_add_up(truth, predicted, confidence, cut):
    halves = [
        count_calibration(truth[:, part], predicted[:, part], confidence[:, part], 3)
        for part in (slice(None, cut), slice(cut, None))
    ]
    whole = count_calibration(truth, predicted, confidence, 3)
    summed = halves[0] + halves[1]

    assert np.array_equal(summed.pixels, whole.pixels)
    assert np.array_equal(summed.hits, whole.hits)
    assert np.allclose(summed.confidence, whole.confidence)
