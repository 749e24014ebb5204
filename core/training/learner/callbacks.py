"""What fastai's training loop needs here: bf16 on a CPU, averaged weights, counted metrics, a history.

If several processes train together, only the first writes files; they agree through
`core.training.distributed.processes`.
"""

from __future__ import annotations

import time
import types
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fastai.callback.core import Callback, CancelFitException
from fastai.learner import ValueMetric
from numpy.typing import NDArray
from torch import Tensor, nn

from core.errors import DivergedError
from core.evaluation.metrics import count_confusion, mean_iou, pixel_accuracy
from core.jobs import ProgressCallback
from core.languages import sentence
from core.models.compiler import without_compiler
from core.segmentation.merged import summed_logs
from core.training.batches.loss import to_label_size
from core.training.distributed import processes
from core.training.learner import convolution
from core.training.learner.checkpoint import save_weights
from core.training.runs.folder import BATCHES, BEST, CHECKPOINTS, HISTORY, append_row

with without_compiler():
    from timm.utils.model_ema import ModelEmaV3


class Event(Callback):
    """The base of callbacks in other files, so that only this file deals with fastai's lack of types."""


class CpuBfloat16(Callback):
    """Runs the forward pass in bfloat16 on a CPU. fastai's own MixedPrecision requires CUDA.

    The backward pass of large or strided depthwise convolutions is several times slower in bfloat16 than
    in single precision (measured with oneDNN on AVX512-bf16), so these stay in single precision.
    """

    order = -8

    def __init__(self) -> None:
        self.slow: list[Any] = []

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


class CpuAvx2(Callback):
    """Speeds up training on a CPU with AVX2 and nothing newer; see `core.training.learner.convolution`."""

    def __init__(self) -> None:
        self.mended: list[Any] = []

    def before_fit(self) -> None:
        self.mended = [m for m in self.learn.model.modules() if convolution.gains(m)]
        for module in self.mended:
            module._conv_forward = types.MethodType(convolution.convolve, module)

    def after_fit(self) -> None:
        for module in self.mended:
            del module._conv_forward


class AverageWeights(Callback):
    """Keeps an exponential moving average of the weights, and validates with that.

    Source: Polyak and Juditsky, 1992; the warm-up of the decay is timm's.
    to_validate: makes what validates from the network with the averaged weights; by default that network.
    start: weights by name that have the share `start_share` in what comes out, whatever was learnt: a
    mixture of old and new weights keeps most of what either can do.
    Source of that: Wortsman et al., "Robust fine-tuning of zero-shot models", 2022, section 3.
    """

    order = -20

    def __init__(
        self,
        model: nn.Module,
        decay: float,
        to_validate: Callable[[nn.Module], nn.Module] = lambda net: net,
        start: dict[str, Tensor] | None = None,
        start_share: float = 0.0,
    ) -> None:
        self.to_validate = to_validate
        self.start, self.start_share = start or {}, start_share
        self.average = ModelEmaV3(model, decay=decay, use_warmup=True)
        self.mixture = deepcopy(self.moving) if start_share else None
        self.steps = 0
        self.trained: nn.Module | None = None
        self._validating: nn.Module | None = None

    @property
    def module(self) -> nn.Module:
        """The network with the averaged weights: what is validated, kept and published."""
        return self.moving if self.mixture is None else self.mixture

    @property
    def moving(self) -> nn.Module:
        """The average without the start's share: what a run resumes with."""
        module: nn.Module = self.average.module
        return module

    def validating(self) -> nn.Module:
        """What validates, with the averaged weights as they are now; made once between two steps."""
        if self._validating is None:
            self._validating = self.to_validate(self.module)
        return self._validating

    def restore(self, weights: dict[str, Tensor], steps: int) -> None:
        """Continue from an average in a checkpoint."""
        self.moving.load_state_dict(weights)
        self.steps, self._validating = steps, None
        self._mix()

    def after_step(self) -> None:
        self.steps += 1
        self.average.update(self.learn.model, step=self.steps)
        self._validating = None
        self._mix()

    @torch.no_grad()
    def _mix(self) -> None:
        if self.mixture is None:
            return
        self.mixture.load_state_dict(self.moving.state_dict())
        for name, tensor in self.mixture.state_dict().items():
            if tensor.is_floating_point() and name in self.start:
                tensor.lerp_(self.start[name], self.start_share)

    def before_validate(self) -> None:
        self.trained = self.learn.model
        self.learn.model = self.validating()

    def after_validate(self) -> None:
        if self.trained is not None:
            self.learn.model, self.trained = self.trained, None

    def after_fit(self) -> None:
        # the run was stopped during validation
        self.after_validate()


