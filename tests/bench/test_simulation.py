"""The simulation agrees with the theory of queues, where there is one."""

from __future__ import annotations

import random
import statistics

import pytest

from bench.arrivals import arrival_times
from bench.simulation import Times, percentiles, rate_of, simulate

RATE, REQUESTS = 0.5, 20_000
"""With a mean time of 1 at the worker, it is busy for half of the time. The theory's own standard error of a
mean of so many times in an M/M/1 queue is 2 % (Daley, 1968)."""


def mean_seconds(draw, workers: int = 1, rate: float = RATE) -> float:
    return statistics.fmean(simulate(arrival_times(rate, REQUESTS / rate), workers, draw))


def test_with_exponential_times_it_is_m_m_1():
    chance = random.Random(1)  # noqa: S311

    # Mean time in the system: 1 / (mu - lambda). Kleinrock, "Queueing Systems", volume 1, 1975, (3.26).
    assert mean_seconds(lambda _: chance.expovariate(1.0)) == pytest.approx(1 / (1 - RATE), rel=0.05)


def test_with_constant_times_it_is_m_d_1():
    # Pollaczek and Khinchine: 1 + rho / (2 (1 - rho)). Kleinrock, volume 1, (5.75).
    assert mean_seconds(lambda _: 1.0) == pytest.approx(1 + RATE / (2 * (1 - RATE)), rel=0.05)


def test_two_workers_with_exponential_times_are_m_m_2():
    chance = random.Random(2)  # noqa: S311

    # With rho = lambda / (2 mu), the mean time is 1 / (mu (1 - rho^2)). Erlang's C for two servers.
    seconds = mean_seconds(lambda _: chance.expovariate(1.0), workers=2, rate=2 * RATE)
    assert seconds == pytest.approx(1 / (1 - RATE**2), rel=0.05)


def test_the_queue_is_first_come_first_served():
    assert simulate([0.0, 0.1, 0.2, 9.0], 1, lambda _: 1.0) == pytest.approx([1.0, 1.9, 2.8, 1.0])


def test_who_computes_has_a_share_of_the_cores():
    # One second of work each, on one core: alone until 0.5, then half as fast.
    assert simulate([0.0, 0.5], 2, lambda _: 1.0, cores=1) == pytest.approx([1.5, 1.5])
    assert simulate([0.0, 0.5], 2, lambda _: 1.0, cores=2) == pytest.approx([1.0, 1.0])


def test_cores_that_are_shared_are_not_idle_while_there_is_work():
    due = [0.0] * 40

    assert rate_of(due, simulate(due, 2, lambda _: 0.12, 0.014, cores=2)) == pytest.approx(
        2 / 0.134, rel=0.05
    )


def test_a_worker_takes_longer_while_the_other_one_is_busy():
    draw = Times(outside=0.0, alone=[1.0], together=[3.0]).draw(random.Random(0))  # noqa: S311

    assert simulate([0.0, 0.5, 9.0], 2, draw) == [1.0, 3.0, 1.0]


def test_what_clients_see_is_taken_apart():
    # At 10 a second two cores have 0.2 for each: 0.05 outside of the worker, 0.15 of it. So the other 0.05
    # that two clients wait are nobody's, and one client's 0.17 leave 0.07 for the worker.
    times = Times.of_clients([0.17, 0.19], [0.24, 0.26], 10.0, 0.05)

    assert (times.outside, times.waiting) == pytest.approx((0.05, 0.05))
    assert times.alone == pytest.approx([0.07, 0.09])
    assert times.together == pytest.approx([0.14, 0.16])


def test_waiting_for_the_disk_takes_nobodys_core():
    assert simulate([0.0, 0.0], 2, lambda _: 1.0, cores=1, waiting=0.5) == pytest.approx([2.5, 2.5])


def test_nobody_computes_while_the_machine_stands_still():
    stalls = [(0.5, 0.8), (1.2, 1.3)]

    assert simulate([0.0, 5.0], 1, lambda _: 1.0, stalls=stalls) == pytest.approx([1.4, 1.0])


def test_rate_and_percentiles_of_what_was_found():
    assert rate_of([0.0, 1.0, 2.0], [1.0, 3.0, 1.0]) == 0.75
    assert percentiles([float(number) for number in range(101)]) == (50.0, 95.0, 99.0)
