"""One training run: follow a recipe on a data set, stage by stage; continue where it was stopped."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import fastai.callback.progress
import fastai.callback.schedule  # noqa: F401 (the two add Learner.no_bar and Learner.fit_one_cycle)
import numpy as np
import torch
from fastai.data.core import DataLoaders
from fastai.learner import Learner
from fastai.optimizer import Adam
from pydantic import ValidationError
from torch import Tensor, nn

from core.classes import CAMVID_11, CAMVID_31, CAMVID_32, ClassList
from core.datasets import SegmentationDataset
from core.errors import DatasetError, RecipeError, StoppedError, TrainingError
from core.files import size_of
from core.hardware.processor import has_native_bfloat16, has_no_more_than_avx2
from core.languages import sentence
from core.models.networks import Network, find_network
from core.models.store import read_card
from core.training.batches.data import Pictures, stage_dataloaders
from core.training.batches.examples import LoadedExamples, load_examples, memory_budget
from core.training.batches.loss import RememberingLoss, SegmentationLoss, class_weights
from core.training.batches.mixed_loss import MixedLoss
from core.training.corrections.classes import extended_classes, known_truth, what_labels_may_be
from core.training.corrections.photos import as_learnt
from core.training.corrections.replay import reference_dataset, replay_frames
from core.training.distributed import processes
from core.training.distributed.failures import translate_errors
from core.training.learner import checkpoint
from core.training.learner.callbacks import (
    AsksStartModel,
    AsksTeacher,
    AverageWeights,
    Checkpoint,
    CountConfusion,
    CpuAvx2,
    CpuBfloat16,
    FixedNorms,
    History,
    LogBatches,
    RestoreProgress,
    StopOnRequest,
    StopWhenDiverged,
)
from core.training.learner.checkpoint import ResumePoint
from core.training.learner.lr_find import Suggestions, find_learning_rate
from core.training.learner.mixing import load_mixed, mixed_loss
from core.training.learner.previews import PreviewPainter, Previews
from core.training.learner.starting import ENCODERS, built_network, on_device, start_network, start_weights
from core.training.learner.validation import PredictsAsTheApp
from core.training.mix.labels import Labels, Sets
from core.training.mix.shares import shares_within
from core.training.mix.weak import weak_labels
from core.training.recipes.recipe import Recipe, Stage
from core.training.runs.folder import BATCHES, BEST, CHECKPOINTS, HISTORY, INDEX, PREVIEWS, RESUME, cut

APPENDED = (HISTORY, BATCHES, f"{PREVIEWS}/{INDEX}")
"""The files of a run to which lines are appended."""

Loss = SegmentationLoss | RememberingLoss | MixedLoss

_DOWNWARD = (*ENCODERS, "stem.", "down.")
"""Prefixes of what a stage fixes that fixes the encoder: also of the network that has none pretrained."""


@dataclass(frozen=True)
class EpochReport:
    """A run's progress after an epoch; `seconds_left` is estimated from the pixels still to be trained on.

    done, total: epochs of all stages together. seconds: trained so far.
    """

    stage: str
    epoch: int
    epochs: int
    train_loss: float
    valid_loss: float
    acc_camvid: float
    mean_iou: float
    seconds_left: float
    done: int = 0
    total: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class BatchReport:
    """A run's progress within an epoch, or within the learning-rate finder if `finding`.

    epoch: completed epochs of the stage. batch, batches: of the current epoch.
    seconds_left is None until there is a measurement.
    """

    stage: str
    epoch: int
    epochs: int
    batch: int
    batches: int
    done: int
    total: int
    seconds: float
    seconds_left: float | None = None
    finding: bool = False


@dataclass(frozen=True)
class Watch:
    """Callbacks: `report` is told of every batch, `should_stop` is asked before every batch."""

    batch: Callable[[BatchReport], None] = lambda _: None
    should_stop: Callable[[], bool] = lambda: False


def target_classes(recipe: Recipe, dataset: SegmentationDataset) -> ClassList:
    """The class list that a recipe trains for: `dataset` is the data set's own, `model` the start model's.

    `extended` is the start model's with the classes that the data set adds to it.
    dataset: as `as_learnt` gives it.
    """
    known = {each.name: each for each in (CAMVID_11, CAMVID_31, CAMVID_32)}
    lists = {"dataset": dataset.class_list} | known
    if recipe.classes in ("model", "extended") and recipe.start_model is not None:
        from core.models.weights import load_model

        own = load_model(recipe.start_model).class_list
        return own if recipe.classes == "model" else extended_classes(dataset, own, recipe.start_model)
    if recipe.classes not in lists:
        raise RecipeError(
            sentence(
                "The recipe {name} asks for the classes {classes!r}; choose one of {lists}.",
                name=recipe.name,
                classes=recipe.classes,
                lists=", ".join(lists),
            )
        )
    return lists[recipe.classes]


def train(
    recipe: Recipe,
    dataset: SegmentationDataset,
    folder: Path,
    report: Callable[[EpochReport], None] = lambda _: None,
    *,
    stages: Sequence[str] = (),
    watch: Watch | None = None,
) -> nn.Module:
    """Train a network and return it with its best averaged weights, in evaluation mode.

    folder: where everything is written. If it holds a checkpoint of an earlier run of the same recipe,
    training continues from that run's last completed epoch, with the same optimiser, schedule and random
    state. report: called after every epoch. stages: the names of those to train, all by default.
    Under torchrun every process calls this; the first one writes.

    StoppedError if `watch.should_stop` says so: at the next batch, with the checkpoint of the last completed
    epoch in place; what was learnt since then is done again when the run is resumed.
    """
    _check_starts(recipe, stages, folder)
    with translate_errors():
        run = prepare(recipe, dataset, folder, report, stages, watch or Watch())
        done = run.progress
        for position in range(done.position if done else 0, len(run.plan)):
            with translate_errors(run.plan[position]):
                run.fit(position, done if done and done.position == position else None)
        processes.any_of(False)  # the first process may still be writing
        checkpoint.load_into(run.model, folder / BEST)
        run.tidy_up()
    return run.model.eval()


def find_rate(
    recipe: Recipe,
    dataset: SegmentationDataset,
    folder: Path,
    stage: str,
    *,
    iterations: int = 100,
    watch: Watch | None = None,
) -> Suggestions:
    """Run the learning-rate finder for one stage of a recipe, as if the stage began now.

    folder: for the curve and the suggestions. StoppedError as for `train`.
    """
    with translate_errors(recipe.stage(stage)):
        run = prepare(recipe, dataset, folder, lambda _: None, (stage,), watch or Watch())
        return run.find(run.plan[0], iterations)


def prepare(
    recipe: Recipe,
    dataset: SegmentationDataset,
    folder: Path,
    report: Callable[[EpochReport], None],
    stages: Sequence[str],
    watch: Watch,
) -> PreparedRun:
    """Read the data and build the network, up to the start of the first stage; parameters as for `train`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CHECKPOINTS).mkdir(exist_ok=True)
    dataset = as_learnt(recipe, dataset)
    done = checkpoint.read_resume_point(folder / RESUME)
    if done and not _is_same(recipe, done.recipe):
        raise TrainingError(
            sentence(
                "{folder} holds an unfinished run of another recipe; remove that folder or choose "
                "another name.",
                folder=folder,
            )
        )
    plan = tuple(recipe.stage(name) for name in stages) or recipe.stages
    if done and not _is_of(done, plan):
        raise TrainingError(
            sentence(
                "{folder} does not fit this run's stages; restore its settings, or start a new run.",
                folder=folder / RESUME,
            )
        )
    if processes.rank() == 0:
        for name in APPENDED:
            cut(folder / name, done.sizes.get(name, 0) if done else 0)
    return PreparedRun.prepare(recipe, plan, dataset, folder, report, watch, done)


