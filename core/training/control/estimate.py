"""How long a run will take on this machine: measured from a few batches of each stage, in another process.

Training threads in the server's own process would hold up every click. The process that measures is
`core.training.workers.dry_run`; it does what the run would do and so finds what would end the run before
its first epoch: a bad label, weights that cannot be had, too little memory. Nothing here imports torch.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import platform
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import IO, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.cache import Cache, cache_key
from core.datasets import SegmentationDataset
from core.datasets.contents.fingerprint import fingerprint
from core.errors import OutOfMemoryError, RecipeError, TrainingError
from core.project import ROOT
from core.training.control import launch
from core.training.recipes.plan import finder_batches
from core.training.recipes.recipe import Recipe
from core.training.runs.records import list_runs

Tell = Callable[[int, int, float | None, str], None]
"""Told what is done of how much, the seconds left if known, and in words what is being done."""

# Bounds, for what is kept beside a data set may come from elsewhere.
Seconds = Annotated[float, Field(ge=0, le=1e7)]
Count = Annotated[int, Field(ge=0, le=10**15)]

_TICK = 0.25
"""Seconds between two looks whether somebody cancelled."""
ESTIMATES = Cache("estimates", 4 * 1024**2)

_log = logging.getLogger(__name__)

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

    beside: whether a run trained at the same time, which makes everything slower.
    """

    preparing: Seconds
    stages: tuple[StageEstimate, ...]
    device: Annotated[str, Field(max_length=200)]
    memory: Count
    beside: bool = False

    @property
    def seconds(self) -> float:
        """Seconds of the whole run."""
        return self.preparing + sum(stage.seconds for stage in self.stages)

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
    """What decides how long a batch takes: equal for recipes that one measurement serves.

    More epochs or another learning rate make no batch slower.
    """
    stage = {"epochs", "lr", "suggestion", "lr_find", "pct_start"}
    return recipe.model_dump_json(exclude={"name": True, "summary": True, "stages": {"__all__": stage}})


def fitted(found: Estimate, recipe: Recipe) -> Estimate:
    """An estimate for a recipe of the same essence: with this one's epochs and finders."""
    stages = []
    for measured in found.stages:
        stage = recipe.stage(measured.name)
        own = {"epochs": stage.epochs, "finder_batches": finder_batches(stage)}
        stages.append(measured.model_copy(update=own))
    return found.model_copy(update={"stages": tuple(stages)})


def is_training() -> bool:
    """Whether a run trains at the moment."""
    return any(summary.state in ("running", "stopping") for summary in list_runs())


def kept_estimate(
    recipe: Recipe, dataset: SegmentationDataset, stages: Sequence[str] = ()
) -> Estimate | None:
    """What was measured of such a recipe and this data on this machine before; None when nothing was.

    The data set's files are read once for their fingerprint. DatasetError when one cannot be.
    """
    kept = ESTIMATES.read(_key(recipe, dataset, stages))
    try:
        return None if kept is None else fitted(Estimate.model_validate_json(kept), recipe)
    except (ValidationError, RecipeError):
        return None  # a damaged file: it is measured anew


def measure(
    recipe: Recipe, dataset: SegmentationDataset, tell: Tell = lambda *_: None, stages: Sequence[str] = ()
) -> Estimate:
    """Measure in a process of its own, and keep the result unless a run trained beside it.

    tell: called several times a second; what it raises ends the measurement.
    TrainingError with the sentence that the run itself would end with before its first epoch.
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
        tell(0, 0, None, "waiting for another measurement")
    try:
        yield
    finally:
        _alone.release()


def _measured_by_dry_run(recipe: Recipe, data: Path, tell: Tell, stages: Sequence[str]) -> Estimate:
    with tempfile.TemporaryDirectory(prefix="streetscope-", ignore_cleanup_errors=True) as scratch:
        asked = {"recipe": recipe.model_dump(mode="json"), "data": str(data.absolute()), "stages": [*stages]}
        Path(scratch, "asked.json").write_text(json.dumps(asked), encoding="utf-8")
        with (
            Path(scratch, "complaints.txt").open("w+b") as complaints,
            subprocess.Popen(  # noqa: S603 (our own program)
                [sys.executable, "-m", "core.training.workers.dry_run", scratch],
                cwd=ROOT,
                env=launch.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                start_new_session=True,
            ) as process,
        ):
            try:
                return _result(process, tell, complaints)
            finally:
                process.kill()


def _result(process: subprocess.Popen[bytes], tell: Tell, complaints: IO[bytes]) -> Estimate:
    doing: tuple[int, int, float | None, str] = (0, 0, None, "starting a process of its own")
    for line in _lines(process):
        if line is not None:
            message = json.loads(line)
            if "estimate" in message:
                return Estimate.model_validate(message["estimate"])
            if "error" in message:
                raise TrainingError(message["error"])
            doing = (message["done"], message["total"], None, message["doing"])
        tell(*doing)
    ended = process.wait()
    if ended == -signal.SIGKILL:
        raise OutOfMemoryError(
            f"The system ended the measurement while it was {doing[3]}: the memory is too small; "
            "try a smaller batch size or smaller pictures."
        )
    complaints.seek(0)
    _log.error("The measurement ended with %s: %s", ended, complaints.read().decode("utf-8", "replace"))
    raise TrainingError(
        "The measurement ended with an error that nobody foresaw; the server's log tells more."
    )


def _lines(process: subprocess.Popen[bytes]) -> Iterator[bytes | None]:
    """The lines that a process prints until it ends; None whenever there was none for a while."""
    printed: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    output = process.stdout
    if output is None:
        raise ValueError("The process was started without a pipe.")

    def read() -> None:
        with contextlib.suppress(ValueError, OSError):  # closed: nobody listens any more
            for line in output:
                printed.put(line)
        printed.put(b"")

    threading.Thread(target=read, name="rehearsal", daemon=True).start()
    while True:
        try:
            line = printed.get(timeout=_TICK)
        except queue.Empty:
            yield None
            continue
        if not line:
            return
        yield line


def _key(recipe: Recipe, dataset: SegmentationDataset, stages: Sequence[str]) -> str:
    """What an estimate is kept under: another recipe, data, machine or torch has another one."""
    return cache_key(essence(recipe), *stages, fingerprint(dataset), _machine())


def _machine() -> tuple[str, ...]:
    settings = ("OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES")
    return (
        platform.node(),
        platform.machine(),
        str(os.cpu_count()),
        version("torch"),
        *(os.environ.get(name, "") for name in settings),
    )
