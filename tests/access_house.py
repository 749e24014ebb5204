"""What the app has when `tests/access.py` looks at it: the shipped models, a small town and a run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.toytown import toytown
from core.training.runs.folder import create_run, run_folder
from core.training.runs.status import enqueue
from core.training.workers.train import work
from tests.conftest import ROOT
from tests.runs import make_recipe, make_stage


def furnish(folder: Path) -> dict[str, str]:
    """Put the shipped models, a small town and a finished run into a folder.

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
        create_run(make_recipe(make_stage(lr=0.05)), data / "toytown", run="first")
        enqueue(run_folder("first"))
        work("first")
    return settings
