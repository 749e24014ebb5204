"""The process that measures how long a run would take, by doing a few batches of it.

`core.training.control.estimate` starts it, by the protocol of `core.workers`. The request has recipe, data,
stages and a folder for what a run writes, which is of no further use; the result is the estimate.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import torch
from fastai.callback.core import CancelTrainException, CancelValidException
from fastai.learner import Learner

from core.datasets.layouts.opening import open_dataset
from core.hardware.allocator import keep_free_memory
from core.jobs import Tell
from core.languages import sentence
from core.models.store import read_card
from core.training.control.estimate import Estimate, StageEstimate
from core.training.corrections.replay import reference_dataset
from core.training.distributed import processes
from core.training.distributed.failures import translate_errors
from core.training.learner import trainer
from core.training.learner.callbacks import Event
from core.training.recipes.plan import finder_batches
from core.training.recipes.recipe import Recipe, Stage
from core.workers import serve

WARM_UP = 2
"""Batches that are not timed: the first ones also set up what later ones reuse."""
ENOUGH = 8
"""The most batches that are timed, of training and of validation each."""
PATIENCE = 4.0
"""Seconds after which no further batch starts, once at least one was timed."""

_TINY_RATE = 1e-6
"""So small that nothing diverges; the learning rate does not change how long a step takes."""


class Stopwatch(Event):
    """Times the batches of one epoch, and ends training and validation when enough are timed."""

    order = 90
    began = last = 0.0

    def before_train(self) -> None:
        """Begin with training."""
        self.train: list[float] = []
        self.valid: list[float] = []
        self._begin()

    def before_validate(self) -> None:
        """Begin with validation."""
        self._begin()

    def after_batch(self) -> None:
        """Time from batch to batch, including making the next one."""
        now = time.monotonic()
        times = self.train if self.learn.training else self.valid
        times.append(now - self.last)
        self.last = now
        if len(times) >= WARM_UP + ENOUGH or (len(times) > 1 and now - self.began > PATIENCE):
            raise CancelTrainException if self.learn.training else CancelValidException

    def after_cancel_train(self) -> None:
        """Let fastai log the training figures all the same: they are written at the end of the epoch."""
        self.learn.recorder.cancel_train = False

    def after_cancel_validate(self) -> None:
        """The same for validation."""
        self.learn.recorder.cancel_valid = False

    def after_validate(self) -> None:
        """What follows is the end of the epoch."""
        self.validated = time.monotonic()

    def after_epoch(self) -> None:
        """By now weights are saved and previews drawn."""
        self.epoch_end = time.monotonic() - self.validated

    def _begin(self) -> None:
        self.began = self.last = time.monotonic()


def dry_run(
    recipe: Recipe,
    data: Path,
    folder: Path,
    stages: tuple[str, ...] = (),
    tell: Tell = lambda *_: None,
) -> Estimate:
    """Prepare a run as the trainer does, try each stage, and return how long all would take.

    tell: told what it is doing. Any error of a run before its first epoch.
    """
    total = 1 + len(stages or recipe.stages)
    tell(0, total, None, sentence("reading the images and building the network"))
    process = psutil.Process()
    with translate_errors():
        dataset = open_dataset(data)
        # The run's own learner and writers: the timing must cover what the run will do.
        prepared = trainer.prepare(recipe, dataset, folder, lambda _: None, stages, trainer.Watch())
    preparing, memory = time.time() - process.create_time(), process.memory_info().rss
    measured = []
    for position, stage in enumerate(prepared.plan):
        tell(1 + position, total, None, sentence("trying the stage {stage}", stage=stage.name))
        with translate_errors(stage):
            measured.append(_try_stage(prepared, position))
        memory = max(memory, process.memory_info().rss)
    device = processes.device()
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    return Estimate(
        preparing=preparing,
        stages=tuple(measured),
        device=name,
        memory=memory,
        measuring=_measuring(prepared, measured[-1].valid_batch),
    )


def _measuring(prepared: trainer.PreparedRun, photo: float) -> float:
    """Seconds for comparing the old model with the new one. photo: seconds for validating one photo."""
    recipe, pictures = prepared.recipe, prepared.pictures
    if not recipe.corrections or recipe.start_model is None:
        return 0.0
    seconds = 2 * len(pictures.valid) * photo
    reference = reference_dataset(read_card(recipe.start_model))
    if reference is not None:
        larger = reference.read_label(reference.valid[0]).size / pictures.valid[0].label.numel()
        seconds += 2 * len(reference.valid) * photo * larger
    return seconds


def _try_stage(prepared: trainer.PreparedRun, position: int) -> StageEstimate:
    stage, stopwatch = prepared.plan[position], Stopwatch()
    prepared.clock.start(position, 0)
    learner = prepared.ready(position, _TINY_RATE)
    learner.add_cb(stopwatch)
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(1, prepared.rates(stage, _TINY_RATE), pct_start=stage.pct_start)
    learner.stop_when_diverged.check()
    train, valid = _after_warm_up(stopwatch.train), _after_warm_up(stopwatch.valid)
    slower = 1 + _share_of_previews(prepared, learner, stage)
    return StageEstimate(
        name=stage.name,
        epochs=stage.epochs,
        train_batches=len(learner.dls.train),
        valid_batches=len(learner.dls.valid),
        # The median: something else on the machine may hold up a batch.
        train_batch=statistics.median(train) * slower,
        valid_batch=statistics.median(valid),
        epoch_end=stopwatch.epoch_end,
        finder_batches=finder_batches(stage),
        train_measured=len(train),
        valid_measured=len(valid),
    )


def _after_warm_up(times: list[float]) -> list[float]:
    return times[WARM_UP:] or times[-1:]


def _share_of_previews(prepared: trainer.PreparedRun, learner: Learner, stage: Stage) -> float:
    """The time for previews within an epoch, as a share of the training's."""
    every = prepared.recipe.preview_seconds
    if every is None:
        return 0.0
    began = time.monotonic()
    previews = learner.previews
    previews.painter.paint(previews.predicts(), previews.factor, stage.name, 1, 0, 0.0)
    return (time.monotonic() - began) / every


def work(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Do the requested measurement."""
    with contextlib.suppress(OSError):
        # If memory runs out, this process should be killed, not the app.
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    keep_free_memory()  # as the run does
    recipe, folder = Recipe.model_validate(request["recipe"]), Path(request["folder"])
    found = dry_run(recipe, Path(request["data"]), folder, tuple(request["stages"]), tell)
    return {"estimate": found.model_dump(mode="json")}


if __name__ == "__main__":
    sys.exit(serve(work))
