"""The service with two workers: beside bare forward passes, at three loads, beside others, and simulated.

`python -m bench.service SECONDS ARRIVALS` tries it for a shorter time and writes nothing.
"""

from __future__ import annotations

import random
import statistics
import sys
from dataclasses import dataclass

from bench.arrivals import arrival_times
from bench.processes import in_fresh_process, training_beside
from bench.report import Goal, Report, Row, goal_rows, table
from bench.resources import processor_seconds
from bench.servers import OURS, PEERS, SIZE, WORKERS, Answered, Target, all_servers
from bench.simulation import ALONE, CORES, OUTSIDE, TOGETHER, WAITING, Times, percentiles, rate_of, simulate

ROUNDS = 3
SECONDS, ARRIVALS = 8.0, 40.0
"""Of one measurement of a rate, and of arrivals at one load."""

CLIENTS = 4
"""Who ask at once: each of the two workers has a photo, and the next ones wait."""

LOADS = (0.5, 0.8, 1.0)
PEERS_LOAD = 0.8
CLIENT = "client"
LOOPS: dict[str, tuple[str | int, ...]] = {
    "one loop with two threads": (1, 2),
    "two loops with one thread each": (2, 1),
    "two loops with large pages that keep their memory": (2, 1, "kept"),
}
"""Bare forward passes: processes, threads, and pages. The last one is just how our workers compute."""

_DRAWS = 20
Rates = dict[str, list[float]]


@dataclass(frozen=True)
class Loaded:
    """Our service at a share of its rate, and what the simulation says of it."""

    load: float
    found: Answered
    simulated: tuple[float, float, float]
    """Photos a second, and the seconds of the 50th and the 95th percentile."""

    def row(self) -> Row:
        """As a row of the table."""
        p50, p95, p99 = (1e3 * each for each in percentiles(self.found.seconds))
        rate, median, simulated = self.simulated
        return {
            "what": f"{OURS} at {self.load:.0%} of its rate",
            "photos a second": self.found.rate,
            "p50, ms": p50,
            "p95, ms": p95,
            "p99, ms": p99,
            "simulated: photos a second": rate,
            "simulated: p50, ms": 1e3 * median,
            "simulated: p95, ms": 1e3 * simulated,
        }

    @property
    def error(self) -> float:
        """How far the simulation is from what was measured, as a share: of rate and p95, the larger."""
        p95 = percentiles(self.found.seconds)[1]
        rate, _, simulated = self.simulated
        return max(abs(rate / self.found.rate - 1), abs(simulated / p95 - 1))


def measure(seconds: float = SECONDS, arrivals: float = ARRIVALS) -> Report:
    with all_servers() as targets:
        for target in targets.values():
            target.clients(CLIENTS, 2)  # everything has been used once
        if len({target.mask for target in targets.values()}) > 1:
            raise RuntimeError("The servers answer with different masks.")
        rates = _rates(targets, seconds)
        ours, rate = targets[OURS], statistics.median(rates[OURS])
        one = ours.pausing(2 * seconds).unstalled
        both = ours.clients(WORKERS, seconds).unstalled
        processor = _processor(ours, seconds)
        outside = sum(processor[name] for name in ("HTTP", "broker", CLIENT))
        times = Times.of_clients(one, both, rate, outside)
        loaded = [_loaded(ours, share, one, both, outside, seconds, arrivals) for share in LOADS]
        rows = _rate_rows(rates) + [each.row() for each in loaded]
        rows += [
            _peer_row(name, target, PEERS_LOAD * statistics.median(rates[name]), arrivals / 2)
            for name, target in targets.items()
            if name != OURS
        ]
        with training_beside():
            beside = ours.clients(CLIENTS, 2 * seconds).rate
    rows.append({"what": f"{OURS} beside a training run", "photos a second": beside})
    rows += [{"what": f"{name}: not installed"} for name in PEERS if name not in rates]
    rows += [{"what": name, "measured": 1e3 * value} for name, value in _means(times).items()]
    rows += [
        {"what": f"processor time of a request, ms: {name}", "measured": 1e3 * value}
        for name, value in processor.items()
    ]
    return Report("The service", _method(seconds, arrivals), rows, _goals(rates, beside, loaded))


def _rates(targets: dict[str, Target], seconds: float) -> Rates:
    """Photos a second of everything, which takes turns."""
    found: Rates = {name: [] for name in (*LOOPS, *targets)}
    for _ in range(ROUNDS):
        for name, way in LOOPS.items():
            done = in_fresh_process("bench.bare", str(seconds), SIZE, *way)
            found[name].append(done["photos a second"])
        for name, target in targets.items():
            found[name].append(target.clients(CLIENTS, seconds).rate)
        print({name: round(values[-1], 2) for name, values in found.items()}, flush=True)
    return found


