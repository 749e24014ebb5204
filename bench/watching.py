"""Watching a run: its cost to the run, the cost of clicking beside it, and the Runs page with many runs."""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import psutil
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page

from bench.click import CHART, READS, WHOLE, click, median_and_p95, opened, point_in_viewer
from bench.report import Goal, Report, Row
from bench.serving import Server, chromium, served
from bench.training import large_toytown, workplace
from core.training.control import launch
from core.training.learner.callbacks import History, LogBatches
from core.training.learner.previews import COLUMNS
from core.training.recipes.recipe import Recipe, read_recipe
from core.training.runs.folder import BATCHES as BATCHES_FILE
from core.training.runs.folder import HISTORY, INDEX, PREVIEWS, append_row, create_run, run_folder
from core.training.runs.records import list_runs, read_batches
from core.training.runs.status import StatusKeeper, enqueue

CLICKS, PAUSE_SECONDS = 30, 2.0
"""One person clicks this often, with this long a rest between two clicks."""

WINDOW_SECONDS, TURNS = 40.0, 3
"""How long a run is left alone or watched each time, and how often it is watched."""

RUNS, EPOCHS, BATCHES, OPENINGS = 50, 100, 24, 5


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
    """The run's speed during `act`; the time between two epochs is left out."""
    position = read_batches(run).position
    act()
    rows = read_batches(run, position).rows
    seconds = [b.seconds - a.seconds for a, b in pairwise(rows) if a.epoch == b.epoch]
    return 1 / statistics.mean(seconds)


def rest() -> None:
    time.sleep(WINDOW_SECONDS)