def _check_starts(recipe: Recipe, stages: Sequence[str], folder: Path) -> None:
    """Find a stage without the one that it starts from now, not after hours of training."""
    names = tuple(stages) or recipe.names
    for position, name in enumerate(names):
        start = recipe.stage(name).start_from
        if start is None or start in names[:position] or _stage_file(folder, start).exists():
            continue
        raise RecipeError(
            sentence(
                "The stage {name} starts from {start}, which was not trained in this run.",
                name=name,
                start=start,
            )
        )


def _is_same(recipe: Recipe, written: str) -> bool:
    """Whether a run's recipe is the one written, perhaps before recipes had all of today's settings."""
    try:
        return Recipe.model_validate_json(written) == recipe
    except ValidationError:
        return False


def _is_of(done: ResumePoint, plan: tuple[Stage, ...]) -> bool:
    """Whether a run of these stages can have this progress; stages may have been added at the end."""
    names = tuple(stage.name for stage in plan)
    if done.stages != names[: len(done.stages)] or done.position >= len(done.stages):
        return False
    return done.epoch <= plan[done.position].epochs


@dataclass(frozen=True)
class PreparedRun:
    """Everything that is the same in all stages."""

    recipe: Recipe
    plan: tuple[Stage, ...]
    folder: Path
    report: Callable[[EpochReport], None]
    watch: Watch
    progress: ResumePoint | None
    network: Network
    model: nn.Module
    average: AverageWeights
    loss: Loss
    pictures: Pictures
    start: nn.Module | None
    adds_classes: bool
    class_list: ClassList
    labels: Labels
    mixed: tuple[str, ...]
    clock: _Clock

    @classmethod
    def prepare(
        cls,
        recipe: Recipe,
        plan: tuple[Stage, ...],
        dataset: SegmentationDataset,
        folder: Path,
        report: Callable[[EpochReport], None],
        watch: Watch,
        done: ResumePoint | None,
    ) -> Self:
        """Read the data and build the network. A bad label is found here, before the first epoch."""
        if not dataset.train or not dataset.valid:
            raise DatasetError(
                sentence(
                    "{name} needs at least one frame to train on and one in valid.txt.", name=dataset.name
                )
            )
        for stage in plan:
            processes.batch_share(stage)
            if stage.steps is not None and processes.is_distributed() and not recipe.has_sources:
                raise RecipeError(
                    sentence(
                        "The stage {name} has a given number of steps, which one process does; start it "
                        "without torchrun.",
                        name=stage.name,
                    )
                )
            if recipe.batches(stage, len(dataset.train)) < 1:
                frames = "1 frame" if len(dataset.train) == 1 else f"{len(dataset.train)} frames"
                raise RecipeError(
                    sentence(
                        "The stage {name} has a batch size of {batch_size}, but {dataset_name} has only "
                        "{frames} to train on.",
                        name=stage.name,
                        batch_size=stage.batch_size,
                        dataset_name=dataset.name,
                        frames=frames,
                    )
                )
        _seed(recipe.seed)
        class_list = target_classes(recipe, dataset)
        labels = _labels(recipe, dataset, class_list)
        classes = len(labels)
        budget = memory_budget(processes.on_this_machine())
        weak = weak_labels(recipe, labels, class_list, dataset)
        train = load_examples(dataset, dataset.train, labels.table, budget, weak)
        budget -= sum(example.nbytes for example in train.kept)
        valid = load_examples(dataset, dataset.valid, labels.table, budget)
        counts = train.pixels[:classes]
        for split, pixels in (("training", counts), ("validation", valid.pixels[:classes])):
            if not pixels.sum():
                raise DatasetError(
                    sentence(
                        "No {split} frame of {name} has a pixel of a class in {class_list_name}; choose "
                        "other classes.",
                        split=split,
                        name=dataset.name,
                        class_list_name=class_list.name,
                    )
                )
        budget -= sum(example.nbytes for example in valid.kept)
        mixed = load_mixed(recipe, class_list, budget, done)
        remembered = _replay(recipe, class_list, budget)
        replay = remembered.frames
        all_counts = counts if replay is None else counts + replay.pixels[:classes]
        network = find_network(recipe.network)
        start = start_weights(recipe, class_list, dataset, fresh=done is None)
        model = built_network(recipe, network, class_list, start, fresh=done is None)
        pictures = Pictures(
            train,
            valid,
            rarity=class_weights(all_counts, 0.5),
            replay=replay,
            smallest=_smallest(train) if recipe.corrections else None,
            mixed=mixed.pictures,
        )
        loss: Loss = _loss(recipe, all_counts, start.started_as, labels.members, remembered.may_be)
        if recipe.has_sources and isinstance(loss, SegmentationLoss):
            loss = mixed_loss(recipe, loss, labels, mixed, class_list)
        return cls(
            recipe=recipe,
            plan=plan,
            folder=folder,
            report=report,
            watch=watch,
            progress=done,
            network=network,
            model=model,
            average=AverageWeights(
                model,
                recipe.ema_decay,
                lambda average: PredictsAsTheApp(average, network),
                on_device(start) if recipe.start_share else None,
                recipe.start_share,
            ),
            loss=loss,
            pictures=pictures,
            start=start_network(recipe) if recipe.pull or recipe.distil else None,
            adds_classes=bool(start.started_as),
            class_list=class_list,
            labels=labels,
            mixed=mixed.fingerprints,
            clock=_Clock(recipe, plan, pictures, done.seconds if done else 0.0),
        )

    @property
    def output(self) -> Path | None:
        """The folder for the one process that writes; None in the others."""
        return self.folder if processes.rank() == 0 else None

    def fit(self, position: int, resumed: ResumePoint | None) -> None:
        """Train one stage, from the epoch after `resumed` or from its start."""
        stage = self.plan[position]
        start = resumed.epoch if resumed else 0
        tensors = self._restore(resumed) if resumed else {}
        if resumed and start == stage.epochs:
            if resumed.whole:
                self._keep(stage)  # the process may have ended between the checkpoint and this
            return
        if resumed is None:
            self._start_from(stage)
        self.clock.start(position, start)
        lr = resumed.lr if resumed else self._learning_rate(stage)
        self._seed_stage(stage)
        learner = self.ready(position, lr, start, resumed.best if resumed else -1.0)
        if resumed:
            with checkpoint.fitting(self.folder / RESUME):
                checkpoint.restore_optimiser(learner.opt, tensors["optimiser"], resumed.optimiser)
            go_on = partial(self._go_on, resumed, tensors["random"], learner.dls.train)
            learner.add_cb(RestoreProgress(start, resumed.smooth_loss, go_on))
        with learner.no_bar(), learner.no_logging():
            learner.fit_one_cycle(
                stage.epochs, self.rates(stage, lr), pct_start=stage.pct_start, start_epoch=start
            )
        learner.stop_when_diverged.check()
        if learner.stop_on_request.stopped:
            raise _stopped(stage.name)
        self._keep(stage)

    def _keep(self, stage: Stage) -> None:
        """Keep the stage's weights under its name."""
        if self.output:
            checkpoint.save_weights(self.average.module, _stage_file(self.folder, stage.name))

    def ready(self, position: int, lr: float, start: int = 0, best: float = -1.0) -> Learner:
        """The learner of a stage with its optimiser and the callbacks that write the run's files.

        start: epochs of the stage that are done. best: their best mean IoU.
        """
        stage = self.plan[position]
        learner = self._learner(stage)
        self._prepare_optimiser(learner, stage)
        save = partial(self._save, learner, learner.dls.train, position, lr)
        self._add_writers(learner, stage, position, start, best, save)
        return learner

    def find(self, stage: Stage, iterations: int) -> Suggestions:
        """Run the learning-rate finder with the network as it is, and restore it."""
        self._seed_stage(stage)
        learner = self._learner(stage)
        self._prepare_optimiser(learner, stage)

        def told(batch: int) -> None:
            self.watch.batch(self._batch_report(stage, 0, batch, iterations, finding=True))

        found = find_learning_rate(learner, self.output, stage.name, iterations, told)
        if found is None:
            raise _stopped(stage.name)
        return found

    def tidy_up(self) -> None:
        """When all stages of the recipe are done, nothing can be resumed: keep the figures, drop the rest."""
        done = checkpoint.read_resume_point(self.folder / RESUME)
        if self.output and done and done.whole and len(self.plan) == len(self.recipe.stages):
            checkpoint.save_figures(self.folder / RESUME, done)

    def _learning_rate(self, stage: Stage) -> float:
        if stage.lr != "find" and not stage.lr_find:
            return stage.lr
        found = self.find(stage, iterations=100)
        if stage.lr != "find":
            return stage.lr
        suggested: float = getattr(found, stage.suggestion)
        return suggested

    def _start_from(self, stage: Stage) -> None:
        """Load the weights of the stage that this one starts from, if it names one."""
        if stage.start_from is None:
            return
        processes.any_of(False)  # the first process may still be writing it
        self._load(_stage_file(self.folder, stage.start_from))

    def _restore(self, resumed: ResumePoint) -> dict[str, dict[str, Tensor]]:
        """Restore the weights of a checkpoint and return its other tensors."""
        if not resumed.whole:
            self._load(_stage_file(self.folder, resumed.stages[-1]))
            return {}
        path = self.folder / RESUME
        tensors = checkpoint.read_tensors(path)
        with checkpoint.fitting(path):
            self.model.load_state_dict(tensors["model"])
            self.average.restore(tensors["average"], resumed.average_steps)
            # Once here, where a failure can be reported; once more right before the first batch.
            checkpoint.restore_random(resumed.random, tensors["random"]["torch"], random.Random())  # noqa: S311
        return tensors

    def _load(self, path: Path) -> None:
        checkpoint.load_into(self.model, path)
        self.average.restore(self.model.state_dict(), steps=0)

    def _seed_stage(self, stage: Stage) -> None:
        number = self.recipe.stages.index(stage)
        # Processes that train together must augment differently.
        _seed(self.recipe.seed + 1000 * number + 1_000_000 * processes.rank())

    def _go_on(self, resumed: ResumePoint, states: dict[str, Tensor], loader: Any) -> None:
        checkpoint.restore_random(resumed.random, states["torch"], loader.rng)
        if processes.rank():
            _seed(self.recipe.seed + 1000 * resumed.epoch + 1_000_000 * processes.rank())

    def _loaders(self, stage: Stage) -> DataLoaders:
        share = processes.batch_share(stage)
        return stage_dataloaders(self.recipe, stage, self.network, self.pictures, share, processes.device())

    def _learner(self, stage: Stage) -> Learner:
        """A learner for a stage that writes nothing: common to the finder and the training."""
        learner = Learner(
            self._loaders(stage),
            self.model,
            loss_func=self.loss,
            opt_func=Adam,
            splitter=partial(trained_groups, stage=stage),
            wd=self.recipe.weight_decay,
            cbs=[StopWhenDiverged(), StopOnRequest(self.watch.should_stop)],
            path=self.folder,
        )
        if stage.fixed_norms:
            learner.add_cb(FixedNorms())
        if self.start is not None and self.recipe.distil:
            learner.add_cb(AsksTeacher(self.start))
        elif self.start is not None:
            learner.add_cb(AsksStartModel(self.start, self.pictures.own_share(self.recipe, stage)))
        if processes.device().type == "cpu":
            if has_native_bfloat16():
                learner.add_cb(CpuBfloat16())
            elif has_no_more_than_avx2():
                learner.add_cb(CpuAvx2())
        if processes.is_distributed():
            # accelerate and fastai.distributed take seconds to import; a single process does not need them.
            from core.training.distributed.sharing import ShareBatches

            learner.add_cb(ShareBatches(stage.batch_size))
        return learner

    def _prepare_optimiser(self, learner: Learner, stage: Stage) -> None:
        if any(each.fixed_norms for each in self.recipe.stages):
            groups = trained_groups(self.model, stage)
            self.model.requires_grad_(not stage.fixed_norms)
            for parameter in (each for group in groups for each in group):
                parameter.requires_grad_(True)
        if stage.frozen and not stage.fixed_norms:
            learner.freeze()
        else:
            learner.unfreeze()

    def rates(self, stage: Stage, lr: float) -> Any:
        """The learning rates of the groups that `trained_groups` gives, in their order."""
        encoder = self.recipe.encoder_lr if stage.encoder_lr is None else stage.encoder_lr
        if stage.fixed_norms:
            head = self.recipe.head_lr if self.adds_classes else 1.0
            shares = {"head": head, "encoder": encoder, "rest": 1.0}
            return np.array([lr * shares[part] for part in fixed_groups(self.model, stage)])
        return np.array([lr * encoder, lr][-len(parameter_groups(self.model)) :])

    def _add_writers(
        self,
        learner: Learner,
        stage: Stage,
        position: int,
        start: int,
        best: float,
        save: Callable[[int], None],
    ) -> None:
        counter = CountConfusion(len(self.labels), self.labels.measured)
        learner.metrics = counter.metrics

        def batch(number: int, of: int) -> None:
            self.watch.batch(self._batch_report(stage, learner.epoch, number, of))

        def epoch(line: dict[str, Any]) -> None:
            self.report(self._epoch_report(position, line))

        seconds = self.clock.seconds
        learner.add_cbs(
            [
                self.average,
                counter,
                LogBatches(self.output, stage.name, seconds, batch),
                History(
                    self.output,
                    stage.name,
                    start,
                    best,
                    self.recipe.every_epoch,
                    epoch,
                    keep_last=self.recipe.corrections or self.recipe.keep_last,
                ),
                Checkpoint(start, save),
            ]
        )
        if self.output is None:
            return
        painter = PreviewPainter(self.output, self.class_list, self.pictures.valid, self.labels.classes)
        factor = stage.framing(*self.pictures.full_size).valid_size
        every = self.recipe.preview_seconds
        learner.add_cb(Previews(painter, self.average.validating, stage.name, factor, start, every, seconds))
        if self.recipe.tensorboard:
            from core.training.learner.tensorboard import event_writer

            learner.add_cb(event_writer(self.output / "tensorboard" / stage.name, start))

    def _save(self, learner: Learner, loader: Any, position: int, lr: float, epoch: int) -> None:
        if not self.output:
            return
        optimiser = [dict(state) for state in learner.opt.state_dict()["state"]]
        losses = learner.recorder.smooth_loss
        progress = ResumePoint(
            recipe=self.recipe.model_dump_json(),
            stages=tuple(stage.name for stage in self.plan),
            position=position,
            epoch=epoch,
            lr=lr,
            best=learner.history.best,
            average_steps=self.average.steps,
            smooth_loss=(losses.count, float(losses.val)),
            sizes={name: size_of(self.folder / name) for name in APPENDED},
            seconds=self.clock.seconds(),
            random=checkpoint.random_state(loader.rng),
            optimiser=checkpoint.numbers(optimiser),
            mixed=self.mixed,
        )
        checkpoint.save_resume_point(
            self.folder / RESUME, progress, self.model, self.average.module, optimiser
        )

    def _epoch_report(self, position: int, line: dict[str, Any]) -> EpochReport:
        stage = self.plan[position]
        figures = {k: line[k] for k in ("train_loss", "valid_loss", "acc_camvid", "mean_iou")}
        return EpochReport(
            stage.name,
            line["epoch"],
            stage.epochs,
            seconds_left=self.clock.left(line["epoch"]) or 0.0,
            done=self.clock.before + line["epoch"],
            total=self.clock.total,
            seconds=self.clock.seconds(),
            **figures,
        )

    def _batch_report(
        self, stage: Stage, epoch: int, batch: int, batches: int, finding: bool = False
    ) -> BatchReport:
        return BatchReport(
            stage.name,
            epoch,
            stage.epochs,
            batch,
            batches,
            done=self.clock.before + epoch,
            total=self.clock.total,
            seconds=self.clock.seconds(),
            seconds_left=None if finding else self.clock.left(epoch + batch / batches),
            finding=finding,
        )