def _processor(ours: Target, seconds: float) -> dict[str, float]:
    """Seconds of processor that a request takes, by the service's parts, and for who asks."""
    before = processor_seconds(ours.pid)
    found = ours.clients(CLIENTS, seconds)
    count = len(found.seconds)
    parts = {name: (now - before[name]) / count for name, now in processor_seconds(ours.pid).items()}
    return parts | {CLIENT: found.processor / count}


def _loaded(
    ours: Target,
    share: float,
    one: list[float],
    both: list[float],
    outside: float,
    seconds: float,
    arrivals: float,
) -> Loaded:
    """Arrivals at a share of the rate. one, both: what one client that pauses, and two waited.

    outside: of the worker.

    The rate is measured before and after: near it, a hundredth more or less decides how long the queue gets.
    """
    before = ours.clients(CLIENTS, seconds / 2)
    found = ours.arrivals(share * before.rate, arrivals)
    after = ours.clients(CLIENTS, seconds / 2)
    times = Times.of_clients(one, both, (before.moving + after.moving) / 2, outside)
    due = arrival_times(share * before.rate, arrivals)
    runs = [
        simulate(
            due,
            WORKERS,
            times.draw(random.Random(seed)),  # noqa: S311
            times.outside,
            CORES,
            times.waiting,
            found.stalls,
        )
        for seed in range(_DRAWS)
    ]
    simulated = (
        statistics.fmean(rate_of(due, run) for run in runs),
        statistics.fmean(percentiles(run)[0] for run in runs),
        statistics.fmean(percentiles(run)[1] for run in runs),
    )
    return Loaded(share, found, simulated)


def _rate_rows(rates: Rates) -> list[Row]:
    return [
        {
            "what": f"forward passes in {name}" if name in LOOPS else f"{name}, {CLIENTS} clients",
            "photos a second": statistics.median(values),
        }
        for name, values in rates.items()
    ]


def _peer_row(name: str, target: Target, rate: float, seconds: float) -> Row:
    found = target.arrivals(rate, seconds)
    p50, p95, p99 = (1e3 * each for each in percentiles(found.seconds))
    what = f"{name} at {PEERS_LOAD:.0%} of its rate"
    return {"what": what, "photos a second": found.rate, "p50, ms": p50, "p95, ms": p95, "p99, ms": p99}


def _means(times: Times) -> dict[str, float]:
    return {
        OUTSIDE: times.outside,
        WAITING: times.waiting,
        ALONE: statistics.fmean(times.alone),
        TOGETHER: statistics.fmean(times.together),
    }


def _goals(rates: Rates, beside: float, loaded: list[Loaded]) -> list[Goal]:
    def share(of: str) -> float:
        return statistics.median(a / b for a, b in zip(rates[OURS], rates[of], strict=True))

    goals = [
        Goal(f"service, two workers: of the rate of {name}", share(name), "", 0.9, True) for name in LOOPS
    ]
    kept = beside / statistics.median(rates[OURS])
    goals.append(Goal("service beside a training run: rate kept", kept, "", 0.4, True))
    goals += [
        Goal(f"simulation at {each.load:.0%}: away from rate or p95", each.error, "", 0.1) for each in loaded
    ]
    return goals


def _method(seconds: float, arrivals: float) -> str:
    return (
        f"A photo of 640 x 480 goes in as a form, and its mask of {SIZE} pixels comes back as a PNG, over "
        "HTTP on the same machine, whose cores the client needs too. Two workers with one thread each; each "
        f"photo is new. Rates: {ROUNDS} times {seconds:g} s in turns, medians. Forward passes: of "
        "the decoded photo, by the same engine. The others decode in the worker itself, have neither keys "
        f"nor a queue on a disk, and answer with the same bytes. Loads: {arrivals:g} s of random arrivals, "
        "each timed from when it was due. The simulation knows how long one client that pauses and two that "
        "do not wait, the processor time outside of the workers, and the rate just before and after; it gets "
        "the same arrivals, and all share two cores. Where the client, which sleeps nearly always, was woken "
        "20 ms too late, the machine stood still: so does the simulated one."
    )


if __name__ == "__main__":
    report = measure(*map(float, sys.argv[1:]))
    print(table(report.rows), table(goal_rows(report.goals)), sep="\n\n")