class FixedNorms(Callback):
    """Keeps the batch norms in evaluation mode while the network trains: their averages stay as they are."""

    order = -5  # after fastai has put the whole network into training mode

    def before_train(self) -> None:
        for module in self.learn.model.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.eval()


class AsksStartModel(Callback):
    """Gives the loss the answers of the model that training started from, for the run's own pictures.

    start: that network; it is not changed. own: how many pictures of each batch they are, the first ones.
    """

    order = -7  # after CpuBfloat16, so that both compute in the same precision
    run_valid = False

    def __init__(self, start: nn.Module, own: int) -> None:
        self.start, self.own = start.eval().requires_grad_(False), own

    def before_batch(self) -> None:
        with torch.no_grad():
            answers = self.start(self.learn.xb[0][: self.own])
        self.learn.yb = (*self.learn.yb, answers.float())


class AsksTeacher(Callback):
    """Gives the loss of mixed batches a model's answers for the run's own pictures, those of source 0."""

    order = AsksStartModel.order
    run_valid = False

    def __init__(self, teacher: nn.Module) -> None:
        self.teacher = teacher.eval().requires_grad_(False)

    def before_batch(self) -> None:
        labels, sources = self.learn.yb
        own = self.learn.xb[0][sources == 0]
        with torch.no_grad():
            answers = self.teacher(own).float() if len(own) else None
        self.learn.yb = (labels, sources, answers)


class CountConfusion(Callback):
    """Counts validation pixels by true and predicted class; `metrics` are what fastai shows.

    classes: how many the labels have. members: for each of these the network's classes that it may be, where
    they are not the same; what the network says of them is summed, as where a model is measured
    (`core.segmentation.merged`).
    """

    order = 10

    def __init__(self, classes: int, members: Sequence[Sequence[int]] | None = None) -> None:
        self.classes, self.members = classes, members
        self.confusion = np.zeros((classes, classes), dtype=np.int64)

    @property
    def metrics(self) -> list[ValueMetric]:
        """fastai metrics `acc_camvid` and `mean_iou` of the last validation."""
        return [
            ValueMetric(lambda: pixel_accuracy(self.confusion), "acc_camvid"),
            ValueMetric(lambda: mean_iou(self.confusion), "mean_iou"),
        ]

    def before_validate(self) -> None:
        self.confusion = np.zeros_like(self.confusion)
        self.seen = 0

    def after_pred(self) -> None:
        if self.training:
            return
        truth = self.learn.yb[0]
        predicted = self._predicted(to_label_size(self.learn.pred, truth))
        own = self._own(len(truth))
        self.confusion += count_confusion(
            truth[:own].cpu().numpy().astype(np.uint8),
            predicted[:own],
            self.classes,
        )

    def _predicted(self, logits: Tensor) -> NDArray[np.uint8]:
        """(N, H, W) the class of every pixel. logits: (N, C, H, W)."""
        if self.members is None:
            return logits.max(dim=1).indices.cpu().numpy().astype(np.uint8)
        pictures = logits.cpu().numpy().copy()
        labels = [summed_logs(each, self.members).argmax(axis=0) for each in pictures]
        return np.stack(labels).astype(np.uint8)

    def after_validate(self) -> None:
        self.confusion = processes.summed(self.confusion)

    def _own(self, pictures: int) -> int:
        """How many of the next pictures count: several processes pad their shares with repeated ones."""
        first, self.seen = self.seen, self.seen + pictures
        if not processes.is_distributed():
            return pictures
        loader = self.learn.dl
        first += processes.rank() * loader.n_padded // processes.world_size()
        return max(0, min(pictures, int(loader.n) - int(first)))


class StopWhenDiverged(Callback):
    """Stops a run whose loss is no longer a number: it cannot recover.

    `check` then raises the error, because fastai changes the message of whatever a callback raises.
    """

    diverged = False

    def after_loss(self) -> None:
        if processes.any_of(self._is_no_number()):
            self.diverged = True
            raise CancelFitException

    def _is_no_number(self) -> bool:
        if torch.isfinite(self.learn.loss_grad):
            return False
        # In validation, a picture whose classes all have no weight has no loss, however good the network is.
        return bool(self.training or not torch.isfinite(self.learn.pred).all())

    def check(self) -> None:
        """DivergedError if the run was stopped."""
        if self.diverged:
            raise DivergedError(
                sentence(
                    "The loss is no longer a number: the learning rate is too high; let the learning-rate "
                    "finder (lr-find) suggest one, or start again with a tenth of it."
                )
            )


