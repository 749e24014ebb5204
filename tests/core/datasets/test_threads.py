"""Work in threads: in order, a few results at a time, and over when it should be."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from core.datasets.threads import in_order


def test_results_come_in_the_items_order():
    later = threading.Event()

    def work(number: int) -> int:
        if number == 0 and threading.active_count() > 2:
            later.wait(10)  # the first is ready last
        else:
            later.set()
        return number * number

    assert list(in_order(work, range(50))) == [number * number for number in range(50)]


def test_only_a_few_items_are_taken_before_their_results_are():
    taken = []

    def items():
        for number in range(1000):
            taken.append(number)
            yield number

    with closing(in_order(str, items())) as results:
        assert next(results) == "0"
        assert len(taken) < 20


def test_the_first_error_ends_the_work():
    done = []

    def work(number: int) -> None:
        done.append(number)
        if number == 3:
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        list(in_order(work, range(1000)))
    assert len(done) < 30


def test_nothing_gives_nothing():
    assert list(in_order(str, [])) == []
