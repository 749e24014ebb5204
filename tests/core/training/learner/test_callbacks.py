"""The callbacks, each alone in a fit of a network so small that its figures can be said beforehand."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import fastai.callback.progress  # noqa: F401 (adds Learner.no_bar)
import numpy as np
import pytest
import torch
from fastai.callback.core import Callback
from fastai.data.core import DataLoaders
from fastai.data.load import DataLoader
from fastai.learner import Learner
from torch import Tensor, nn

from core.errors import DivergedError
from core.training.learner.callbacks import (
    AverageWeights,
    Checkpoint,
    CountConfusion,
    CpuBfloat16,
    History,
    LogBatches,
    RestoreProgress,
    StopOnRequest,
    StopWhenDiverged,
)
from core.training.learner.checkpoint import load_weights
from core.training.runs.folder import BATCHES, BEST, CHECKPOINTS, HISTORY

SIZE = 8
BATCHES_OF_TRAINING, BATCHES_OF_VALIDATION = 3, 1

Examples = list[tuple[Tensor, Tensor]]


class Spy(Callback):
    """Notes, at the end of each batch, what `look` finds in the learner."""

    order = 100

    def __init__(self, look) -> None:
        self.look, self.seen = look, []

    def after_batch(self) -> None:
        self.seen.append(self.look(self.learn))


def examples(count: int, seed: int) -> Examples:
    """Pictures (3, 8, 8) with label maps (8, 8) of two classes: whether the first channel is above 0."""
    pictures = torch.randn(count, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(seed))
    return [(picture, (picture[0] > 0).long()) for picture in pictures]


def learner(*callbacks: Callback, model: nn.Module | None = None, valid: Examples | None = None, **settings):
    """Three batches of two pictures to train on, one batch to validate; a 1 x 1 convolution by default."""
    torch.manual_seed(0)
    loaders = DataLoaders(
        DataLoader(examples(2 * BATCHES_OF_TRAINING, 1), bs=2),
        DataLoader(examples(2, 2) if valid is None else valid, bs=2),
        device=torch.device("cpu"),
    )
    loss = settings.pop("loss_func", nn.CrossEntropyLoss())
    return Learner(loaders, model or nn.Conv2d(3, 2, 1), loss_func=loss, cbs=[*callbacks], **settings)


def fit(learn, epochs: int = 1, lr: float = 0.1, **settings) -> None:
    with learn.no_bar(), learn.no_logging():
        learn.fit(epochs, lr, **settings)


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# --- bfloat16 on a CPU ----------------------------------------------------------------------------


class Watched(nn.Conv2d):
    """A convolution that notes in which precision its pictures come."""

    def __init__(self, *arguments: int, **settings: int) -> None:
        super().__init__(*arguments, **settings)
        self.kinds: list[tuple[torch.dtype, bool]] = []

    def forward(self, features: Tensor) -> Tensor:
        self.kinds.append((features.dtype, torch.is_autocast_enabled("cpu")))
        return super().forward(features)


def test_the_forward_pass_is_in_bfloat16_but_for_slow_convolutions_and_the_loss() -> None:
    slow, plain = Watched(3, 3, 5, padding=2, groups=3), Watched(3, 3, 3, padding=1, groups=3)
    kind = Spy(lambda learn: (learn.pred.dtype, learn.loss_grad.dtype))
    learn = learner(CpuBfloat16(), kind, model=nn.Sequential(plain, slow, nn.Conv2d(3, 2, 1)))
    fit(learn)

    assert set(plain.kinds) == {(torch.float32, True)}  # autocast casts within the convolution
    assert set(slow.kinds) == {(torch.float32, False)}
    assert set(kind.seen) == {(torch.float32, torch.float32)}


@pytest.mark.parametrize("stopped", [False, True])
def test_after_a_fit_nothing_is_left_in_bfloat16(stopped: bool) -> None:
    model = nn.Sequential(nn.Conv2d(3, 3, 5, padding=2, groups=3), nn.Conv2d(3, 2, 1))
    fit(learner(CpuBfloat16(), StopOnRequest(lambda: stopped), model=model))

    assert "forward" not in vars(model[0])
    assert not torch.is_autocast_enabled("cpu")
    assert model(torch.zeros(1, 3, SIZE, SIZE)).dtype == torch.float32


# --- averaged weights -----------------------------------------------------------------------------


def test_the_average_is_validated_and_the_network_trained() -> None:
    model = nn.Conv2d(3, 2, 1)
    average = AverageWeights(model, decay=0.5)
    used = Spy(lambda learn: (learn.training, learn.model is average.module, learn.model is model))
    learn = learner(average, used, model=model)
    fit(learn, 2)

    assert used.seen == 2 * (3 * [(True, False, True)] + [(False, True, False)])
    assert learn.model is model
    assert average.steps == 2 * BATCHES_OF_TRAINING


def test_an_average_of_decay_a_half_lies_half_way_after_a_late_step() -> None:
    model = nn.Conv2d(1, 1, 1, bias=False)
    average = AverageWeights(model, decay=0.5)
    nn.init.constant_(model.weight, 0.0)
    average.restore({"weight": torch.full((1, 1, 1, 1), 8.0)}, steps=100_000)  # the warm-up is long over
    learn = learner(average, model=model)
    average.learn = learn
    average.after_step()

    assert average.module.weight.item() == pytest.approx(4.0, rel=1e-3)
    assert average.steps == 100_001


def test_start_weights_have_their_share_in_the_result_and_none_in_the_training() -> None:
    model = nn.Conv2d(1, 1, 1, bias=False)
    start = {"weight": torch.full((1, 1, 1, 1), 2.0)}
    average = AverageWeights(model, decay=0.0, start=start, start_share=0.25)
    average.learn = learner(average, model=model)
    for learnt in (6.0, 10.0):
        nn.init.constant_(model.weight, learnt)
        average.after_step()

    assert average.module.weight.item() == pytest.approx(0.25 * 2 + 0.75 * 10)
    assert average.moving.weight.item() == model.weight.item() == 10
    assert start["weight"].item() == 2


def test_a_fit_that_ends_while_it_validates_gives_the_network_back() -> None:
    model = nn.Conv2d(3, 2, 1)
    average = AverageWeights(model, decay=0.5)
    learn = learner(average, model=model)
    learn.add_cb(StopOnRequest(lambda: not learn.training))
    fit(learn)

    assert learn.stop_on_request.stopped
    assert learn.model is model


# --- counting -------------------------------------------------------------------------------------


class Fixed(nn.Module):
    """Says the same logits (2, 2, 2) of every picture: class 1 in the first column, else class 0."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, features: Tensor) -> Tensor:
        one = torch.tensor([[4.0, -4.0], [4.0, -4.0]])
        logits = torch.stack([-one, one]).expand(len(features), 2, 2, 2)
        return logits + 0 * self.weight


