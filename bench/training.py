"""Training: its speed beside fastai's own, `classroom`, what watching costs, the Runs page, evaluation."""

from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Browser, Page

from bench.click import WHOLE, click, median_and_p95, opened, point_in_viewer
from bench.processes import in_fresh_process
from bench.report import Goal, Report, Row
from bench.serving import ROOT, Server, chromium, served
from core.datasets.toytown import toytown
from core.training import launch
from core.training.callbacks import History
from core.training.folder import HISTORY, append_row, create_run, run_folder
from core.training.recipe import Recipe, read_recipe
from core.training.runs import read_batches
from core.training.status import StatusKeeper, put_in_line

FRAMES, PICTURES = 101, (480, 360)
ENOUGH = 0.8
"""Accuracy that `classroom` should reach."""

STEPS = {"fastai": 2, "street": 8}
"""Steps that are timed; one of fastai's takes half a minute."""

CLICKS, PAUSE_SECONDS, WINDOW_SECONDS = 30, 2.0, 40.0
"""One person clicks this often, this long a rest between two clicks; how long a run is watched each time."""

RUNS, EPOCHS, OPENINGS = 50, 100, 5
CHART = "[data-testid=stEChartsChart] canvas"


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
    """Run the recipe as anybody would: (seconds since it was started, acc_camvid) after each epoch."""
    history = run_folder("bench-classroom") / HISTORY
    command = [sys.executable, "-m", "core", "train", "--recipe", "classroom", "--data", str(data), "--quiet"]
    start, curve = time.perf_counter(), []
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


@contextmanager
def a_run(data: Path) -> Iterator[str]:
    """A run of the recipe `street` at full size, in steps of two pictures, as the Training page starts it."""
    recipe = read_recipe("street")
    stage = recipe.stages[-1].model_copy(update={"epochs": 200, "batch_size": 2})
    run = create_run(recipe.model_copy(update={"stages": (stage,)}), data)
    launch.start(run)
    try:
        while len(read_batches(run).rows) < 10:
            time.sleep(0.5)
        yield run
    finally:
        launch.request_stop(run)


def steps_per_second(run: str, act: Callable[[], object]) -> float:
    """The run's speed while `act` goes on; the time between two epochs is left out."""
    position = read_batches(run).position
    act()
    rows = read_batches(run, position).rows
    seconds = [b.seconds - a.seconds for a, b in pairwise(rows) if a.epoch == b.epoch]
    return 1 / statistics.mean(seconds)


def rest() -> None:
    time.sleep(WINDOW_SECONDS)


def clicking(page: Page, times: list[float]) -> Callable[[], None]:
    """One person who clicks in Explore and looks at each answer."""
    chance = random.Random(0)  # noqa: S311 (places to click)

    def act() -> None:
        for _ in range(CLICKS):
            place = point_in_viewer(page, chance.uniform(0.05, 0.95), chance.uniform(0.05, 0.95))
            times.append(click(page, place)[WHOLE])
            time.sleep(PAUSE_SECONDS)

    return act


def beside_a_run(browser: Browser, app: Server, data: Path) -> tuple[list[Row], dict[str, float]]:
    """A run's speed alone, beside one person clicking, and watched on the Runs page, in turns."""
    times: list[float] = []
    with a_run(data) as run:
        alone = [steps_per_second(run, rest)]
        with opened(browser, app.url) as page:
            page.locator(".viewer[data-ready=true]").wait_for(timeout=120_000)
            page.locator(".js-plotly-plot").first.wait_for()
            with_clicks = steps_per_second(run, clicking(page, times))
        alone.append(steps_per_second(run, rest))
        with opened(browser, f"{app.url}/runs?run={run}") as page:
            page.locator(CHART).first.wait_for(timeout=120_000)
            watched = steps_per_second(run, rest)
        alone.append(steps_per_second(run, rest))
    before_clicks, before_watching = statistics.mean(alone[:2]), statistics.mean(alone[1:])
    rows: list[Row] = [
        {"run": "alone", "steps per second": statistics.mean(alone)},
        {"run": "beside one person who clicks in Explore", "steps per second": with_clicks},
        {"run": "watched on the Runs page", "steps per second": watched},
    ]
    _, p95 = median_and_p95(times)
    return rows, {
        "click": p95,
        "clicks cost": 1 - with_clicks / before_clicks,
        "watching costs": 1 - watched / before_watching,
    }