def _labels(recipe: Recipe, dataset: SegmentationDataset, class_list: ClassList) -> Labels:
    """What a data set's labels teach."""
    shares_within((), class_list, recipe.shares)  # a wrong name is found before anything is read
    if recipe.corrections:
        return Labels.corrected(dataset.class_list, class_list)
    return Labels.of(dataset.class_list, class_list, recipe.sets)


def _loss(
    recipe: Recipe, counts: Tensor, started_as: tuple[int, ...], members: Sets | None, may_be: Sets
) -> SegmentationLoss | RememberingLoss:
    """A recipe's loss. counts: (L,) pixels of each label, those of the replay frames among them.

    started_as: the old classes of which the added ones are copies. members: as for `Labels`. may_be: what
    the labels of the replay frames may be; empty where each is one class.
    """
    weights = class_weights(counts, recipe.class_weight_power)
    weighted = SegmentationLoss(weights, recipe.label_smoothing, recipe.jaccard_weight, members)
    if not recipe.pull:
        return weighted
    # Only the corrections are weighted: what the network knew, it knew with each class as frequent as it is.
    even = torch.ones(len(counts))
    replay = SegmentationLoss(even, recipe.label_smoothing, recipe.jaccard_weight, may_be or None)
    return RememberingLoss(weighted, replay, recipe.pull, started_as)