def at_label_size(logits: Tensor, labels: Tensor) -> Tensor:
    return nn.functional.cross_entropy(nn.functional.interpolate(logits, labels.shape[-2:]), labels)


def test_validation_pixels_are_counted_by_true_and_predicted_class() -> None:
    # one picture: the upper half is class 0, the lower half class 1; the left half is taken for class 1
    truth = torch.zeros(SIZE, SIZE, dtype=torch.long)
    truth[SIZE // 2 :] = 1
    counts = CountConfusion(2)
    learn = learner(
        counts, model=Fixed(), valid=[(torch.zeros(3, SIZE, SIZE), truth)], loss_func=at_label_size
    )
    learn.metrics = counts.metrics
    fit(learn, 2)

    # of one epoch, the last; training pixels count nowhere
    np.testing.assert_array_equal(counts.confusion, [[16, 16], [16, 16]])
    # half of the pixels are right; each class: 16 of 48
    assert list(learn.recorder.log[3:5]) == pytest.approx([0.5, 1 / 3])


def test_void_pixels_are_not_counted() -> None:
    truth = torch.full((SIZE, SIZE), 255)
    truth[0] = 1
    counts = CountConfusion(2)
    loss = lambda logits, labels: logits.sum() * 0  # noqa: E731
    fit(learner(counts, model=Fixed(), valid=[(torch.zeros(3, SIZE, SIZE), truth)], loss_func=loss))

    np.testing.assert_array_equal(counts.confusion, [[0, 0], [4, 4]])


# --- stopping -------------------------------------------------------------------------------------


def test_a_loss_that_is_no_number_ends_the_fit_before_the_weights_are_changed() -> None:
    stop, batches = StopWhenDiverged(), Spy(lambda learn: 0)
    learn = learner(stop, batches, loss_func=lambda logits, _: logits.sum() * math.nan)
    before = learn.model.weight.detach().clone()
    fit(learn)

    assert stop.diverged
    assert torch.equal(learn.model.weight, before)
    assert len(batches.seen) <= 1
    with pytest.raises(DivergedError, match="learning rate is too high"):
        stop.check()


def test_validation_without_any_loss_is_no_divergence() -> None:
    def loss(logits: Tensor, labels: Tensor) -> Tensor:
        return logits.sum() * (0.0 if learn.training else math.nan)

    stop = StopWhenDiverged()
    learn = learner(stop, loss_func=loss)
    fit(learn)

    stop.check()
    assert not stop.diverged


def test_logits_that_are_no_numbers_are_divergence_in_validation_too() -> None:
    class Breaks(Fixed):
        def forward(self, features: Tensor) -> Tensor:
            return super().forward(features) * (1.0 if self.training else math.inf) * 0

    stop = StopWhenDiverged()
    fit(learner(stop, model=Breaks(), loss_func=lambda logits, _: logits.sum()))

    assert stop.diverged


def test_a_fit_that_is_asked_to_stop_does_no_further_batch() -> None:
    batches = Spy(lambda learn: learn.iter)
    stop = StopOnRequest(lambda: len(batches.seen) == 2)
    fit(learner(stop, batches), 5)

    assert stop.stopped
    assert batches.seen[:2] == [0, 1]
    assert len(batches.seen) <= 3  # fastai ends the batch that was refused, without having done it


def test_a_fit_that_nobody_stops_says_so() -> None:
    stop = StopOnRequest(lambda: False)
    fit(learner(stop))

    assert not stop.stopped


# --- going on -------------------------------------------------------------------------------------


def test_fastais_counters_stand_where_they_stood() -> None:
    restored = []
    restore = RestoreProgress(1, (40, 0.25), lambda: restored.append(True))

    def look(learn) -> tuple[int, int, float]:
        return learn.train_iter, learn.recorder.smooth_loss.count, float(learn.smooth_loss)

    counters = Spy(look)
    fit(learner(restore, counters), 3, start_epoch=1)

    assert restored == [True]  # at the first epoch that is done, not at the others
    trained = counters.seen[:3]
    assert [count for _, count, _ in trained] == [41, 42, 43]
    assert trained[0][0] == BATCHES_OF_TRAINING + 1
    assert trained[0][2] != pytest.approx(0.25, abs=1e-9)  # one loss more in the average


# --- files ----------------------------------------------------------------------------------------


def test_every_training_batch_has_a_line(tmp_path: Path) -> None:
    told = []
    seconds = iter(range(1, 100))
    log = LogBatches(tmp_path, "small", lambda: float(next(seconds)), lambda *words: told.append(words))
    losses = Spy(lambda learn: learn.loss.item())
    fit(learner(log, losses), 2, lr=0.125)
    found = lines(tmp_path / BATCHES)

    assert [(line["stage"], line["epoch"], line["batch"]) for line in found] == [
        ("small", epoch, batch) for epoch in "12" for batch in "123"
    ]
    assert [float(line["loss"]) for line in found] == pytest.approx(
        losses.seen[:3] + losses.seen[4:7], rel=1e-5
    )
    assert {line["lr"] for line in found} == {"0.125"}
    assert [line["seconds"] for line in found] == [f"{number}.000" for number in range(1, 7)]
    assert told == 2 * [(1, 3), (2, 3), (3, 3)]


def test_a_process_that_writes_nothing_tells_all_the_same(tmp_path: Path) -> None:
    told = []
    fit(learner(LogBatches(None, "small", lambda: 0.0, lambda *words: told.append(words))))

    assert told == [(1, 3), (2, 3), (3, 3)]
    assert list(tmp_path.iterdir()) == []


class Scores(Callback):
    """Has fastai log these figures instead of measured ones: acc_camvid and mean IoU of each epoch."""

    order = 59

    def __init__(self, *mean_ious: float) -> None:
        self.mean_ious = mean_ious

    def after_epoch(self) -> None:
        if len(self.learn.recorder.log) > 1:
            self.learn.recorder.log[1:5] = [1.5, 2.5, 0.75, self.mean_ious[self.epoch]]


def with_history(folder: Path, *mean_ious: float, start: int = 0, best: float = -1.0, every: bool = False):
    """The lines reported, and the weights of each epoch, of a fit with these mean IoUs."""
    (folder / CHECKPOINTS).mkdir(exist_ok=True)
    reported: list[dict] = []
    model = nn.Conv2d(3, 2, 1)
    average = AverageWeights(model, decay=0.5)
    weights: list[Tensor] = []

    class Keep(Callback):
        order = 61

        def after_epoch(self) -> None:
            weights.append(average.module.weight.detach().clone())

    history = History(folder, "large", start, best, every, reported.append)
    learn = learner(average, Scores(*mean_ious), history, Keep(), model=model)
    fit(learn, len(mean_ious), start_epoch=start)
    return reported, weights


def test_each_epoch_has_a_line_and_the_best_weights_are_kept(tmp_path: Path) -> None:
    reported, weights = with_history(tmp_path, 0.2, 0.6, 0.4)
    found = lines(tmp_path / HISTORY)

    assert [(line["stage"], line["epoch"], line["mean_iou"]) for line in found] == [
        ("large", "1", "0.20000"),
        ("large", "2", "0.60000"),
        ("large", "3", "0.40000"),
    ]
    assert (found[0]["train_loss"], found[0]["valid_loss"], found[0]["acc_camvid"]) == (
        "1.50000",
        "2.50000",
        "0.75000",
    )
    assert [line["mean_iou"] for line in reported] == [0.2, 0.6, 0.4]
    assert torch.equal(load_weights(tmp_path / BEST)["weight"], weights[1])
    assert not torch.equal(weights[1], weights[2])
    assert list((tmp_path / CHECKPOINTS).iterdir()) == []


def test_weights_that_are_no_better_than_before_are_not_kept(tmp_path: Path) -> None:
    with_history(tmp_path, 0.2, 0.3, best=0.3)

    assert not (tmp_path / BEST).exists()


def test_a_stage_that_goes_on_writes_only_its_own_epochs(tmp_path: Path) -> None:
    reported, _ = with_history(tmp_path, 0.2, 0.3, 0.4, start=2)

    assert [line["epoch"] for line in lines(tmp_path / HISTORY)] == ["3"]
    assert len(reported) == 1


def test_every_epoch_is_kept_where_the_recipe_says_so(tmp_path: Path) -> None:
    _, weights = with_history(tmp_path, 0.5, 0.4, every=True)

    for number in (1, 2):
        kept = load_weights(tmp_path / CHECKPOINTS / f"large.{number:03d}.safetensors")
        assert torch.equal(kept["weight"], weights[number - 1])


def test_a_checkpoint_is_saved_after_each_epoch_that_was_done() -> None:
    saved: list[int] = []
    fit(learner(Checkpoint(2, saved.append)), 4, start_epoch=2)

    assert saved == [3, 4]
