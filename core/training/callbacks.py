"""What fastai's training loop needs here: bf16 on a CPU, averaged weights, counted metrics, a history."""

from __future__ import annotations

import csv
import time
import types
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fastai.callback.core import Callback, CancelFitException
from fastai.learner import Learner, ValueMetric
from safetensors.torch import save_file
from timm.utils.model_ema import ModelEmaV3
from torch import Tensor, nn

from core.errors import DivergedError, TrainingError
from core.evaluation import count_confusion, mean_iou, pixel_accuracy
from core.training.loss import to_label_size

BEST = "best.safetensors"


class CpuBfloat16(Callback):
    """Runs the forward pass in bfloat16 on a CPU. fastai's own MixedPrecision asks for CUDA.

    The backward pass of large or strided depthwise convolutions is several times slower in bfloat16 than
    in single precision (measured with oneDNN on AVX512-bf16), so these alone stay in single precision.
    """

    order = -8

    def before_fit(self) -> None:
        self.slow = [m for m in self.learn.model.modules() if _is_slow_depthwise(m)]
        for module in self.slow:
            module.forward = types.MethodType(_forward_in_float32, module)

    def before_batch(self) -> None:
        self.autocast = ExitStack()
        self.autocast.enter_context(torch.autocast("cpu", torch.bfloat16))

    def after_pred(self) -> None:
        self.autocast.close()
        self.learn.pred = self.learn.pred.float()

    def after_fit(self) -> None:
        for module in self.slow:
            del module.forward


def _is_slow_depthwise(module: nn.Module) -> bool:
    return (
        isinstance(module, nn.Conv2d)
        and module.groups == module.in_channels > 1
        and (module.kernel_size[0] > 3 or module.stride[0] > 1)
    )


def _forward_in_float32(self: nn.Module, features: Tensor) -> Tensor:
    with torch.autocast("cpu", enabled=False):
        result: Tensor = type(self).forward(self, features.float())
    return result.to(features.dtype)


class AverageWeights(Callback):
    """Keeps an exponential moving average of the weights and validates with it instead of the weights.

    Source: Polyak and Juditsky, 1992; the warm-up of the decay is timm's.
    """

    order = -20

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.average = ModelEmaV3(model, decay=decay, use_warmup=True)
        self.steps = 0

    def restore(self, checkpoint: dict[str, Any]) -> None:
        """Go on with the average that a checkpoint holds."""
        self.average.module.load_state_dict(checkpoint["average"])
        self.steps = checkpoint["average_steps"]

    def after_step(self) -> None:
        self.steps += 1
        self.average.update(self.learn.model, step=self.steps)

    def before_validate(self) -> None:
        self.trained = self.learn.model
        self.learn.model = self.average.module

    def after_validate(self) -> None:
        self.learn.model = self.trained


class CountConfusion(Callback):
    """Counts validation pixels by true and predicted class; `metrics` are what fastai shows of them."""

    order = 10

    def __init__(self, classes: int) -> None:
        self.classes = classes
        self.confusion = np.zeros((classes, classes), dtype=np.int64)

    @property
    def metrics(self) -> list[ValueMetric]:
        """fastai metrics `acc_camvid` and `mean_iou` over the last validation."""
        return [
            ValueMetric(lambda: pixel_accuracy(self.confusion), "acc_camvid"),
            ValueMetric(lambda: mean_iou(self.confusion), "mean_iou"),
        ]

    def before_validate(self) -> None:
        self.confusion = np.zeros_like(self.confusion)

    def after_pred(self) -> None:
        if self.training:
            return
        truth = self.learn.yb[0]
        predicted = to_label_size(self.learn.pred, truth).argmax(dim=1)
        self.confusion += count_confusion(
            truth.numpy().astype(np.uint8), predicted.numpy().astype(np.uint8), self.classes
        )


class StopWhenDiverged(Callback):
    """Stops a run whose loss is not a number any more: nothing good comes after that.

    `check` then raises the error: fastai writes into the message of whatever a callback raises.
    """

    diverged = False

    def after_loss(self) -> None:
        if self.training and not torch.isfinite(self.learn.loss_grad):
            self.diverged = True
            raise CancelFitException

    def check(self) -> None:
        """DivergedError when the run was stopped."""
        if self.diverged:
            raise DivergedError(
                "The loss is not a number any more: the learning rate is too high; "
                "start again with a tenth of it."
            )


