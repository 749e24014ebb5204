"""Learning from corrections: how long it takes, what it gains, what it costs, and a class that is new.

`python -m bench.learning FRAMES EPOCHS` does the part with the new class alone, as small as you like, and
writes nothing. CamVid is looked for in `../shared/camvid`; without it, only that part is measured.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.report import Goal, Report, Row, table
from bench.serving import ROOT
from bench.training import workplace
from core.classes import CAMVID_11, CAMVID_32, UNLABELLED, ClassList
from core.datasets.layouts.lists import write_label_colours
from core.datasets.recent_folders import add_recent_folder
from core.toytown import frame
from core.training.corrections.figures import Learned, read_learned
from core.training.recipes.recipe import Recipe, read_recipe
from core.training.recipes.start import corrections_recipe
from core.training.runs.folder import create_run, run_folder
from core.training.runs.status import enqueue
from core.training.workers.train import work

NEW = "MotorcycleScooter"
EXTENDED = CAMVID_32.select("CamVid-11 and one", (*CAMVID_11.names, NEW))

SEEDS = (1, 2, 3)
PHOTOS = (3, 10)
HELD_OUT = 10
LIMIT = 300.0
"""Seconds that three corrected photos may take."""

TRAINED_ON, EPOCHS = 96, 24
"""Frames and epochs of the small network that never heard of the new class."""

_PHOTO, _SMALL = (512, 384), (320, 240)
_STREETS = {"train": 100_000, "photos": 500_000, "checks": 600_000}
"""Seeds of Toytown's drives: no drive is in two of them."""
_MOMENTS = (2, 5, 8)
"""Frames of a drive that are looked at for one with a motorcycle."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A frame of Toytown: image (H, W, 3), label (H, W) by the numbers of EXTENDED, or UNLABELLED."""

    image: NDArray[np.uint8]
    label: NDArray[np.uint8]


def scene(kind: str, drive: int, number: int, size: tuple[int, int]) -> Scene:
    """One frame of a drive."""
    table = np.full(256, UNLABELLED, np.uint8)
    table[: len(CAMVID_32)] = CAMVID_32.translation(EXTENDED)
    image, label = frame(_STREETS[kind] + drive, number, size)
    return Scene(image, table[label])


def scenes(kind: str, count: int, size: tuple[int, int]) -> list[Scene]:
    """The same moment of so many drives."""
    return [scene(kind, drive, _MOMENTS[0], size) for drive in range(count)]


def with_new_class(kind: str, count: int) -> list[Scene]:
    """One frame of each of so many drives, in which the new class is large enough to be corrected."""
    new, found = EXTENDED.index(NEW), []
    for drive in range(10 * count):
        moments = (scene(kind, drive, number, _SMALL) for number in _MOMENTS)
        large = next((each for each in moments if (each.label == new).mean() > 0.01), None)
        found += [] if large is None else [large]
        if len(found) == count:
            break
    return found


def reviewed(whole: Scene) -> Scene:
    """As somebody corrects it who paints the new class and what is close around it, and nothing else."""
    rows, cols = np.nonzero(whole.label == EXTENDED.index(NEW))
    label = np.full_like(whole.label, UNLABELLED)
    box = np.s_[max(0, rows.min() - 8) : rows.max() + 9, max(0, cols.min() - 8) : cols.max() + 9]
    label[box] = whole.label[box]
    return Scene(whole.image, label)


def without_new_class(whole: Scene) -> Scene:
    """The scene in which nobody labelled the new class."""
    label = np.where(whole.label == EXTENDED.index(NEW), UNLABELLED, whole.label)
    return Scene(whole.image, label.astype(np.uint8))


def write_set(root: Path, classes: ClassList, train: Sequence[Scene], valid: Sequence[Scene]) -> Path:
    """Write a data set in fastai's layout."""
    (root / "images").mkdir(parents=True)
    (root / "labels").mkdir()
    for number, each in enumerate((*train, *valid)):
        Image.fromarray(each.image).save(root / "images" / f"{number:03d}.png")
        Image.fromarray(each.label).save(root / "labels" / f"{number:03d}_P.png")
    (root / "codes.txt").write_text("\n".join(classes.names) + "\n")
    write_label_colours(root / "label_colors.txt", classes)
    held = range(len(train), len(train) + len(valid))
    (root / "valid.txt").write_text("".join(f"{number:03d}.png\n" for number in held))
    return root


