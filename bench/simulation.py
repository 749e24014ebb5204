"""Arrivals, a queue, workers and the cores that all share, simulated: how long requests take.

A request is work for the processors three times: for the client, HTTP and the broker on its way in; for a
worker, whose turn it has to wait for; and again for the others on its way out. Whatever computes has an equal
share of the cores, and never more than one. In between it waits for the disk and for processes to wake up,
which takes nobody's core. While the machine stands still, nobody computes.

`python -m bench.simulation RATE WORKERS` answers from the times in service.json, which `python -m bench
service` measured: so many requests a second for a minute, by chance, and so many workers of that kind.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import simpy

from bench.arrivals import arrival_times

MEASURED = Path(__file__).with_name("service.json")
ALONE, TOGETHER, OUTSIDE = "worker alone, ms", "workers together, ms", "outside of the worker, ms"
WAITING = "on nobody's core, ms"
"""Rows of the part that has them."""

CORES = 2
"""Of the machine that the bench is for."""

_NOTHING = 1e-9
"""Seconds that are left of no work by rounding."""

Draw = Callable[[float], float]
"""A worker's seconds for the next photo. Its parameter: which share of the other workers is busy, 0 to 1."""


@dataclass(frozen=True)
class Times:
    """What a request takes, in seconds of a core.

    outside: client, HTTP and broker. alone, together: a worker for a photo, while all others are idle and
    while all are busy: those on one machine share its memory too. waiting: seconds of no core.
    """

    outside: float
    alone: Sequence[float]
    together: Sequence[float]
    waiting: float = 0.0

    @classmethod
    def of_clients(cls, one: Sequence[float], both: Sequence[float], rate: float, outside: float) -> Times:
        """Times from a server with two workers on two cores.

        one, both: seconds of requests of one client that pauses, and of two clients at once: none has to wait
        for a worker. rate: photos a second while there is always one in the queue, and so no core is idle;
        what two clients' photos take beyond that is time of no core. outside: as measured.
        """
        waiting = max(0.0, statistics.fmean(both) - CORES / rate)
        around = outside + waiting
        return cls(
            outside,
            [max(0.0, each - around) for each in one],
            [max(0.0, each - around) for each in both],
            waiting,
        )

    def draw(self, chance: random.Random) -> Draw:
        """Draws from what was measured."""

        def drawn(share: float) -> float:
            return chance.choice(self.together if chance.random() < share else self.alone)

        return drawn


class Cores:
    """So many cores that all share who have something to compute (processor sharing)."""

    def __init__(
        self, world: simpy.Environment, number: int, stalls: Sequence[tuple[float, float]] = ()
    ) -> None:
        """stalls: when nobody computes, from and until; in order."""
        self._world, self._number, self._standing = world, number, False
        self._left: dict[simpy.Event, float] = {}
        self._then, self._plans = 0.0, 0
        world.process(self._stand_still(stalls))

    def work(self, seconds: float) -> simpy.Event:
        """What comes to pass when so many seconds of a core have been worked."""
        self._advance()
        done = self._world.event()
        self._left[done] = seconds
        self._plan()
        return done

    @property
    def _speed(self) -> float:
        return 0.0 if self._standing else min(1.0, self._number / len(self._left))

    def _advance(self) -> None:
        if self._left:
            passed = (self._world.now - self._then) * self._speed
            self._left = {each: left - passed for each, left in self._left.items()}
        self._then = self._world.now

    def _plan(self) -> None:
        self._plans += 1
        if self._left and not self._standing:
            self._world.process(self._wait(self._plans, min(self._left.values()) / self._speed))

    def _stand_still(self, stalls: Sequence[tuple[float, float]]) -> Generator[simpy.Event]:
        for moments in stalls:
            for moment, standing in zip(moments, (True, False), strict=True):
                yield self._world.timeout(max(0.0, moment - self._world.now))
                self._advance()
                self._standing = standing
                self._plan()

    def _wait(self, plan: int, seconds: float) -> Generator[simpy.Event]:
        yield self._world.timeout(max(0.0, seconds))
        if plan == self._plans:  # nobody has come meanwhile
            self._advance()
            for done in [each for each, left in self._left.items() if left < _NOTHING]:
                del self._left[done]
                done.succeed()
            self._plan()


def simulate(
    due: Sequence[float],
    workers: int,
    draw: Draw,
    outside: float = 0.0,
    cores: int | None = None,
    waiting: float = 0.0,
    stalls: Sequence[tuple[float, float]] = (),
) -> list[float]:
    """How many seconds each request takes from when it is due, until its answer is there.

    due: when each arrives. They wait in one queue for the next of so many workers that is free. outside:
    seconds of a core, half before the worker and half after it. waiting: the same of no core. cores: None for
    one for each worker. stalls: when nobody computes, from and until.
    """
    world = simpy.Environment()
    pool = simpy.Resource(world, workers)
    shared = Cores(world, cores or workers, stalls)
    seconds = [0.0] * len(due)

    def request(number: int) -> Generator[simpy.Event]:
        arrived = world.now
        yield shared.work(outside / 2)
        yield world.timeout(waiting / 2)
        with pool.request() as place:
            yield place
            others = (pool.count - 1) / (workers - 1) if workers > 1 else 0.0
            yield shared.work(draw(others))
        yield world.timeout(waiting / 2)
        yield shared.work(outside / 2)
        seconds[number] = world.now - arrived

    def arrivals() -> Generator[simpy.Event]:
        for number, moment in enumerate(due):
            yield world.timeout(moment - world.now)
            world.process(request(number))

    world.process(arrivals())
    world.run()
    return seconds


def percentiles(seconds: Sequence[float]) -> tuple[float, float, float]:
    """The 50th, 95th and 99th."""
    found = statistics.quantiles(seconds, n=100, method="inclusive")
    return found[49], found[94], found[98]


def rate_of(due: Sequence[float], seconds: Sequence[float]) -> float:
    """Answers a second, from the start to the last one."""
    return len(due) / max(at + took for at, took in zip(due, seconds, strict=True))


def read_times() -> Times:
    """The means that were measured last."""
    rows = json.loads(MEASURED.read_text())["rows"]
    found = {row["what"]: float(row["measured"]) / 1e3 for row in rows if row["what"] in _NAMES}
    return Times(found[OUTSIDE], [found[ALONE]], [found[TOGETHER]], found.get(WAITING, 0.0))


_NAMES = (ALONE, TOGETHER, OUTSIDE, WAITING)


def main(rate: str, workers: str) -> None:
    """Print what requests at this rate would take."""
    times, due = read_times(), arrival_times(float(rate), 60)
    draw = times.draw(random.Random(0))  # noqa: S311
    seconds = simulate(due, int(workers), draw, times.outside, waiting=times.waiting)
    p50, p95, p99 = percentiles(seconds)
    print(f"{rate} requests a second, {workers} workers: {rate_of(due, seconds):.1f} answers a second;")
    print(f"half within {1e3 * p50:.0f} ms, 95 % within {1e3 * p95:.0f}, 99 % within {1e3 * p99:.0f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
