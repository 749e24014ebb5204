"""One way of training in a separate process: images per second and the share of waiting for data, as JSON.

Usage: python -m bench.trainers street|from-disk|fastai FOLDER [BATCHES]

FOLDER is a data set in fastai's layout with pictures of 480 x 360.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path

import fastai.callback.schedule  # noqa: F401 (adds Learner.fit_one_cycle)
from fastai.callback.core import Callback, CancelFitException
from fastai.learner import Learner

HEIGHT, WIDTH, BATCH_SIZE, WARM_UP = 352, 480, 8, 1


class Stopwatch(Callback):  # type: ignore[misc]  # fastai has no types
    """Times steps and the waiting for their batches, and ends the training when there are enough."""

    order = 99

    def __init__(self, batches: int) -> None:
        self.batches = WARM_UP + batches
        self.waited: list[float] = []
        self.taken: list[float] = []

    def before_train(self) -> None:
        """Wait for the first batch."""
        self.last = time.perf_counter()

    def before_batch(self) -> None:
        """The batch is there."""
        self.begun = time.perf_counter()

    def after_batch(self) -> None:
        """The step is done."""
        if not self.learn.training:
            return
        now = time.perf_counter()
        self.waited.append(self.begun - self.last)
        self.taken.append(now - self.last)
        self.last = now
        if len(self.taken) == self.batches:
            raise CancelFitException

    @property
    def figures(self) -> dict[str, float]:
        """Medians over the batches after the warm-up."""
        step = statistics.median(self.taken[WARM_UP:])
        return {
            "images per second": BATCH_SIZE / step,
            "waiting": statistics.median(self.waited[WARM_UP:]) / step,
        }


def street(folder: Path) -> Learner:
    """The learner of the recipe `street`, second stage."""
    from core.datasets.layouts.opening import open_dataset
    from core.hardware.allocator import keep_free_memory
    from core.training.learner.trainer import Watch, prepare
    from core.training.recipes.recipe import read_recipe

    keep_free_memory()  # as the command does
    recipe = read_recipe("street")
    stage = recipe.stages[-1]
    assert (stage.crop, stage.batch_size) == ((HEIGHT, WIDTH), BATCH_SIZE)  # noqa: S101
    scratch = Path(tempfile.mkdtemp())
    run = prepare(recipe, open_dataset(folder), scratch, lambda _: None, (stage.name,), Watch())
    return run.ready(0, lr=1e-4)


def from_disk(folder: Path) -> Learner:
    """The same with no frame in memory."""
    from core.training.batches import examples

    examples.SHARE_OF_MEMORY = 0.0
    return street(folder)


def article(folder: Path) -> Learner:
    """What fastai makes by default: `unet_learner` on ResNet-34 with its usual augmentation."""
    from fastai.vision import all as vision
    from torchvision.models import resnet34

    data = vision.SegmentationDataLoaders.from_label_func(
        folder,
        bs=BATCH_SIZE,
        fnames=vision.get_image_files(folder / "images"),
        label_func=lambda image: folder / "labels" / f"{image.stem}_P.png",
        codes=(folder / "codes.txt").read_text().splitlines(),
        item_tfms=vision.Resize((HEIGHT, WIDTH)),
        batch_tfms=vision.aug_transforms(size=(HEIGHT, WIDTH)),
        num_workers=0,
    )
    return vision.unet_learner(data, resnet34, pretrained=False)


def main(which: str, folder: str, batches: str = "8") -> None:
    warnings.simplefilter("ignore")
    stopwatch = Stopwatch(int(batches))
    learner = {"street": street, "from-disk": from_disk, "fastai": article}[which](Path(folder))
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(99, 1e-4, cbs=stopwatch)
    print(json.dumps(stopwatch.figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
