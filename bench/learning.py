"""Learning from corrections: how long it takes, what it gains, what it costs, and a class that is new.

`python -m bench.learning [--busy] PART SEED ...` does some of the runs; PART is `class`, `3` or `10`. Each is
kept in `bench/.learning`; `python -m bench learning` does the rest and removes that folder. With `--busy`,
for a machine that has other work, the seconds are left out. CamVid is looked for in `../shared/camvid`;
without it the photos are left out.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean

from bench.corrected import (
    EXTENDED,
    NEW,
    PHOTO,
    SMALL,
    reviewed,
    scenes,
    with_new_class,
    without_new_class,
    write_set,
)
from bench.processes import in_fresh_process
from bench.report import HERE, Goal, Report, Row, write, write_summary
from core.datasets.recent_folders import add_recent_folder
from core.models.store import list_models
from core.training.corrections.figures import BeforeAfter, Learned, read_learned
from core.training.recipes.recipe import Recipe, read_recipe
from core.training.recipes.start import CORRECTIONS, corrections_recipe
from core.training.runs.folder import create_run, run_folder
from core.training.runs.status import enqueue
from core.training.workers.train import work

ROOT = HERE.parent
CAMVID = ROOT / "../shared/camvid"
PLACE = HERE / ".learning"

PARTS = {"class": "a new class, 5 frames", "3": "3 photos", "10": "10 photos"}
SEEDS = (1, 2, 3)
HELD_OUT = 10
LIMIT = 300.0
"""Seconds that three corrected photos may take."""

SHIPPED, WITHOUT = "street-lite0", "street-toytown"
"""The model whose photos are corrected, and the one that knows Toytown without the new class."""
TRAINED_ON = 96
"""Toytown frames of which the second knows."""


def without_recipe() -> Recipe:
    """The recipe of the model that knows Toytown without the new class: `fine-tune`, made quick."""
    fine_tune = read_recipe("fine-tune")
    changes = {"size": None, "crop": (160, 192), "scale": (0.8, 1.2), "epochs": 6, "lr": 2e-3}
    quick = {"batch_size": 8, "frozen": True, "fixed_norms": True}
    stage = fine_tune.stages[0].model_copy(update=changes | quick)
    return fine_tune.model_copy(update={"ema_decay": 0.9, "stages": (stage,)})


def learn(recipe: Recipe, data: Path, name: str) -> tuple[float, Learned | None]:
    """Do a run in this process: its seconds with all measuring, and what it says that it learnt."""
    shutil.rmtree(run_folder(name), ignore_errors=True)  # of one that was broken off
    run = create_run(recipe, data, run=name, publish=name)
    enqueue(run_folder(run))
    start = time.perf_counter()
    card = work(run).card
    seconds = time.perf_counter() - start
    return seconds, None if card is None else read_learned(card.training)


def new_class() -> tuple[str, Path]:
    """Five corrected frames of a class, and the model, trained here first, that has never had it."""
    data = PLACE / "data"
    if not (data / "toytown").is_dir():
        street = [without_new_class(each) for each in scenes("train", TRAINED_ON + 24, SMALL)]
        write_set(data / "toytown", EXTENDED, street[:TRAINED_ON], street[TRAINED_ON:])
    if WITHOUT not in list_models():
        learn(without_recipe(), data / "toytown", WITHOUT)
    root = data / "corrections-class"
    if not root.is_dir():
        corrected = [reviewed(each) for each in with_new_class("photos", 5)]
        write_set(root, EXTENDED, corrected, with_new_class("checks", HELD_OUT))
    return WITHOUT, root


def photos(count: int) -> tuple[str, Path]:
    """So many corrected photos of Toytown, for the shipped model, whose data set is CamVid."""
    add_recent_folder(CAMVID.resolve())
    root = PLACE / "data" / f"corrections-{count}"
    if not root.is_dir():
        checks = scenes("checks", HELD_OUT, PHOTO)
        write_set(root, EXTENDED, scenes("photos", count, PHOTO), checks)
    return SHIPPED, root


def run_part(part: str, seed: int) -> Row:
    """One run: its seconds, and figures before and after."""
    with _placed():
        model, data = new_class() if part == "class" else photos(int(part))
        classes = "extended" if part == "class" else "model"
        recipe = corrections_recipe(model).model_copy(update={"seed": seed, "classes": classes})
        seconds, learned = learn(recipe, data, f"learnt-{part}-{seed}")
    assert learned is not None, "the run has no figures"  # noqa: S101 (a recipe of corrections has them)
    row: Row = {"seconds": seconds}
    for name, compared in (("photos", learned.on_photos), ("known", learned.on_reference)):
        if compared is not None:
            row |= _before_after(f"{name}: mIoU", compared.before.mean_iou, compared.after.mean_iou)
    if part == "class":
        row |= _before_after(f"IoU of {NEW}", *_of_new(learned.on_photos))
    return row


def _of_new(compared: BeforeAfter) -> tuple[float | None, float | None]:
    return compared.before.per_class_iou.get(NEW), compared.after.per_class_iou.get(NEW)


def _before_after(name: str, before: float | None, after: float | None) -> Row:
    return {f"{name} before": before, f"{name} after": after}


@contextmanager
def _placed() -> Iterator[None]:
    """Data and models of this part's own, which stay from run to run."""
    if not (PLACE / "models" / SHIPPED).is_dir():
        shutil.copytree(ROOT / "models" / SHIPPED, PLACE / "models" / SHIPPED)
    before = dict(os.environ)
    for name in ("models", "data", "cache"):
        (PLACE / name).mkdir(exist_ok=True)
        os.environ[f"STREETSCOPE_{name.upper()}"] = str(PLACE / name)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


