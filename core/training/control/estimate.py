"""How long a run will take on this machine: measured from a few batches of each stage, in another process.

Training threads in the server's own process would delay every click. The measuring process is
`core.training.workers.dry_run`. It does what the run would do, and so finds whatever would end the run before
its first epoch: a bad label, unavailable weights, too little memory. Nothing here imports torch.
"""

from __future__ import annotations

import os
import platform
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.cache import Cache, cache_key
from core.datasets import SegmentationDataset
from core.datasets.contents.fingerprint import fingerprint
from core.errors import RecipeError
from core.jobs import Tell
from core.languages import mark, sentence
from core.training.mix.sources import fingerprints, mixed_datasets
from core.training.recipes.plan import finder_batches
from core.training.recipes.recipe import Recipe
from core.training.runs.records import list_runs
from core.workers import Worker, run_worker

# Bounds: a worker's answer and a cached file are checked like any other input.
Seconds = Annotated[float, Field(ge=0, le=1e7)]
Count = Annotated[int, Field(ge=0, le=10**15)]

_TICK = 0.25
"""Seconds between two checks for cancellation."""
ESTIMATES = Cache("estimates", 4 * 1024**2)

_WORKER = Worker(
    "core.training.workers.dry_run", mark("measurement"), mark("try a smaller batch size or smaller images")
)

_alone = threading.Lock()
"""Two measurements at a time would slow each other down."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StageEstimate(_Model):
    """One stage, measured. Times are seconds.

    train_batches, valid_batches: of an epoch. train_batch, valid_batch: the time of one of them.
    epoch_end: for keeping weights and drawing previews. finder_batches: tried before the first epoch.
    train_measured, valid_measured: how many batches the times come from.
    """

    name: str
    epochs: Count
    train_batches: Count
    valid_batches: Count
    train_batch: Seconds
    valid_batch: Seconds
    epoch_end: Seconds
    finder_batches: Count
    train_measured: Count
    valid_measured: Count

    @property
    def epoch(self) -> float:
        """Seconds of one epoch."""
        return self.train_batches * self.train_batch + self.valid_batches * self.valid_batch + self.epoch_end

    @property
    def seconds(self) -> float:
        """Seconds of the stage."""
        return self.epochs * self.epoch + self.finder_batches * self.train_batch


class Estimate(_Model):
    """A whole run. preparing: seconds until its first batch. memory: bytes that the process held at most.

    measuring: seconds of comparing old and new model after learning from corrections; otherwise 0.
    beside: whether a run trained at the same time, which makes everything slower.
    """

    preparing: Seconds
    stages: tuple[StageEstimate, ...]
    device: Annotated[str, Field(max_length=200)]
    memory: Count
    measuring: Seconds = 0.0
    beside: bool = False

    @property
    def seconds(self) -> float:
        """Seconds of the whole run."""
        return self.preparing + sum(stage.seconds for stage in self.stages) + self.measuring

    @property
    def measured(self) -> int:
        """How many batches were measured in all."""
        return sum(stage.train_measured + stage.valid_measured for stage in self.stages)

    def as_dict(self) -> dict[str, Any]:
        """The estimate with its sums, ready for JSON."""
        values = self.model_dump(mode="json") | {"seconds": self.seconds, "measured": self.measured}
        for stage, entry in zip(self.stages, values["stages"], strict=True):
            entry |= {"epoch": stage.epoch, "seconds": stage.seconds}
        return values


def essence(recipe: Recipe) -> str:
    """What decides how long a batch takes: equal for recipes that can share a measurement.

    More epochs or another learning rate do not make a batch slower.
    """
    stage = {"epochs", "lr", "suggestion", "lr_find", "pct_start"}
    return recipe.model_dump_json(exclude={"name": True, "summary": True, "stages": {"__all__": stage}})


def fitted(found: Estimate, recipe: Recipe) -> Estimate:
    """The estimate for a recipe of the same essence, with its own epochs and learning-rate finders."""
    stages = []
    for measured in found.stages:
        stage = recipe.stage(measured.name)
        own = {"epochs": stage.epochs, "finder_batches": finder_batches(stage)}
        stages.append(measured.model_copy(update=own))
    return found.model_copy(update={"stages": tuple(stages)})


def is_training() -> bool:
    """Whether a run is training now."""
    return any(summary.state in ("running", "stopping") for summary in list_runs())


def kept_estimate(
    recipe: Recipe, dataset: SegmentationDataset, stages: Sequence[str] = ()
) -> Estimate | None:
    """The cached estimate for such a recipe and this data on this machine; None if there is none.

    The data sets' files are read once for their fingerprints. DatasetError when one cannot be, or where one
    that the recipe mixes in is not there.
    """
    if ESTIMATES.is_empty():
        return None  # and the data set's files need not be read
    kept = ESTIMATES.read(_key(recipe, dataset, stages))
    try:
        return None if kept is None else fitted(Estimate.model_validate_json(kept), recipe)
    except (ValidationError, RecipeError):
        return None  # a damaged file: measure again


def measure(
    recipe: Recipe, dataset: SegmentationDataset, tell: Tell = lambda *_: None, stages: Sequence[str] = ()
) -> Estimate:
    """Measure in a separate process, and cache the result unless a run trained beside it.

    tell: called several times a second; raising from it ends the measurement.
    The error that the run itself would end with before its first epoch; WorkerError.
    """
    with _turn(tell):
        beside = is_training()
        found = _measured_by_dry_run(recipe, dataset.root, tell, stages)
        if beside or is_training():
            return found.model_copy(update={"beside": True})
    ESTIMATES.write(_key(recipe, dataset, stages), found.model_dump_json().encode())
    return found


@contextmanager
def _turn(tell: Tell) -> Iterator[None]:
    while not _alone.acquire(timeout=_TICK):
        tell(0, 0, None, sentence("waiting for another measurement"))
    try:
        yield
    finally:
        _alone.release()


def _measured_by_dry_run(recipe: Recipe, data: Path, tell: Tell, stages: Sequence[str]) -> Estimate:
    with tempfile.TemporaryDirectory(prefix="streetscope-", ignore_cleanup_errors=True) as scratch:
        request = {
            "recipe": recipe.model_dump(mode="json"),
            "data": str(data.absolute()),
            "stages": [*stages],
            "folder": str(Path(scratch, "run")),
        }
        return Estimate.model_validate(run_worker(_WORKER, request, tell)["estimate"])


def _key(recipe: Recipe, dataset: SegmentationDataset, stages: Sequence[str]) -> str:
    """The cache key of an estimate; it depends on recipe, data, machine and torch version."""
    mixed = fingerprints(mixed_datasets(recipe))
    return cache_key(essence(recipe), *stages, fingerprint(dataset), *mixed, _machine())


def _machine() -> tuple[str, ...]:
    settings = ("OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES")
    return (
        platform.node(),
        platform.machine(),
        str(os.cpu_count()),
        version("torch"),
        *(os.environ.get(name, "") for name in settings),
    )
