"""A run's log of batches, read as it grows and thinned so that it can be drawn.

A long run has hundreds of thousands of batches, and a chart has a few hundred pixels.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.training.recipes.recipe import Stage
from core.training.runs.records import Batch, LogPosition, read_batches

POINTS = 300
"""How many points a curve has, at most."""

_NOW = 20
"""How many batches the current speed is averaged over."""

_LEAST = 8
"""How many batches a speed is averaged over, at least: the file's times are in hundredths of a second."""

Floats = NDArray[np.float64]
_COLUMNS = 7


@dataclass(frozen=True, eq=False)
class BatchCurves:
    """Curves over the epochs of a run, with the stages in sequence; (N,) each.

    epochs: 2.5 is half way through the third. speed: batches a second in training, without validation; NaN
    where the clock is too coarse. now: the current speed, None until it is known.
    """

    epochs: Floats
    loss: Floats
    lr: Floats
    momentum: Floats
    speed: Floats
    batches: int
    now: float | None


class BatchLog:
    """All batches of a run so far. Several threads may ask; the file is read once.

    Kept as plain numbers: a million batches take 56 MB.
    """

    def __init__(self, run: str) -> None:
        self._run = run
        self._lock = threading.Lock()
        self._position = LogPosition()
        self._stages: list[str] = []
        self._parts: list[Floats] = []

    def curves(
        self, plan: Sequence[Stage], batches: Mapping[str, int] | None = None, points: int = POINTS
    ) -> BatchCurves:
        """Read what is new and return the curves.

        plan: the run's stages in order. batches: the number in an epoch, by stage, if known: in a stage's
        first epoch the file does not say.
        """
        with self._lock:
            self._read_on()
            rows = self._rows()
            stages = list(self._stages)
        return _curves(rows, stages, plan, batches or {}, points)

    def _read_on(self) -> None:
        found = read_batches(self._run, self._position)
        if found.restarted:
            self._parts, self._stages = [], []
        self._position = found.position
        if found.rows:
            self._parts.append(np.array([self._numbers(row) for row in found.rows], dtype=np.float64))

    def _numbers(self, row: Batch) -> tuple[float, ...]:
        if row.stage not in self._stages:
            self._stages.append(row.stage)
        stage = self._stages.index(row.stage)
        return (stage, row.epoch, row.batch, row.smooth_loss, row.lr, row.momentum, row.seconds)

    def _rows(self) -> Floats:
        if len(self._parts) > 1:
            self._parts = [np.concatenate(self._parts)]
        return self._parts[0] if self._parts else np.zeros((0, _COLUMNS))


def _curves(
    rows: Floats, stages: Sequence[str], plan: Sequence[Stage], batches: Mapping[str, int], points: int
) -> BatchCurves:
    stage, epoch, batch, loss, lr, momentum, seconds = rows.T
    epochs = epoch - 1
    begin = {planned.name: sum(s.epochs for s in plan[:n]) for n, planned in enumerate(plan)}
    most = {n: max(float(batch[stage == i].max()), batches.get(n, 0)) for i, n in enumerate(stages)}
    for number, name in enumerate(stages):
        within = stage == number
        epochs[within] += begin.get(name, 0) + batch[within] / most[name]
    # Between a batch and the one before it in the same epoch there is only training.
    follows = np.zeros(len(rows), dtype=bool)
    follows[1:] = (batch[1:] == batch[:-1] + 1) & (np.diff(seconds) >= 0)
    lasted = np.where(follows, np.diff(seconds, prepend=0), 0)
    usual = max(most.values(), default=0)
    planned = sum(s.epochs * most.get(s.name, usual) for s in plan)
    size = _bin_size(max(len(rows), int(planned)), points)
    bins = np.arange(0, len(rows), size)
    window = max(1, _LEAST // size)
    learnt = _running(_sums(follows.astype(np.float64), bins), window)
    spent = _running(_sums(lasted, bins), window)
    sizes = _sums(np.ones(len(rows)), bins)
    # The last bin is left out until it is full, except for a run's first and last. A chart is drawn again
    # when its data change; doing that at each batch, for less than a point's width, would cost too much.
    shown = len(bins) if len(rows) >= planned else max(1, len(rows) // size)
    recent, recently = follows[-_NOW:].sum(), lasted[-_NOW:].sum()
    return BatchCurves(
        epochs=(_sums(epochs, bins) / sizes)[:shown],
        loss=(_sums(loss, bins) / sizes)[:shown],
        lr=(_sums(lr, bins) / sizes)[:shown],
        momentum=(_sums(momentum, bins) / sizes)[:shown],
        speed=np.divide(learnt, spent, out=np.full(len(bins), np.nan), where=spent > 0)[:shown],
        batches=len(rows),
        now=float(recent / recently) if recently > 0 else None,
    )


def _bin_size(rows: int, points: int) -> int:
    """How many rows are in each bin, if all the rows that there will be make at most `points` bins.

    A power of two, so that as a run grows the same rows stay together and old points stay in place.
    """
    size = 1
    while rows > size * points:
        size *= 2
    return size


def _sums(values: Floats, bins: NDArray[np.intp]) -> Floats:
    if not len(bins):
        return np.zeros(0)
    sums: Floats = np.add.reduceat(values, bins)
    return sums


def _running(values: Floats, window: int) -> Floats:
    """The sum of each value and those before it, `window` values in all."""
    summed = np.concatenate([np.zeros(1), np.cumsum(values)])
    numbers = np.arange(len(values))
    running: Floats = summed[numbers + 1] - summed[np.maximum(0, numbers + 1 - window)]
    return running
