"""`python -m bench.soak --minutes 120 --folder DIR`: hours of mixed load, and what the service then holds.

Writes samples.csv every half minute and, at the end, summary.json and summary.md. It is no part of
`make bench`: it takes hours. One worker is killed with -9 every now and then; the other one never.
"""

from __future__ import annotations

import asyncio
import csv
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, astuple
from pathlib import Path

import click
import psutil

from bench.mixed_load import Load
from bench.report import machine, number
from bench.resources import Sample, Slope, Watched, slope, workers
from core.project import ROOT
from service.access.keys import KeyStore
from service.settings import VARIABLE, Limits

SAMPLE_SECONDS = 30.0
KILL_SECONDS = 120.0
AT_ONCE = 8
WARM_UP = 0.2
"""Of the whole time, which does not count for the slopes."""

_QUIET_SECONDS = 30.0
"""After the last answer, until connections that are kept open are closed."""

_OF_ONNX_RUNTIME = ".ses"
"""A file of some bytes that the library writes once and keeps."""

_SLOPES = ("service_mb", "broker_mb", "spared_mb", "service_files", "spared_files", "service_threads")
_COUNTS = ("asked", "wrong", "kills", "p50_ms", "p95_ms")


@click.command()
@click.option("--minutes", default=120.0, show_default=True)
@click.option("--seconds", default=1.5, show_default=True, help="Between two requests, on average.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--port", default=0, help="Of the service; 0 for any.")
def main(minutes: float, seconds: float, folder: Path, port: int) -> None:
    """Soak the service, and exit with 1 if anything went wrong or grew."""
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "service", "--workers", "2", "--port", str(port)],
        cwd=ROOT,
        env=os.environ
        | {VARIABLE: str(folder / "service"), "TMPDIR": str(folder / "tmp"), "NATS_URL": ""}
        | {"STREETSCOPE_CACHE": str(folder / "cache")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None  # noqa: S101 (a pipe was asked for)
    try:
        url = process.stdout.readline().split("answers at ")[1].split(";")[0]
        soak = Soak(process.pid, url, folder, seconds)
        asyncio.run(soak.run(60 * minutes))
        everybody = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        status = process.wait(120)
        _, alive = psutil.wait_procs(everybody, 30)
    finally:
        process.kill()
    left = [path.name for path in (folder / "tmp").iterdir() if path.name != _OF_ONNX_RUNTIME]
    summary = soak.summary() | {"exit status": status, "processes left": len(alive), "files left": left}
    (folder / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")
    (folder / "summary.md").write_text(_text(summary))
    print(_text(summary))
    sys.exit(bool(summary["wrong"] or left or alive or status))


class Soak:
    """One soak of a service that runs. pid: its process; seconds: between two requests."""

    def __init__(self, pid: int, url: str, folder: Path, seconds: float) -> None:
        self._process, self._folder, self._seconds = psutil.Process(pid), folder, seconds
        self._load = Load(url, KeyStore(folder / "service"), seed=18)
        self._spared = workers(self._process)[0].pid
        self._watched = Watched(pid, folder / "service/broker/store", self._spared)
        self._chance = random.Random(0)  # noqa: S311
        self._samples: list[Sample] = []
        self._kills, self._began, self._idle = 0, time.monotonic(), [0, 0]

    async def run(self, seconds: float) -> None:
        """Fill what the service keeps, then load it for so long, with a quiet moment before and after."""
        await self._load.fill(Limits().kept_bytes)
        self._load.outcomes.seconds.clear()
        self._idle[0] = await self._quiet()
        self._began = time.monotonic()
        deadline = self._began + seconds
        beside = [asyncio.create_task(self._sample_all()), asyncio.create_task(self._kill_all())]
        places, running = asyncio.Semaphore(AT_ONCE), set[asyncio.Task[None]]()
        while time.monotonic() < deadline:
            await asyncio.sleep(self._chance.expovariate(1 / self._seconds))
            await places.acquire()
            task = asyncio.create_task(self._load.one())
            running.add(task)
            task.add_done_callback(running.discard)
            task.add_done_callback(lambda _: places.release())
        await asyncio.gather(*running)
        for task in beside:
            if task.done():  # never by itself
                task.result()
            task.cancel()
        self._idle[1] = await self._quiet()
        await self._load.close()

    def summary(self) -> dict[str, object]:
        """What was found, for `summary.json`."""
        outcomes = self._load.outcomes
        counted = self._samples[int(WARM_UP * len(self._samples)) :]
        seconds = [each.seconds for each in counted]
        slopes = {name: slope(seconds, [getattr(each, name) for each in counted]) for name in _SLOPES}
        return {
            "machine": machine(),
            "minutes": self._samples[-1].seconds / 60 if self._samples else 0,
            "requests": dict(outcomes.asked),
            "wrong": outcomes.wrong[:100],
            "workers killed": self._kills,
            "median ms": 1e3 * statistics.median(outcomes.seconds or [0]),
            "open files of service and spared worker, quiet, before and after": self._idle,
            "means": {name: statistics.fmean(getattr(s, name) for s in counted) for name in _SLOPES},
            "most": {name: max(getattr(s, name) for s in self._samples) for name in Sample.names()},
            "slopes an hour": {name: asdict(each) for name, each in slopes.items()},
        }

    async def _quiet(self) -> int:
        """Wait until nothing waits and unused connections are closed; the open files then."""
        while await self._load.waiting():
            await asyncio.sleep(1)
        await asyncio.sleep(_QUIET_SECONDS)
        sample = self._watched.sample(0, 0)
        return sample.service_files + sample.spared_files

    async def _sample_all(self) -> None:
        with (self._folder / "samples.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow([*Sample.names(), *_COUNTS])
            while True:
                await asyncio.sleep(SAMPLE_SECONDS)
                seconds, waiting = time.monotonic() - self._began, await self._load.waiting()
                sample = await asyncio.to_thread(self._watched.sample, seconds, waiting)
                self._samples.append(sample)
                outcomes = self._load.outcomes
                p50, p95 = _percentiles(outcomes.seconds)
                rows.writerow(
                    [*astuple(sample), outcomes.asked.total(), len(outcomes.wrong), self._kills, p50, p95]
                )
                file.flush()

    async def _kill_all(self) -> None:
        while True:
            await asyncio.sleep(self._chance.uniform(0.5, 1.5) * KILL_SECONDS)
            for worker in workers(self._process):
                if worker.pid != self._spared:
                    os.kill(worker.pid, signal.SIGKILL)
                    self._kills += 1


def _percentiles(seconds: Sequence[float]) -> tuple[int, int]:
    """Median and 95th percentile so far, in milliseconds."""
    if len(seconds) < 2:
        return 0, 0
    found = statistics.quantiles(seconds, n=20, method="inclusive")
    return round(1e3 * found[9]), round(1e3 * found[18])


def _text(summary: dict[str, object]) -> str:
    """The summary for people."""
    lines = [f"# {number(float(str(summary['minutes'])))} minutes of mixed load", ""]
    lines += [f"- {name}: {value}" for name, value in summary.items() if name != "slopes an hour"]
    slopes = summary["slopes an hour"]
    assert isinstance(slopes, dict)  # noqa: S101 (made above)
    for name, values in slopes.items():
        found = Slope(**values)
        verdict = "flat" if found.may_be_none else "rises" if found.per_hour > 0 else "falls"
        bounds = f"{number(found.per_hour)} +- {number(found.within)}"
        lines.append(f"- {name}: {bounds} an hour (95 %): {verdict}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