# --- what was measured so far ---------------------------------------------------------------------


def kept() -> dict[str, Row]:
    """The runs that were done by today's recipe, by part and seed."""
    path = PLACE / "rows.json"
    content = json.loads(path.read_text()) if path.exists() else {}
    rows: dict[str, Row] = content.get("rows", {}) if content.get("recipe") == _recipe() else {}
    return rows


def do(part: str, seeds: Sequence[int], busy: bool = False) -> None:
    """Do some runs, each in a fresh process that waits as the app's do, and keep each that is done."""
    for seed in seeds:
        row: Row = {**in_fresh_process("bench.learning", "one", part, seed)}
        if busy:
            row["seconds"] = None
        print(part, seed, row, flush=True)
        rows = kept() | {f"{part} {seed}": row}
        (PLACE / "rows.json").write_text(json.dumps({"recipe": _recipe(), "rows": rows}, indent=1))
        write("learning", report(rows))
        write_summary()


def _recipe() -> str:
    return read_recipe(CORRECTIONS).model_dump_json()


def measure() -> Report:
    """All parts that have not been measured yet, with the spread over the seeds."""
    parts = [part for part in PARTS if part == "class" or CAMVID.is_dir()]
    for part in parts:
        do(part, [seed for seed in SEEDS if f"{part} {seed}" not in kept()])
    found = report(kept())
    shutil.rmtree(PLACE)
    return found


def report(kept_rows: dict[str, Row]) -> Report:
    """The rows with what they come to."""
    rows, goals = [], []
    for part, title in PARTS.items():
        own: list[Row] = [
            {"what": title, "seed": seed, **kept_rows[key]}
            for seed in SEEDS
            if (key := f"{part} {seed}") in kept_rows
        ]
        rows += [*own, *_spread(title, own)]
        times = [seconds for row in own if isinstance(seconds := row["seconds"], float)]
        if part == "3" and times:
            what = "learning from 3 corrected photos, with all measuring"
            goals.append(Goal(what, max(times), "s", LIMIT))
    return Report(
        "Learning from corrections",
        f"The recipe `corrections`. A new class: {SHIPPED}, trained further on {TRAINED_ON} frames of "
        f"Toytown in which nobody labelled {NEW}, then five frames in which it and 8 pixels around it were "
        f"corrected; measured on {HELD_OUT} frames of other drives, and on Toytown. Photos: {SHIPPED}, whole "
        f"frames of Toytown as photos, measured on {HELD_OUT} others, and on CamVid's validation drive "
        "(known). Mean IoU (mIoU) is over the old model's classes. Seconds include measuring before and "
        "after; none stand where the machine had other work.",
        rows,
        goals,
    )


def _spread(title: str, own: Sequence[Row]) -> Iterator[Row]:
    """The mean of some rows, and how far the highest is above the lowest."""
    if len(own) < len(SEEDS):
        return
    summaries: dict[str, Callable[[Sequence[float]], float]] = {"mean": fmean, "spread": _range}
    for name, summed in summaries.items():
        row: Row = {"what": title, "seed": name}
        for column in own[0]:
            figures = [value for each in own if isinstance(value := each.get(column), float)]
            if len(figures) == len(own):
                row[column] = summed(figures)
        yield row


def _range(figures: Sequence[float]) -> float:
    return max(figures) - min(figures)


def main(*arguments: str) -> None:
    names = [name for name in arguments if name != "--busy"]
    if names[0] == "one":
        print(json.dumps(run_part(names[1], int(names[2]))))
    else:
        do(names[0], [int(seed) for seed in names[1:]] or SEEDS, busy="--busy" in arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