class StopOnRequest(Callback):
    """Ends a run at the next batch if asked to; `stopped` then says so.

    What was learnt since the last completed epoch is lost: the run continues from the checkpoint after it.
    Runs before CpuBfloat16, which would otherwise be left half way through a batch.
    """

    order = -9

    def __init__(self, should_stop: Callable[[], bool]) -> None:
        self.should_stop, self.stopped = should_stop, False

    def before_batch(self) -> None:
        if processes.any_of(self.should_stop()):
            self.stopped = True
            raise CancelFitException


class RestoreProgress(Callback):
    """Restores fastai's own counters to their values after the last completed epoch.

    restore: called right before the first batch, when nothing else can draw random numbers any more.
    """

    order = 80
    run_valid = False

    def __init__(self, epoch: int, smooth_loss: tuple[int, float], restore: Callable[[], None]) -> None:
        self.first, self.smooth, self.restore = epoch, smooth_loss, restore

    def before_train(self) -> None:
        if self.epoch != self.first:
            return
        losses = self.learn.recorder.smooth_loss
        losses.count, losses.val = self.smooth[0], torch.tensor(self.smooth[1])
        self.learn.train_iter = self.epoch * len(self.learn.dls.train)
        self.restore()


class LogBatches(Callback):
    """Writes one line for each training batch to `batches.csv` and reports it.

    seconds: how long the run has trained, without pauses. report: called with the batch's number in the
    epoch, from 1, and the number of batches in an epoch.
    """

    order = 65
    run_valid = False
    columns = ("stage", "epoch", "batch", "loss", "smooth_loss", "lr", "momentum", "seconds")

    def __init__(
        self,
        folder: Path | None,
        stage: str,
        seconds: Callable[[], float],
        report: ProgressCallback,
    ) -> None:
        self.folder, self.stage, self.seconds, self.report = folder, stage, seconds, report

    def after_batch(self) -> None:
        hyper = self.learn.opt.hypers[-1]
        figures = (
            self.learn.loss.item(),
            float(self.learn.smooth_loss),
            float(hyper["lr"]),
            float(hyper["mom"]),
        )
        numbers = (f"{value:.6g}" for value in figures)
        if self.folder is not None:
            values = (self.stage, self.epoch + 1, self.iter + 1, *numbers, f"{self.seconds():.3f}")
            append_row(self.folder / BATCHES, self.columns, values)
        self.report(self.iter + 1, self.n_iter)


class History(Callback):
    """Writes one line for each epoch to `history.csv` and keeps the weights of the stage's best mean IoU.

    fastai's CSVLogger restarts its file with every fit and also logs the epochs that a resumed one skips.

    folder: None in all processes but the first. start: the epoch from which a resumed stage continues; fastai
    also announces the end of those before it. best: the mean IoU to beat. every_epoch: keep the weights of
    each epoch. report: called with each line as a dict. keep_last: the last weights count as the best, for
    frames that are not to choose them.
    """

    order = 60
    columns = ("stage", "epoch", "train_loss", "valid_loss", "acc_camvid", "mean_iou", "seconds")

    def __init__(
        self,
        folder: Path | None,
        stage: str,
        start: int,
        best: float,
        every_epoch: bool,
        report: Callable[[dict[str, Any]], None],
        keep_last: bool = False,
    ) -> None:
        self.folder, self.stage, self.start, self.best = folder, stage, start, best
        self.every_epoch, self.report, self.keep_last = every_epoch, report, keep_last

    def before_epoch(self) -> None:
        self.started = time.monotonic()

    def after_epoch(self) -> None:
        if self.epoch < self.start:
            return
        values = (self.stage, self.epoch + 1, *self.learn.recorder.log[1:5])
        line = dict(zip(self.columns, (*values, time.monotonic() - self.started), strict=True))
        better = self.keep_last or line["mean_iou"] > self.best
        self.best = max(line["mean_iou"], self.best)
        if self.folder is not None:
            self._write(self.folder, line, better)
        self.report(line)

    def _write(self, folder: Path, line: dict[str, Any], better: bool) -> None:
        values = (f"{v:.5f}" if isinstance(v, float) else v for v in line.values())
        append_row(folder / HISTORY, self.columns, values)
        module = self.learn.average_weights.module
        if better:
            save_weights(module, folder / BEST)
        if self.every_epoch:
            save_weights(module, folder / CHECKPOINTS / f"{self.stage}.{self.epoch + 1:03d}.safetensors")


class Checkpoint(Callback):
    """After each completed epoch, calls `save` with the number of epochs done in the stage."""

    order = 70

    def __init__(self, start: int, save: Callable[[int], None]) -> None:
        self.start, self.save = start, save

    def after_epoch(self) -> None:
        if self.epoch >= self.start:
            self.save(self.epoch + 1)