def make_runs(data: Path) -> None:
    """Fifty finished runs of a hundred epochs."""
    recipe = read_recipe("classroom")
    long = recipe.model_copy(update={"stages": (recipe.stages[0].model_copy(update={"epochs": EPOCHS}),)})
    for number in range(RUNS):
        make_run(long, data, number)


def make_run(recipe: Recipe, data: Path, number: int) -> None:
    folder = run_folder(create_run(recipe, data))
    put_in_line(folder)
    for epoch in range(1, EPOCHS + 1):
        loss = 2 / epoch + number / RUNS
        figures = (epoch, loss, loss, 1 - loss / 4, 1 - loss / 3, 3.0)
        append_row(folder / HISTORY, History.columns, (recipe.stages[0].name, *figures))
    status = StatusKeeper(folder)
    status.move("running", "Training.")
    status.move("finished", "Finished.", done=EPOCHS, total=EPOCHS, ended=time.time())


def seconds_to_runs_page(browser: Browser, app: Server) -> float:
    with browser.new_page(viewport={"width": 1280, "height": 1200}) as page:
        page.goto(f"{app.url}/explore")
        page.get_by_role("heading").first.wait_for()
        times = []
        for _ in range(1 + OPENINGS):
            start = time.perf_counter()
            page.goto(f"{app.url}/runs")
            page.locator(CHART).first.wait_for()
            times.append(time.perf_counter() - start)
            page.goto(f"{app.url}/explore")
            page.locator(".viewer[data-ready=true]").wait_for(timeout=120_000)
        return statistics.median(times[1:])


def measure() -> Report:
    with workplace() as folder, chromium() as browser:
        small, large = folder / "data" / "toytown", folder / "data" / "large"
        toytown(small)
        toytown(large, FRAMES + 32, PICTURES)
        everything = sorted(path.name for path in (large / "images").iterdir())
        (large / "valid.txt").write_text("\n".join(everything[:FRAMES]) + "\n")
        trainers = {
            name: in_fresh_process("bench.trainers", name, str(large), steps) for name, steps in STEPS.items()
        }
        curve = classroom(small)
        evaluated = in_fresh_process("bench.evaluating", str(large))
        with served("app.py") as app:
            rows, found = beside_a_run(browser, app, large)
            make_runs(small)
            page = seconds_to_runs_page(browser, app)
    ratio = trainers["street"]["images per second"] / trainers["fastai"]["images per second"]
    enough = next((seconds for seconds, accuracy in curve if accuracy > ENOUGH), float("inf"))
    rows = [
        {"training": "fastai's `unet_learner(resnet34)`", **trainers["fastai"]},
        {"training": "`unet_lite0` by the recipe `street`", **trainers["street"]},
        *rows,
        *({"classroom, seconds": seconds, "acc_camvid": accuracy} for seconds, accuracy in curve),
        *({"validation": name, "seconds": seconds} for name, seconds in evaluated.items()),
    ]
    return Report(
        "Training",
        f"On Toytown. Speed: crops of 480 x 352, 8 a batch, medians of {STEPS['street']} steps (fastai: "
        f"{STEPS['fastai']}) after one to warm up, each in a process of its own. Beside a run: `street` at "
        f"full size in steps of 2 pictures; a click every {PAUSE_SECONDS:g} s, Chromium on the same machine. "
        f"Runs page: {RUNS} runs of {EPOCHS} epochs, median of {OPENINGS} openings. Evaluation: {FRAMES} "
        "frames of 480 x 360.",
        rows,
        [
            Goal(
                "training at 480 x 352: times as many images per second as fastai's own", ratio, "", 8, True
            ),
            Goal("training: share of a step spent waiting for data", trainers["street"]["waiting"], "", 0.1),
            Goal(f"classroom: from its start to {ENOUGH:.0%} accuracy", enough, "s", 90),
            Goal("beside a run: a click's whole reading, 95th percentile", found["click"], "ms", 600),
            Goal("beside a run: speed that it loses to one person clicking", found["clicks cost"], "", 0.1),
            Goal("beside a run: speed that it loses to being watched", found["watching costs"], "", 0.02),
            Goal(f"Runs page with {RUNS} runs of {EPOCHS} epochs", page, "s", 2),
            Goal(
                "evaluation, as long as the bare forward passes",
                evaluated["evaluate"] / evaluated["bare"],
                "times",
                1.3,
            ),
        ],
    )
