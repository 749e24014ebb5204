"""One training run: follow a recipe on a data set, stage by stage; go on where it was stopped."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import fastai.callback.progress
import fastai.callback.schedule  # noqa: F401 (the two add Learner.no_bar and Learner.fit_one_cycle)
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
from core.networks import Network, find_network
from core.processor import has_native_bfloat16
from core.training.callbacks import (
    BEST,
    AverageWeights,
    Checkpoint,
    CountConfusion,
    CpuBfloat16,
    History,
    StopWhenDiverged,
    read_checkpoint,
    restore_optimiser,
    trim_history,
)
from core.training.data import Example, class_counts, load_examples, stage_dataloaders
from core.training.loss import SegmentationLoss
from core.training.recipe import Recipe, Stage

CHECKPOINT = "checkpoint.pt"

_ENCODERS = ("encoder.", "layers.0.")
"""How names of an encoder's parameters begin, in our networks and in fastai's DynamicUnet."""


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
    report: told after every epoch how the run stands.
    """
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = read_checkpoint(folder / CHECKPOINT, recipe.model_dump_json())
    trim_history(folder / "history.csv", epochs_done(recipe, checkpoint))
    run = _Run.prepare(recipe, dataset, folder, report, pretrained=recipe.pretrained and not checkpoint)
    if checkpoint:
        run.restore(checkpoint)
    for number in range(checkpoint.get("stage", 0), len(recipe.stages)):
        run.fit(number, checkpoint if number == checkpoint.get("stage") else {})
    run.model.load_state_dict(load_file(folder / BEST))
    return run.model.eval()


def epochs_done(recipe: Recipe, checkpoint: dict[str, Any]) -> int:
    """How many whole epochs of all stages together a checkpoint stands for."""
    before = sum(stage.epochs for stage in recipe.stages[: checkpoint.get("stage", 0)])
    return before + int(checkpoint.get("epoch", 0))


@dataclass(frozen=True)
class _Run:
    """Everything that stays the same from stage to stage."""

    recipe: Recipe
    folder: Path
    report: Callable[[EpochReport], None]
    network: Network
    model: nn.Module
    average: AverageWeights
    loss: SegmentationLoss
    train: list[Example]
    valid: list[Example]
    rarity: Tensor
    classes: int
    clock: _Clock

    @classmethod
    def prepare(
        cls,
        recipe: Recipe,
        dataset: SegmentationDataset,
        folder: Path,
        report: Callable[[EpochReport], None],
        pretrained: bool,
    ) -> Self:
        """Read the data and build the network. A bad label is found here, before the first epoch."""
        if not dataset.train or not dataset.valid:
            raise DatasetError(f"{dataset.name} needs at least one frame to train on and one in valid.txt.")
        for stage in recipe.stages:
            if len(dataset.train) < stage.batch_size:
                raise RecipeError(
                    f"The stage {stage.name} has a batch size of {stage.batch_size}, "
                    f"but {dataset.name} has only {len(dataset.train)} frames to train on."
                )
        _seed(recipe.seed)
        class_list = target_classes(recipe, dataset)
        classes = len(class_list)
        table = truth_table(dataset.class_list, class_list)
        train = load_examples(dataset, dataset.train, table)
        valid = load_examples(dataset, dataset.valid, table)
        counts = class_counts(train, classes)
        for split, pixels in (("training", counts.sum()), ("validation", class_counts(valid, classes).sum())):
            if not pixels:
                raise DatasetError(
                    f"No {split} frame of {dataset.name} has a labelled pixel "
                    f"of a class in {class_list.name}."
                )
        network = find_network(recipe.network)
        model = network.build(classes, pretrained).to(memory_format=torch.channels_last)
        loss = SegmentationLoss(
            class_weights(counts, recipe.class_weight_power), recipe.label_smoothing, recipe.jaccard_weight
        )
        return cls(
            recipe=recipe,
            folder=folder,
            report=report,
            network=network,
            model=model,
            average=AverageWeights(model, recipe.ema_decay),
            loss=loss,
            train=train,
            valid=valid,
            rarity=class_weights(counts, 0.5),
            classes=classes,
            clock=_Clock(recipe, len(train), len(valid)),
        )

    def restore(self, checkpoint: dict[str, Any]) -> None:
        """Put the weights of a checkpoint back."""
        self.model.load_state_dict(checkpoint["model"])
        self.average.restore(checkpoint)

    def fit(self, number: int, resumed: dict[str, Any]) -> None:
        """Train one stage, from the epoch after the checkpoint `resumed` or from its start."""
        stage = self.recipe.stages[number]
        start = resumed.get("epoch", 0)
        if start == stage.epochs:
            return
        # Another seed for each epoch that a run may start with: what was drawn before is not drawn again.
        _seed(self.recipe.seed + 1000 * number + start)
        learner = self._learner(number, stage, start, resumed.get("best", -1.0))
        rates = [stage.lr * self.recipe.encoder_lr, stage.lr][-len(parameter_groups(self.model)) :]
        if resumed:
            restore_optimiser(learner, resumed)
        self.clock.start(number, start)
        with learner.no_bar(), learner.no_logging():
            learner.fit_one_cycle(stage.epochs, np.array(rates), pct_start=stage.pct_start, start_epoch=start)
        learner.stop_when_diverged.check()

    def _learner(self, number: int, stage: Stage, start: int, best: float) -> Learner:
        counter = CountConfusion(self.classes)
        learner = Learner(
            stage_dataloaders(self.recipe, stage, self.network, self.train, self.valid, self.rarity),
            self.model,
            loss_func=self.loss,
            opt_func=Adam,
            splitter=parameter_groups,
            wd=self.recipe.weight_decay,
            metrics=counter.metrics,
            cbs=[
                self.average,
                counter,
                StopWhenDiverged(),
                History(
                    self.folder,
                    stage.name,
                    start,
                    best,
                    lambda line: self.report(self.clock.report(stage, line)),
                ),
                Checkpoint(self.folder / CHECKPOINT, self.recipe.model_dump_json(), number, start),
            ],
            path=self.folder,
        )
        if has_native_bfloat16():
            learner.add_cb(CpuBfloat16())
        return learner


def class_weights(counts: Tensor, power: float) -> Tensor:
    """(C,) weights, share of pixels to the minus `power`, scaled to a mean of 1 over pixels.

    A class without pixels gets no weight.
    """
    share = counts / counts.sum()
    weights = torch.where(share > 0, share.clamp(min=1e-9) ** -power, 0)
    return weights / (weights * share).sum()


def parameter_groups(model: nn.Module) -> list[list[nn.Parameter]]:
    """Parameter groups for fastai: the pretrained encoder and the rest, so that each gets its own rate."""
    parameters = dict(model.named_parameters())
    encoder = [p for name, p in parameters.items() if name.startswith(_ENCODERS)]
    rest = [p for name, p in parameters.items() if not name.startswith(_ENCODERS)]
    return [encoder, rest] if encoder else [rest]


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
