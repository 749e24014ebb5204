"""The photos that the bench sends, and when."""

from __future__ import annotations

import statistics

import numpy as np

from bench.arrivals import PHOTO, arrival_times, numbered
from core.photos import images


def test_photos_differ_in_their_bytes_and_not_in_their_pixels():
    photo = PHOTO.read_bytes()
    first, second = numbered(photo, 1), numbered(photo, 2)

    assert first != second
    assert np.array_equal(images.decode(first), images.decode(photo))


def test_arrivals_are_independent_of_each_other_and_the_same_each_time():
    times = arrival_times(10.0, 1000.0)
    gaps = np.diff(times)

    assert times == arrival_times(10.0, 1000.0)
    # Exponential: mean and standard deviation are alike. 10,000 gaps; each within four standard errors.
    assert abs(statistics.fmean(gaps) / 0.1 - 1) < 0.04
    assert abs(statistics.stdev(gaps) / 0.1 - 1) < 0.06
