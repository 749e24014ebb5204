"""What the app has when `tests/access.py` looks at it: models, a town, two runs, a set of photos and keys."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.photos.gather.entry import Entry
from core.photos.gather.files import add_files, files_of
from core.photos.gather.lists import read_list
from core.photos.gather.store import open_set
from core.toytown import toytown
from core.training.runs.folder import create_run, run_folder
from core.training.runs.status import enqueue
from core.training.workers.train import work
from service.access.keys import KeyStore
from service.settings import service_folder
from tests.access_deeds import OUTCOMES
from tests.conftest import ROOT
from tests.runs import make_recipe, make_stage


def furnish(folder: Path) -> dict[str, str]:
    """Put the shipped models, a small town, two runs, a set of photos and a service's keys into a folder.

    Returns the environment of a server that finds them.
    """
    data, models = folder / "data", folder / "models"
    settings = {
        "STREETSCOPE_DATA": str(data),
        "STREETSCOPE_CACHE": str(folder / "cache"),
        "STREETSCOPE_MODELS": str(models),
    }
    shutil.copytree(ROOT / "models", models, ignore=shutil.ignore_patterns("runs"))
    toytown(data / "toytown", 12, (96, 72))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        patch.delenv("STREETSCOPE_SERVICE", raising=False)
        for run, rate in (("run-1", 0.05), ("run-2", 0.1)):
            create_run(
                make_recipe(make_stage("stage-1", lr=rate), name="recipe-1"), data / "toytown", run=run
            )
            enqueue(run_folder(run))
            work(run)
        _gather(data / "toytown")
        KeyStore(service_folder()).make("classroom", ("segment", "read"), days=30)
    return settings


def _gather(town: Path) -> None:
    """A set with a photo, its double, a file that is none, an address that is refused and one that waits."""
    photos = open_set(OUTCOMES)
    first, second = sorted((town / "images").glob("*.png"))[:2]
    named = [("one.png", first), ("again.png", first), ("two.png", second)]
    files = [(name, path.read_bytes()) for name, path in named]
    add_files(photos, files_of([*files, ("note.jpg", b"no picture")]), None)
    photos.add(read_list("http://127.0.0.1/street.jpg\nhttps://user@example.org/street.jpg").entries)
    photos.add([Entry(number=0, address="https://example.org/street.jpg")])
