"""What a service's processes hold: memory, open files, threads and disk, and whether any of it grows."""

from __future__ import annotations

import contextlib
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import psutil

_MEGABYTE = 1024**2
_BLOCKS = 10
_STUDENT = 2.306
"""The 97.5 % quantile of Student's t with `_BLOCKS` - 2 degrees of freedom."""


@dataclass(frozen=True)
class Sample:
    """A service at one moment. Memory is resident, in megabytes, of the processes that have the name.

    seconds: since the load began. spared: the worker that is never killed. others: all other workers.
    decoders: the processes that decode photos for the workers. waiting: requests in the queue.
    """

    seconds: float
    service_mb: float
    service_files: int
    service_threads: int
    broker_mb: float
    broker_files: int
    spared_mb: float
    spared_files: int
    spared_threads: int
    others_mb: float
    decoders_mb: float
    processes: int
    store_mb: float
    waiting: float

    @classmethod
    def names(cls) -> list[str]:
        """The figures' names, in order."""
        return [each.name for each in fields(cls)]


@dataclass(frozen=True)
class Slope:
    """How a figure changes in an hour, and how much more or less that may be with 95 % confidence."""

    per_hour: float
    within: float

    @property
    def may_be_none(self) -> bool:
        """Whether no change at all lies within the bounds."""
        return abs(self.per_hour) <= self.within


class Watched:
    """A running service and all processes below it. spared: the id of a worker that nobody kills."""

    def __init__(self, pid: int, store: Path, spared: int) -> None:
        self._service, self._store, self._spared = psutil.Process(pid), store, spared

    def sample(self, seconds: float, waiting: float) -> Sample:
        """All figures now."""
        below = self._service.children(recursive=True)
        broker = [each for each in below if _is(each, "nats-server")]
        spared = [each for each in below if each.pid == self._spared]
        others = [each for each in workers(self._service) if each.pid != self._spared]
        decoders = [each for each in below if _is(each, "core.photos.worker")]
        return Sample(
            seconds=round(seconds, 1),
            service_mb=_megabytes([self._service]),
            service_files=_files([self._service]),
            service_threads=_threads([self._service]),
            broker_mb=_megabytes(broker),
            broker_files=_files(broker),
            spared_mb=_megabytes(spared),
            spared_files=_files(spared),
            spared_threads=_threads(spared),
            others_mb=_megabytes(others),
            decoders_mb=_megabytes(decoders),
            processes=1 + len(below),
            store_mb=_size(self._store),
            waiting=waiting,
        )


def processor_seconds(pid: int) -> dict[str, float]:
    """Seconds of processor that a service has taken so far, by the names of its parts. pid: its process."""
    service = psutil.Process(pid)
    below = service.children(recursive=True)
    parts = {
        "HTTP": [service],
        "broker": [each for each in below if _is(each, "nats-server")],
        "workers": workers(service),
        "decoding": [each for each in below if _is(each, "core.photos.worker")],
    }
    return {name: sum(map(_processor, processes)) for name, processes in parts.items()}


def workers(service: psutil.Process) -> list[psutil.Process]:
    """The workers of a service, the oldest first."""
    found = [each for each in service.children() if _is(each, "worker")]
    return sorted(found, key=lambda each: each.pid)


def slope(seconds: Sequence[float], values: Sequence[float]) -> Slope:
    """The straight line through the means of ten blocks of samples.

    Neighbouring samples resemble each other, so that a bound from single ones would be far too narrow; means
    of blocks hardly do.
    """
    size = len(values) // _BLOCKS
    if size < 1:
        return Slope(math.nan, math.inf)
    starts = range(0, _BLOCKS * size, size)
    x = [statistics.fmean(seconds[start : start + size]) / 3600 for start in starts]
    y = [statistics.fmean(values[start : start + size]) for start in starts]
    line = statistics.linear_regression(x, y)
    left = [b - line.slope * a - line.intercept for a, b in zip(x, y, strict=True)]
    spread = math.sqrt(sum(each**2 for each in left) / (_BLOCKS - 2))
    return Slope(line.slope, _STUDENT * spread / math.sqrt(_BLOCKS * statistics.pvariance(x)))


def _is(process: psutil.Process, word: str) -> bool:
    with contextlib.suppress(psutil.Error):
        return any(part == word or part.endswith(f"/{word}") for part in process.cmdline())
    return False


def _processor(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.Error):  # it ended meanwhile
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def _megabytes(processes: list[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):  # it ended meanwhile
            total += process.memory_info().rss / _MEGABYTE
    return round(total, 1)


def _files(processes: list[psutil.Process]) -> int:
    total = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            total += process.num_fds()
    return total


def _threads(processes: list[psutil.Process]) -> int:
    total = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            total += process.num_threads()
    return total


def _size(folder: Path) -> float:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):  # removed meanwhile
            if path.is_file():
                total += path.stat().st_size
    return round(total / _MEGABYTE, 1)
