"""Arrivals, one queue and workers, simulated: how long requests take that nobody has sent.

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
ALONE, TOGETHER, AROUND = "worker alone, ms", "workers together, ms", "around the worker, ms"
"""Rows of the part that has them."""

Draw = Callable[[float], float]
"""A worker's seconds for the next photo. Its parameter: which share of the other workers is busy, 0 to 1."""


@dataclass(frozen=True)
class Times:
    """What a request takes, in seconds.

    around: outside of a worker, such as HTTP. alone, together: a worker's time for a photo while all others
    are idle and while all are busy. Those on one machine share its memory, and the processes around them.
    """

    around: float
    alone: Sequence[float]
    together: Sequence[float]

    @classmethod
    def of_clients(cls, one: Sequence[float], both: Sequence[float], rate: float) -> Times:
        """Times from a server with two workers.

        one, both: seconds of requests of one client, and of two clients at once: nobody waits then. rate:
        photos a second while there is always one in the queue.
        """
        together = 2 / rate
        around = max(0.0, statistics.fmean(both) - together)
        return cls(around, [each - around for each in one], [each - around for each in both])

    def draw(self, chance: random.Random) -> Draw:
        """Draws from what was measured."""

        def drawn(share: float) -> float:
            return chance.choice(self.together if chance.random() < share else self.alone)

        return drawn


def simulate(due: Sequence[float], workers: int, draw: Draw, around: float = 0.0) -> list[float]:
    """How many seconds each request takes from when it is due, until its answer is there.

    due: when each arrives. They wait in one queue for the next of so many workers that is free.
    """
    world = simpy.Environment()
    pool = simpy.Resource(world, workers)
    seconds = [0.0] * len(due)

    def request(number: int) -> Generator[simpy.Event]:
        arrived = world.now
        with pool.request() as place:
            yield place
            others = (pool.count - 1) / (workers - 1) if workers > 1 else 0.0
            yield world.timeout(draw(others))
        seconds[number] = world.now - arrived + around

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
    return Times(found[AROUND], [found[ALONE]], [found[TOGETHER]])


_NAMES = (ALONE, TOGETHER, AROUND)


def main(rate: str, workers: str) -> None:
    """Print what requests at this rate would take."""
    times, due = read_times(), arrival_times(float(rate), 60)
    seconds = simulate(due, int(workers), times.draw(random.Random(0)), times.around)  # noqa: S311
    p50, p95, p99 = percentiles(seconds)
    print(f"{rate} requests a second, {workers} workers: {rate_of(due, seconds):.1f} answers a second;")
    print(f"half within {1e3 * p50:.0f} ms, 95 % within {1e3 * p95:.0f}, 99 % within {1e3 * p99:.0f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
