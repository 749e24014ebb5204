"""Prepared run folders: odd files and odd values in place of whatever a run writes."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from core.training.runs.folder import create_run, run_folder
from core.training.runs.status import enqueue
from core.training.workers.train import work
from tests.attack._attempt import attempt, command, count, own_house
from tests.attack._works import labels
from tests.attack.models import ODD_FILES, make_odd
from tests.attack.tally import Tally
from tests.conftest import ROOT, write_dataset
from tests.runs import make_recipe, make_stage

FLIPS = 1
PAGES = 15
"""How many of the prepared runs are also opened on the Runs page."""

JSON = ("settings.json", "recipe.json", "status.json", "label.json", "environment.json")
TABLES = ("history.csv", "batches.csv", "log.txt", "previews/index.csv")
OTHERS = (
    "previews/photo-0.png",
    "previews/000001-0.png",
    "previews/classes.json",
    "checkpoints/only.safetensors",
    "best.safetensors",
    "resume.safetensors",
)
PUBLISHED = ("settings.json", "recipe.json", "history.csv", "best.safetensors")
"""What publishing reads."""

VALUES: tuple[Any, ...] = (None, 1e300, "\ud800", [[[]]])

Change = Callable[[Path], None]


def attack(tally: Tally, folder: Path) -> None:
    """List, show, film and publish each prepared run, and open some on the Runs page."""
    with own_house(folder):
        data = write_dataset(folder / "data", labels(), valid=tuple(labels())[-3:])
        for name in ("mine", "whole"):
            create_run(make_recipe(make_stage(epochs=1)), data, run=name)
            enqueue(run_folder(name))
            work(name)
        mine, kept, film = run_folder("mine"), folder / "kept", folder / "film.gif"
        shutil.copytree(mine, kept)
        changes = list(_changes())
        shown = set(random.Random(1).sample(range(len(changes)), PAGES))
        for number, (what, change) in enumerate(changes):
            change(mine)
            _try(tally, what, film)
            if number in shown:
                page = attempt(_page)
                count(tally, f"{what}: Runs page", page)
                if "root:" in page.printed:
                    tally.count("lost", f"{what}: a file from outside is served")
            shutil.rmtree(mine)
            shutil.copytree(kept, mine)


def _try(tally: Tally, what: str, film: Path) -> None:
    listed = attempt(command("runs", "--json"))
    count(tally, f"{what}: runs", listed)
    if '"whole"' not in listed.printed:
        tally.count("lost", f"{what}: the other run is no longer listed")
    for arguments in (("runs", "mine", "--json"), ("film", "mine", str(film))):
        ended = attempt(command(*arguments))
        count(tally, f"{what}: {arguments[0]}", ended)
        if "root:" in ended.printed:
            tally.count("lost", f"{what}: a file from outside is shown")
    if what.startswith(PUBLISHED):
        count(tally, f"{what}: publish", attempt(command("publish", "mine", "--name", "made", "--replace")))


def _page() -> int:
    """Open the prepared run on the Runs page, without a browser; 1 for a traceback on it."""
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["run"] = "mine"
    app.switch_page("pages/runs.py").run()
    for error in app.exception:
        print(error.message)
    return 1 if app.exception else 0


def _changes() -> Iterator[tuple[str, Change]]:
    for name, kind in product((*JSON, *TABLES, *OTHERS), ODD_FILES):
        yield f"{name} {kind}", partial(_odd, name=name, kind=kind)
    for name in ("previews", "checkpoints"):
        yield f"{name} is a link", partial(_linked, name=name)
    for name, seed in product((*JSON, *TABLES, *OTHERS), range(FLIPS)):
        yield f"{name} flipped {seed}", partial(_flip, name=name, seed=seed)
    keys = {
        "settings.json": ("task", "data", "stages", "publish", "created"),
        "recipe.json": ("name", "network", "stages", "classes"),
        "status.json": ("state", "message", "pid", "heartbeat", "seconds", "stage", "epochs"),
        "label.json": ("title", "note"),
        "environment.json": ("data", "versions", "processor", "gpus", "seed"),
    }
    for name, names in keys.items():
        for key, (number, value) in product(names, enumerate(VALUES)):
            yield f"{name} {key} odd value {number}", partial(_set, name=name, key=key, value=value)


def _odd(folder: Path, name: str, kind: str) -> None:
    make_odd(folder / name, kind)


def _linked(folder: Path, name: str) -> None:
    shutil.rmtree(folder / name)
    (folder / name).symlink_to("/etc")


def _flip(folder: Path, name: str, seed: int) -> None:
    path, chance = folder / name, random.Random(seed)
    content = bytearray(path.read_bytes() if path.is_file() else b"{}")
    for _ in range(chance.randint(1, 8)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)


def _set(folder: Path, name: str, key: str, value: Any) -> None:
    path = folder / name
    content = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    path.write_text(json.dumps(content | {key: value}), "utf-8")
