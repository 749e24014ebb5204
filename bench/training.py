"""Training: its speed beside fastai's own, `classroom`, and evaluation beside bare forward passes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.processes import in_fresh_process
from bench.report import Goal, Report, Row
from bench.serving import ROOT
from core.toytown import toytown
from core.training.runs.folder import HISTORY, run_folder

FRAMES, PICTURES = 101, (480, 360)
ENOUGH = 0.8
"""Accuracy that `classroom` should reach."""

STEPS = {"fastai": 2, "street": 8}
"""Steps that are timed; one of fastai's takes half a minute."""


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder with data and a model store of its own, which the app and the runs of this process use."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        shutil.copytree(ROOT / "models" / "street-lite0", folder / "models" / "street-lite0")
        before = dict(os.environ)
        os.environ |= {
            f"STREETSCOPE_{name.upper()}": str(folder / name) for name in ("models", "data", "cache")
        }
        try:
            yield folder
        finally:
            os.environ.clear()
            os.environ |= before


def classroom(data: Path) -> list[tuple[float, float]]:
    """Run the recipe as a user would: (seconds since it was started, acc_camvid) after each epoch."""
    history = run_folder("bench-classroom") / HISTORY
    command = [sys.executable, "-m", "core", "train", "--recipe", "classroom", "--data", str(data), "--quiet"]
    start = time.perf_counter()
    curve: list[tuple[float, float]] = []
    process = subprocess.Popen([*command, "--name", "bench-classroom"], cwd=ROOT, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        time.sleep(0.05)
        lines = history.read_text().splitlines() if history.exists() else []
        for line in lines[1 + len(curve) :]:
            accuracy = float(line.split(",")[lines[0].split(",").index("acc_camvid")])
            curve.append((time.perf_counter() - start, accuracy))
    if process.returncode:
        raise RuntimeError("The recipe classroom did not finish.")
    return curve


def large_toytown(folder: Path) -> Path:
    """Toytown in CamVid's small size: 32 frames to train on, 101 to validate."""
    toytown(folder, FRAMES + 32, PICTURES)
    everything = sorted(path.name for path in (folder / "images").iterdir())
    (folder / "valid.txt").write_text("\n".join(everything[:FRAMES]) + "\n")
    return folder


def measure() -> Report:
    rows: list[Row] = []

    def found(row: Row) -> None:
        rows.append(row)
        print(row, flush=True)

    with workplace() as folder:
        small, large = folder / "data" / "toytown", large_toytown(folder / "data" / "large")
        toytown(small)
        trainers = {
            name: in_fresh_process("bench.trainers", name, str(large), steps) for name, steps in STEPS.items()
        }
        found({"training": "fastai's `unet_learner(resnet34)`", **trainers["fastai"]})
        found({"training": "`unet_lite0` by the recipe `street`", **trainers["street"]})
        curve = classroom(small)
        for seconds, accuracy in curve:
            found({"classroom, seconds": seconds, "acc_camvid": accuracy})
        evaluated = in_fresh_process("bench.evaluating", str(large))
        for name, seconds in evaluated.items():
            found({"validation": name, "seconds": seconds})
    ratio = trainers["street"]["images per second"] / trainers["fastai"]["images per second"]
    enough = next((seconds for seconds, accuracy in curve if accuracy > ENOUGH), float("inf"))
    return Report(
        "Training",
        f"On Toytown, classes of CamVid-11. Speed: crops of 480 x 352, 8 a batch, medians of "
        f"{STEPS['street']} steps (fastai: {STEPS['fastai']}) after one to warm up, each in a separate "
        "process. Classroom: 160 x 128, accuracy on its 24 validation frames, seconds since the command was "
        f"given. Evaluation: {FRAMES} frames of 480 x 360.",
        rows,
        [
            Goal(
                "training at 480 x 352: times as many images per second as fastai's own", ratio, "", 8, True
            ),
            Goal("training: share of a step spent waiting for data", trainers["street"]["waiting"], "", 0.1),
            Goal(f"classroom: from its start to {ENOUGH:.0%} accuracy", enough, "s", 90),
            Goal(
                "evaluation, as long as the bare forward passes",
                evaluated["evaluate"] / evaluated["bare"],
                "times",
                1.3,
            ),
        ],
    )