class History(Callback):
    """Writes one line an epoch to `history.csv` and keeps the weights of the stage's best mean IoU.

    start: the epoch that a resumed stage goes on with; fastai announces the end of those before it too.
    best: the mean IoU to beat. report: called with each line as a dict.
    """

    order = 60
    columns = ("stage", "epoch", "train_loss", "valid_loss", "acc_camvid", "mean_iou", "seconds")

    def __init__(
        self, folder: Path, stage: str, start: int, best: float, report: Callable[[dict[str, Any]], None]
    ) -> None:
        self.folder, self.stage, self.start, self.best, self.report = folder, stage, start, best, report

    def before_epoch(self) -> None:
        self.started = time.monotonic()

    def after_epoch(self) -> None:
        if self.epoch < self.start:
            return
        train_loss, valid_loss, acc_camvid, miou = self.learn.recorder.log[1:5]
        values = (self.stage, self.epoch + 1, train_loss, valid_loss, acc_camvid, miou)
        line = dict(zip(self.columns, (*values, time.monotonic() - self.started), strict=True))
        path = self.folder / "history.csv"
        new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(self.columns)
            writer.writerow([f"{v:.5f}" if isinstance(v, float) else v for v in line.values()])
        if miou > self.best:
            self.best = miou
            save_weights(self.learn.average_weights.average.module, self.folder / BEST)
        self.report(line)


def trim_history(path: Path, epochs: int) -> None:
    """Keep the first `epochs` lines: what a run wrote after its last checkpoint is done again."""
    if not path.exists():
        return
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)[: epochs + 1]
    with _replacing(path) as temporary:
        temporary.write_text("".join(lines), encoding="utf-8")


def save_weights(model: nn.Module, path: Path) -> None:
    """Write a model's weights as safetensors, whole or not at all."""
    with _replacing(path) as temporary:
        # channels_last tensors would be refused: safetensors stores contiguous ones
        save_file({k: v.detach().contiguous() for k, v in model.state_dict().items()}, temporary)


class Checkpoint(Callback):
    """After each epoch, writes all that is needed to go on with the next: `checkpoint.pt`.

    Optimiser state has nested containers, which safetensors cannot hold; the file is only ever read with
    `weights_only=True`, which unpickles nothing but tensors and plain values.
    """

    order = 70

    def __init__(self, path: Path, recipe: str, stage: int, start: int) -> None:
        self.path, self.recipe, self.stage, self.start = path, recipe, stage, start

    def after_epoch(self) -> None:
        if self.epoch < self.start:
            return
        opt = self.learn.opt.state_dict()
        state = {
            "recipe": self.recipe,
            "stage": self.stage,
            "epoch": self.epoch + 1,
            "best": self.learn.history.best,
            "model": self.learn.model.state_dict(),
            "average": self.learn.average_weights.average.module.state_dict(),
            "average_steps": self.learn.average_weights.steps,
            "optimiser": [dict(s) for s in opt["state"]],
        }
        with _replacing(self.path) as temporary:
            torch.save(state, temporary)


def read_checkpoint(path: Path, recipe: str) -> dict[str, Any]:
    """What `Checkpoint` wrote last; an empty dict when there is nothing.

    TrainingError when it was written by a run of another recipe.
    """
    if not path.exists():
        return {}
    state: dict[str, Any] = torch.load(path, weights_only=True)
    if state["recipe"] != recipe:
        raise TrainingError(
            f"{path.parent} holds an unfinished run of another recipe: "
            "remove that folder or choose another name."
        )
    return state


def restore_optimiser(learner: Learner, checkpoint: dict[str, Any]) -> None:
    """Give a learner the optimiser state of a checkpoint; the schedule sets the hyperparameters itself."""
    learner.create_opt()
    hypers = learner.opt.state_dict()["hypers"]
    learner.opt.load_state_dict({"state": checkpoint["optimiser"], "hypers": hypers})


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when the block ends well."""
    temporary = path.with_name(path.name + ".part")
    yield temporary
    temporary.replace(path)