def processor_seconds(processes: Iterable[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def shares_of_the_machine(app: Server, act: Callable[[], object]) -> dict[str, float]:
    """How much of all cores the server and Chromium take during `act`; the run takes the rest."""
    children = psutil.Process().children(recursive=True)
    watched = {
        "server": [psutil.Process(app.pid)],
        "browser": [child for child in children if child.name().startswith("chrom")],
    }
    before = {name: processor_seconds(processes) for name, processes in watched.items()}
    start = time.perf_counter()
    act()
    whole = (time.perf_counter() - start) * (os.cpu_count() or 1)
    return {name: (processor_seconds(watched[name]) - before[name]) / whole for name in watched}


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
    with a_run(data) as run:
        alone = [steps_per_second(run, rest)]
        times, with_clicks = clicked(browser, app, run)
        alone.append(steps_per_second(run, rest))
        clicks_cost = 1 - with_clicks / statistics.mean(alone)
        watched, shares = [], []
        for _ in range(TURNS):
            speed, taken = looked_at(browser, app, run)
            watched.append(speed)
            shares.append(taken)
            alone.append(steps_per_second(run, rest))
    # Each watched window lies between two alone, because a machine's speed drifts.
    watching_costs = [
        1 - speed / statistics.mean(around)
        for speed, around in zip(watched, pairwise(alone[1:]), strict=True)
    ]
    share = {name: statistics.mean(each[name] for each in shares) for name in shares[0]}
    rows: list[Row] = [
        {"run": "alone", "steps per second": statistics.mean(alone)},
        {"run": "beside one person who clicks in Explore", "steps per second": with_clicks},
        {
            "run": "watched on the Runs page",
            "steps per second": statistics.mean(watched),
            **{f"{name}'s share of the machine": value for name, value in share.items()},
        },
    ]
    _, p95 = median_and_p95(times)
    return rows, {
        "click": p95,
        "clicks cost": clicks_cost,
        "watching costs": statistics.mean(watching_costs),
        "server": share["server"],
        "both": sum(share.values()),
    }


def clicked(browser: Browser, app: Server, run: str) -> tuple[list[float], float]:
    """The time of each click, and the run's speed meanwhile."""
    times: list[float] = []
    with opened(browser, app.url) as page:
        page.locator(READS).wait_for(timeout=120_000)
        return times, steps_per_second(run, clicking(page, times))


def looked_at(browser: Browser, app: Server, run: str) -> tuple[float, dict[str, float]]:
    """The run's speed while its page is open, and what server and browser take of the machine."""
    shares: dict[str, float] = {}
    with opened(browser, f"{app.url}/runs?run={run}") as page:
        page.locator(CHART).first.wait_for(timeout=120_000)
        speed = steps_per_second(run, lambda: shares.update(shares_of_the_machine(app, rest)))
    return speed, shares


def make_runs(data: Path) -> None:
    """Fifty finished runs of a hundred epochs, each of as many batches as `classroom` has."""
    recipe = read_recipe("classroom")
    long = recipe.model_copy(update={"stages": (recipe.stages[0].model_copy(update={"epochs": EPOCHS}),)})
    for number in range(RUNS):
        make_run(long, data, number)
    make_previews(run_folder(list_runs()[0].id), data)


def make_previews(run: Path, data: Path) -> None:
    """Pictures of four frames after every epoch, for the run that the page shows."""
    folder = run / PREVIEWS
    folder.mkdir()
    labels = [Image.open(path).resize((160, 120)) for path in sorted((data / "labels").iterdir())[:4]]
    for frame, label in enumerate(labels):
        label.save(folder / f"photo-{frame}.png")
        label.save(folder / f"truth-{frame}.png")
    for epoch in range(1, EPOCHS + 1):
        for frame, label in enumerate(labels):
            ImageChops.offset(label, epoch).save(folder / f"{epoch:06d}-{frame}.png")
        append_row(folder / INDEX, COLUMNS, (epoch, "small", epoch, BATCHES, f"{3.0 * epoch:.1f}"))


def make_run(recipe: Recipe, data: Path, number: int) -> None:
    folder, stage = run_folder(create_run(recipe, data)), recipe.stages[0].name
    enqueue(folder)
    epochs, batches = [",".join(History.columns)], [",".join(LogBatches.columns)]
    for epoch in range(1, EPOCHS + 1):
        loss, seconds = 2 / epoch + number / RUNS, 3.0 * epoch
        epochs.append(f"{stage},{epoch},{loss},{loss},{1 - loss / 4},{1 - loss / 3},3.0")
        for batch in range(1, BATCHES + 1):
            now = seconds - 3 + 3 * batch / BATCHES
            batches.append(f"{stage},{epoch},{batch},{loss},{loss},0.005,0.9,{now}")
    (folder / HISTORY).write_text("\n".join(epochs) + "\n")
    (folder / BATCHES_FILE).write_text("\n".join(batches) + "\n")
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
            page.locator(CHART).nth(3).wait_for()
            page.get_by_role("img", name="Validation frame 4, the network").wait_for()
            times.append(time.perf_counter() - start)
            page.goto(f"{app.url}/explore")
            page.locator(".viewer[data-ready=true]").wait_for(timeout=120_000)
        return statistics.median(times[1:])


def measure() -> Report:
    with workplace() as folder, chromium() as browser, served("serve.py") as app:
        data = large_toytown(folder / "data" / "large")
        rows, found = beside_a_run(browser, app, data)
        print(rows, found, flush=True)
        make_runs(data)
        page = seconds_to_runs_page(browser, app)
    return Report(
        "Watching",
        f"A run of `street` on Toytown at 480 x 352 in steps of 2 pictures, on both cores; Chromium on the "
        f"same machine. Clicking: a click in Explore every {PAUSE_SECONDS:g} s and its answer. Watched: its "
        f"Runs page open for {WINDOW_SECONDS:g} s, {TURNS} times. Alone before, between and after these. "
        f"Runs page: {RUNS} runs of {EPOCHS} epochs of {BATCHES} batches, median of {OPENINGS} openings.",
        rows,
        [
            Goal("beside a run: a click in Explore, 95th percentile", found["click"], "ms", 600),
            Goal("beside a run: speed that it loses to one person clicking", found["clicks cost"], "", 0.1),
            Goal("a watched run: speed that it loses", found["watching costs"], "", 0.02),
            Goal("a watched run: share of the machine that the server takes", found["server"], "", 0.02),
            Goal("a watched run: share that server and browser take together", found["both"], "", 0.02),
            Goal(f"Runs page with {RUNS} runs of {EPOCHS} epochs", page, "s", 2),
        ],
    )
