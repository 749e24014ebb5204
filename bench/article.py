"""The article's recipe at full size: what its four stages cost on data of CamVid's size, measured on batches.

The data are Toytown's, drawn at 960 x 720 with CamVid's 32 classes, in the layout of CamVid's download. Each
stage is tried in a process of its own, by the dry run that also estimates a run on the Training page: so
much of it happens as a run would do that what would end a run ends this.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.report import Goal, Report, Row
from bench.training import workplace
from core.datasets import SegmentationDataset
from core.datasets.layouts.opening import open_dataset
from core.durations import duration
from core.toytown import toytown
from core.training.control.estimate import StageEstimate
from core.training.control.estimate import measure as estimate
from core.training.recipes.recipe import Recipe, read_recipe

FRAMES, PICTURES = 24, (960, 720)
TRAIN, VALID = 600, 101
"""Frames of CamVid's download, by its `valid.txt`."""

MEMORY = 16
"""GB of a machine that should be able to try it."""


def drawn(folder: Path) -> SegmentationDataset:
    """Toytown as large as CamVid."""
    toytown(folder, FRAMES, PICTURES)
    return open_dataset(folder)


def on_camvid(stage: StageEstimate, valid: int) -> float:
    """Seconds of a stage on CamVid's frames. valid: frames that were validated."""
    batch_size = read_recipe("article").stage(stage.name).batch_size
    training = TRAIN // batch_size * stage.train_batch
    validation = VALID / valid * stage.valid_batches * stage.valid_batch
    return stage.epochs * (training + validation + stage.epoch_end) + stage.finder_batches * stage.train_batch


@dataclass(frozen=True)
class Tried:
    """A stage that was tried. memory: bytes. seconds: of the whole stage on CamVid."""

    row: Row
    memory: int
    seconds: float


def try_stage(recipe: Recipe, dataset: SegmentationDataset, name: str) -> Tried:
    """Try a few batches of a stage."""
    found = estimate(recipe, dataset, stages=(name,))
    (stage,) = found.stages
    height, width = recipe.stage(name).validated_size(*reversed(PICTURES))
    seconds = on_camvid(stage, len(dataset.valid))
    row: Row = {
        "stage": name,
        "pictures": f"{width} x {height}",
        "batch": recipe.stage(name).batch_size,
        "a training batch, s": stage.train_batch,
        "a validation batch, s": stage.valid_batch,
        "memory, GB": found.memory / 1e9,
        "the stage on CamVid": duration(seconds),
    }
    print(row, flush=True)
    return Tried(row, found.memory, seconds)


def measure() -> Report:
    recipe = read_recipe("article").model_copy(update={"pretrained": False})
    with workplace() as folder:
        dataset = drawn(folder / "data" / "toytown-960x720")
        tried = [try_stage(recipe, dataset, name) for name in recipe.names]
    total = duration(sum(each.seconds for each in tried))
    memory = max(each.memory for each in tried) / 1e9
    return Report(
        "The article's recipe at full size",
        f"Toytown at 960 x 720 in the layout of CamVid's download, {len(dataset.class_list)} classes with "
        "Void, which is not counted. Two batches or more of each stage, in a process of its own; the last "
        "ones count. Random weights instead of ImageNet's, which are as fast. On CamVid: "
        f"{TRAIN} frames to train on, {VALID} to validate, and both learning-rate finders.",
        [*(each.row for each in tried), {"stage": "all four", "the stage on CamVid": total}],
        [Goal("the article's recipe at full size: memory", memory, "GB", MEMORY)],
    )
