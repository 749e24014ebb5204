"""Times are written in two digits, in the unit that people would use, or as on a clock."""

from __future__ import annotations

import pytest

from core.durations import clock, duration, estimate


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a second"),
        (0.2, "less than a second"),
        (1.4, "1 s"),
        (42.4, "42 s"),
        (99.4, "99 s"),
        (99.9, "1.7 min"),
        (600, "10 min"),
        (5900, "98 min"),
        (5990, "1.7 hours"),
        (36_000, "10 hours"),
        (47.4 * 3600, "47 hours"),
        (48 * 3600, "2.0 days"),
        (100 * 86400, "100 days"),
        (1e12, "12000000 days"),
    ],
)
def test_times_are_written_in_two_digits(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_an_estimate_says_that_it_is_one() -> None:
    assert estimate(99.9) == "about 1.7 min"
    assert estimate(0.2) == "less than a second"


@pytest.mark.parametrize(
    ("seconds", "written"), [(0, "00:00"), (59.5, "01:00"), (3599.4, "59:59"), (7325, "2:02:05")]
)
def test_a_clock_shows_times_as_fastai_does(seconds: float, written: str) -> None:
    assert clock(seconds) == written
