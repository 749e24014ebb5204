"""What the tests of runs share: a small data set, small recipes, and `python -m core` as real processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from core.training.recipes.recipe import Recipe, Stage, to_toml
from core.training.runs.folder import run_folder, runs_folder
from core.training.runs.status import Status, read_status, shown_state
from tests.conftest import ROOT

DEADLINE = 120.0


def make_stage(name: str = "only", epochs: int = 3, **changes) -> Stage:
    settings = {"crop": (32, 32), "scale": (0.8, 1.2), "lr": 0.3, "batch_size": 2}
    if "size" in changes:
        settings |= {"crop": None, "scale": None}
    return Stage(name=name, epochs=epochs, **(settings | changes))


def make_recipe(*stages: Stage, **changes) -> Recipe:
    settings = {"name": "test", "network": "pixel_colour", "classes": "dataset", "ema_decay": 0.5}
    return Recipe(stages=stages or (make_stage(),), **(settings | changes))


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Wait until something is so; fail loudly when it never is."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, f"waited {DEADLINE:.0f} s for {what}"
        time.sleep(0.02)


def status_of(run: str) -> Status:
    return read_status(run_folder(run))


def state_of(run: str) -> str:
    return shown_state(run_folder(run), status_of(run))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Train with one thread, as the processes that the tests start do: sums come out the same to the bit."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def data(make_dataset, street) -> Path:
    """A folder of four training frames and one for validation, whose classes are colours."""
    labels = {name: np.roll(street, 5 * n, axis=1) for n, name in enumerate("abcde")}
    return make_dataset(labels, valid=("e",))


@pytest.fixture
def recipe_file(tmp_path) -> Callable[[Recipe], str]:
    """Write a recipe to a TOML file and return its path."""

    def write(recipe: Recipe) -> str:
        path = tmp_path / f"{recipe.name}.toml"
        path.write_text(to_toml(recipe), "utf-8")
        return str(path)

    return write


@pytest.fixture
def environment(store) -> dict[str, str]:
    """The environment of a process that has the test's own model store, and one thread."""
    return os.environ | {"STREETSCOPE_MODELS": str(store), "OMP_NUM_THREADS": "1"}


@pytest.fixture
def core(environment) -> Callable[..., subprocess.Popen[str]]:
    """Start `python -m core` with these arguments; what is still running at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, program: tuple[str, ...] = (sys.executable,)) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*program, "-m", "core", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def launched(store, monkeypatch) -> Iterator[None]:
    """For tests that start runs of their own session: what is still alive at the end is killed."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield
    for folder in runs_folder().glob("*/status.json"):
        status = read_status(folder.parent)
        if status.pid is not None and shown_state(folder.parent, status) in ("queued", "running", "stopping"):
            os.kill(status.pid, 9)
