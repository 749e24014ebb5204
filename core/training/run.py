"""One training run: follow a recipe on a data set, stage by stage; go on where it was stopped."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fastai.learner import Learner
from fastai.optimizer import Adam
from safetensors.torch import load_file
from torch import Tensor, nn

from core.classes import CAMVID_11, CAMVID_32, ClassList
from core.datasets import SegmentationDataset
from core.errors import DatasetError, RecipeError
from core.evaluation import truth_table
from core.networks import find_network
from core.processor import has_native_bfloat16
from core.training.callbacks import (
    AverageWeights,
    Checkpoint,
    CountConfusion,
    CpuBfloat16,
    History,
    StopWhenDiverged,
    trim_history,
)
from core.training.data import class_counts, load_examples, stage_dataloaders
from core.training.loss import SegmentationLoss
from core.training.recipe import Recipe, Stage


@dataclass(frozen=True)
class EpochReport:
    """How a run stands after an epoch; `seconds_left` is guessed from the pixels still to be seen."""

    stage: str
    epoch: int
    epochs: int
    train_loss: float
    valid_loss: float
    acc_camvid: float
    mean_iou: float
    seconds_left: float


def target_classes(recipe: Recipe, dataset: SegmentationDataset) -> ClassList:
    """The class list a recipe trains for: `dataset` means the data set's own."""
    lists = {"dataset": dataset.class_list, CAMVID_11.name: CAMVID_11, CAMVID_32.name: CAMVID_32}
    if recipe.classes not in lists:
        raise RecipeError(
            f"The recipe {recipe.name} asks for the classes {recipe.classes!r}; "
            f"choose one of {', '.join(lists)}."
        )
    return lists[recipe.classes]


def train(
    recipe: Recipe,
    dataset: SegmentationDataset,
    folder: Path,
    report: Callable[[EpochReport], None] = lambda _: None,
) -> nn.Module:
    """Train a network and return it with its best averaged weights, in evaluation mode.

    folder: where `history.csv`, `best.safetensors` and `checkpoint.pt` go. When it holds a checkpoint of
    an earlier run of the same recipe, training goes on after that run's last whole epoch.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _seed(recipe.seed)
    classes = target_classes(recipe, dataset)
    network = find_network(recipe.network)
    table = truth_table(dataset.class_list, classes)
    examples = load_examples(dataset, dataset.train, table)
    valid = load_examples(dataset, dataset.valid, table)
    if not examples or not valid:
        raise DatasetError(f"{dataset.name} needs at least one frame to train on and one in valid.txt.")
    counts = class_counts(examples, len(classes))
    checkpoint = Checkpoint.read(folder / "checkpoint.pt")
    finished = sum(s.epochs for s in recipe.stages[: checkpoint.get("stage", 0)]) + checkpoint.get("epoch", 0)
    trim_history(folder / "history.csv", finished)
    pretrained = recipe.pretrained and not checkpoint
    model = network.build(len(classes), pretrained).to(memory_format=torch.channels_last)
    average = AverageWeights(model, recipe.ema_decay)
    loss = SegmentationLoss(
        class_weights(counts, recipe.class_weight_power), recipe.label_smoothing, recipe.jaccard_weight
    )
    rarity = class_weights(counts, 0.5)
    clock = _Clock(recipe, len(examples), len(valid))
    if checkpoint:
        model.load_state_dict(checkpoint["model"])
        average.average.module.load_state_dict(checkpoint["average"])
        average.steps = checkpoint["average_steps"]
    for number, stage in enumerate(recipe.stages):
        if number < checkpoint.get("stage", 0):
            continue
        resumed = checkpoint if number == checkpoint.get("stage") else {}
        start = resumed.get("epoch", 0)
        if start == stage.epochs:
            continue
        _seed(recipe.seed + 1000 * number + start)
        loaders = stage_dataloaders(recipe, stage, network, examples, valid, rarity)
        counter = CountConfusion(len(classes))
        history = History(folder, stage.name, partial(_forward, report, clock, stage))
        history.best = resumed.get("best", -1.0)
        learner = Learner(
            loaders,
            model,
            loss_func=loss,
            opt_func=Adam,
            splitter=_split,
            wd=recipe.weight_decay,
            metrics=counter.metrics,
            cbs=[average, counter, history, StopWhenDiverged(), Checkpoint(folder / "checkpoint.pt", number)],
            path=folder,
        )
        if has_native_bfloat16():
            learner.add_cb(CpuBfloat16())
        rates = [stage.lr * recipe.encoder_lr, stage.lr] if hasattr(model, "encoder") else [stage.lr]
        if resumed:
            learner.create_opt()
            opt = learner.opt.state_dict()
            learner.opt.load_state_dict({"state": resumed["optimiser"], "hypers": opt["hypers"]})
        clock.start(number, start)
        with learner.no_bar(), learner.no_logging():
            learner.fit_one_cycle(stage.epochs, np.array(rates), pct_start=stage.pct_start, start_epoch=start)
    model.load_state_dict(load_file(folder / "best.safetensors"))
    return model.eval()


def class_weights(counts: Tensor, power: float) -> Tensor:
    """(C,) weights, share of pixels to the minus `power`, scaled to a mean of 1 over pixels.

    A class without pixels gets no weight.
    """
    share = counts / counts.sum()
    weights = torch.where(share > 0, share.clamp(min=1e-9) ** -power, 0)
    return weights / (weights * share).sum()


def _split(model: nn.Module) -> list[list[nn.Parameter]]:
    """Parameter groups for fastai: the pretrained encoder and the rest, so that each gets its own rate."""
    parameters = dict(model.named_parameters())
    encoder = [p for name, p in parameters.items() if name.startswith("encoder.")]
    rest = [p for name, p in parameters.items() if not name.startswith("encoder.")]
    return [encoder, rest] if encoder else [rest]


def _forward(
    report: Callable[[EpochReport], None], clock: _Clock, stage: Stage, line: dict[str, Any]
) -> None:
    report(clock.report(stage, line))


def _seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


class _Clock:
    """Time left, from the pixels a recipe still has to push through the network."""

    def __init__(self, recipe: Recipe, train: int, valid: int) -> None:
        self.recipe = recipe
        # validation has no backward pass: about a third of the work
        self.work = [
            s.crop[0] * s.crop[1] * train + 480 * 360 * s.valid_size**2 * valid / 3 for s in recipe.stages
        ]

    def start(self, stage: int, epoch: int) -> None:
        self.stage, self.first, self.began = stage, epoch, time.monotonic()

    def report(self, stage: Stage, line: dict[str, Any]) -> EpochReport:
        done = (line["epoch"] - self.first) * self.work[self.stage]
        rest = (stage.epochs - line["epoch"]) * self.work[self.stage] + sum(
            s.epochs * w
            for s, w in zip(self.recipe.stages[self.stage + 1 :], self.work[self.stage + 1 :], strict=True)
        )
        left = (time.monotonic() - self.began) * rest / done
        figures = {k: line[k] for k in ("train_loss", "valid_loss", "acc_camvid", "mean_iou")}
        return EpochReport(stage.name, line["epoch"], stage.epochs, seconds_left=left, **figures)