@dataclass(frozen=True, eq=False)
class _Replay:
    """Frames that a recipe mixes in so that its start model forgets nothing; None if there are none.

    may_be: for each class which classes a pixel with that label may be; empty where that is always itself.
    """

    frames: LoadedExamples | None = None
    may_be: tuple[tuple[int, ...], ...] = ()


def _replay(recipe: Recipe, class_list: ClassList, budget: int) -> _Replay:
    if not recipe.replay or recipe.start_model is None:
        return _Replay()
    card = read_card(recipe.start_model)
    dataset = reference_dataset(card)
    if dataset is None:
        return _Replay()
    known = len(card.class_list.classes)
    table = known_truth(dataset.class_list, class_list, known)
    may_be = what_labels_may_be(dataset.class_list, class_list, known)
    several = any(len(each) > 1 for each in may_be)
    return _Replay(load_examples(dataset, replay_frames(dataset), table, budget), may_be if several else ())


def _smallest(train: LoadedExamples) -> tuple[int, int]:
    """The smallest height and the smallest width of some pictures."""
    shapes = [train[number].label.shape for number in range(len(train))]
    return min(shape[0] for shape in shapes), min(shape[1] for shape in shapes)


def _stage_file(folder: Path, stage: str) -> Path:
    return folder / CHECKPOINTS / f"{stage}.safetensors"