def small_recipe(epochs: int) -> Recipe:
    """The recipe of the small network that is then corrected: `classroom`, at full size."""
    classroom = read_recipe("classroom")
    stage = classroom.stages[0].model_copy(update={"size": 1.0, "epochs": epochs})
    changes = {"classes": "dataset", "preview_seconds": None, "stages": (stage,)}
    return classroom.model_copy(update=changes)


def learn(recipe: Recipe, data: Path, name: str) -> tuple[float, Learned | None]:
    """Do a run in this process: its seconds with all measuring, and what it says that it learnt."""
    run = create_run(recipe, data, run=name, publish=name)
    enqueue(run_folder(run))
    start = time.perf_counter()
    card = work(run).card
    seconds = time.perf_counter() - start
    return seconds, None if card is None else read_learned(card.training)


def new_class(folder: Path, frames: int = TRAINED_ON, epochs: int = EPOCHS) -> list[Row]:
    """Train a small network without the new class, then teach it by five corrected frames."""
    street = [without_new_class(each) for each in scenes("train", frames + max(2, frames // 4), _SMALL)]
    train, valid = street[:frames], street[frames:]
    checks = with_new_class("checks", HELD_OUT)
    learn(small_recipe(epochs), write_set(folder / "data" / "toytown", CAMVID_11, train, valid), "small")
    corrected = [reviewed(each) for each in with_new_class("photos", 5)]
    rows: list[Row] = []
    data = write_set(folder / "data" / "corrections-new-class", EXTENDED, corrected, checks)
    for seed in SEEDS:
        recipe = corrections_recipe("small").model_copy(update={"seed": seed})
        seconds, learned = learn(recipe, data, f"small-{seed}")
        rows += _rows("a new class, 5 frames", seed, seconds, learned)
    return rows


def photos(folder: Path, count: int, checks: Sequence[Scene], camvid: Path) -> list[Row]:
    """Correct so many photos of Toytown for the shipped model, and look what that costs on CamVid."""
    add_recent_folder(camvid)
    rows: list[Row] = []
    corrected = scenes("photos", count, _PHOTO)
    data = write_set(folder / "data" / f"corrections-{count}", EXTENDED, corrected, checks)
    for seed in SEEDS:
        recipe = corrections_recipe("street-lite0").model_copy(update={"seed": seed, "classes": "model"})
        seconds, learned = learn(recipe, data, f"street-{count}-{seed}")
        rows += _rows(f"{count} photos", seed, seconds, learned)
    return rows


def _rows(what: str, seed: int, seconds: float, learned: Learned | None) -> list[Row]:
    assert learned is not None, "the run has no figures"  # noqa: S101 (a recipe of corrections has them)
    row: Row = {"what": what, "seed": seed, "seconds": seconds}
    for name, compared in (("photos", learned.on_photos), ("reference", learned.on_reference)):
        if compared is None:
            continue
        row[f"{name}: mIoU before"] = compared.before.mean_iou
        row[f"{name}: mIoU after"] = compared.after.mean_iou
    for added in learned.added:
        row[f"{added.name} before"] = learned.on_photos.before.per_class_iou.get(added.name)
        row[f"{added.name} after"] = learned.on_photos.after.per_class_iou.get(added.name)
    return [row]


@contextmanager
def _placed() -> Iterator[Path]:
    with workplace() as folder:
        (folder / "data").mkdir(exist_ok=True)
        yield folder


def measure() -> Report:
    """All parts, with the spread over the seeds."""
    with _placed() as folder:
        rows = new_class(folder)
    camvid = ROOT / "../shared/camvid"
    if camvid.is_dir():
        with _placed() as folder:
            checks = scenes("checks", HELD_OUT, _PHOTO)
            rows += [row for count in PHOTOS for row in photos(folder, count, checks, camvid.resolve())]
    return report(rows)


def report(rows: list[Row]) -> Report:
    """The rows with what they come to."""
    goals = []
    times = [float(row["seconds"] or 0) for row in rows if row["what"] == "3 photos"]
    if times:
        goals.append(Goal("learning from 3 corrected photos, with all measuring", max(times), "s", LIMIT))
    return Report(
        "Learning from corrections",
        "The recipe `corrections`. A new class: a small network trained on Toytown without "
        f"{NEW}, then five frames in which it and 8 pixels around it were corrected; measured on "
        f"{HELD_OUT} frames of other drives. Photos: the shipped model, whole frames of Toytown as photos, "
        "measured on others, and on CamVid's validation drive. Seconds include measuring before and after.",
        rows,
        goals,
    )


if __name__ == "__main__":
    frames_and_epochs = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (TRAINED_ON, EPOCHS)
    with _placed() as scratch:
        print(table(new_class(scratch, *frames_and_epochs)))
