"""Small recipes, and how tests look at runs, wait for them and give them a status."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.files import write_text
from core.training.recipes.recipe import Recipe, Stage
from core.training.runs.folder import STATUS, run_folder
from core.training.runs.status import Status, process_start, read_status, shown_state

DEADLINE = 120.0


def make_stage(name: str = "only", epochs: int = 3, **changes: Any) -> Stage:
    settings: dict[str, Any] = {"crop": (32, 32), "scale": (0.8, 1.2), "lr": 0.3, "batch_size": 2}
    if "size" in changes:
        settings |= {"crop": None, "scale": None}
    return Stage(name=name, epochs=epochs, **(settings | changes))


def make_recipe(*stages: Stage, **changes: Any) -> Recipe:
    settings: dict[str, Any] = {
        "name": "test",
        "network": "pixel_colour",
        "classes": "dataset",
        "ema_decay": 0.5,
    }
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


def write(folder: Path, **values: Any) -> Status:
    """A status of this process, alive now, but for the values given."""
    here: dict[str, Any] = {
        "pid": os.getpid(),
        "process_started": process_start(os.getpid()),
        "host": read_status(folder).host,
        "heartbeat": time.time(),
    }
    status = Status(**(here | values))
    write_text(folder / STATUS, status.model_dump_json())
    return status