def _stopped(stage: str) -> StoppedError:
    return StoppedError(
        sentence(
            "Stopped in the stage {stage}; this run can continue from its last completed epoch.", stage=stage
        )
    )


def parameter_groups(model: nn.Module) -> list[list[nn.Parameter]]:
    """Parameter groups for fastai: the pretrained encoder and the rest, each with its own learning rate."""
    parameters = dict(model.named_parameters())
    encoder = [p for name, p in parameters.items() if name.startswith(ENCODERS)]
    rest = [p for name, p in parameters.items() if not name.startswith(ENCODERS)]
    return [encoder, rest] if encoder else [rest]


def trained_groups(model: nn.Module, stage: Stage) -> list[list[nn.Parameter]]:
    """The parameter groups that a stage trains: all, or where the norms are fixed those of `fixed_groups`."""
    return list(fixed_groups(model, stage).values()) if stage.fixed_norms else parameter_groups(model)


def fixed_groups(model: nn.Module, stage: Stage) -> dict[str, list[nn.Parameter]]:
    """What a stage trains that fixes the norms: the last layer (head), the encoder, and the rest.

    Nothing of the norms, and nothing of a frozen encoder: fastai, which freezes a group, trains its norms.
    """
    modules = dict(model.named_modules())
    norms = {name for name, m in modules.items() if isinstance(m, nn.modules.batchnorm._BatchNorm)}
    *_, head = (name for name, m in modules.items() if isinstance(m, nn.Conv2d))
    groups: dict[str, list[nn.Parameter]] = {"head": [], "encoder": [], "rest": []}
    for name, parameter in model.named_parameters():
        owner = name.rpartition(".")[0]
        if owner in norms or (stage.frozen and name.startswith(_DOWNWARD)):
            continue
        part = "head" if owner == head else "encoder" if name.startswith(ENCODERS) else "rest"
        groups[part].append(parameter)
    return {part: parameters for part, parameters in groups.items() if parameters}


def _seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


class _Clock:
    """Time trained, and time left, estimated from the pixels that still have to go through the network."""

    def __init__(self, recipe: Recipe, plan: tuple[Stage, ...], pictures: Pictures, trained: float) -> None:
        height, width = pictures.full_size
        framings = [pictures.framing(stage) for stage in plan]
        # validation has no backward pass: about a third of the work
        self._work = [
            f.crop[0] * f.crop[1] * recipe.seen(stage, len(pictures.train))
            + height * width * f.valid_size**2 * len(pictures.valid) / 3
            for stage, f in zip(plan, framings, strict=True)
        ]
        self._plan, self._trained, self._since = plan, trained, time.monotonic()
        self._position, self._first, self._began = 0, 0.0, self._since
        self.total = sum(stage.epochs for stage in plan)

    @property
    def before(self) -> int:
        """Epochs of the stages before the current one."""
        return sum(stage.epochs for stage in self._plan[: self._position])

    def start(self, position: int, epoch: int) -> None:
        """A stage begins, or continues after some epochs."""
        self._position, self._first, self._began = position, epoch, time.monotonic()

    def seconds(self) -> float:
        """Seconds trained so far, without pauses."""
        return self._trained + time.monotonic() - self._since

    def left(self, epoch: float) -> float | None:
        """Seconds left after `epoch` epochs of the stage; None until there is a measurement."""
        done = (epoch - self._first) * self._work[self._position]
        if done <= 0:
            return None
        stages = list(zip(self._plan, self._work, strict=True))[self._position + 1 :]
        rest = (self._plan[self._position].epochs - epoch) * self._work[self._position]
        rest += sum(stage.epochs * work for stage, work in stages)
        return (time.monotonic() - self._began) * rest / done
