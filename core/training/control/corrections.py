"""Learning from corrections in one step: a run in its own process that becomes a new model."""

from __future__ import annotations

from pathlib import Path

from core.datasets.layouts.opening import open_dataset
from core.errors import RunError
from core.training.control.launch import start
from core.training.control.publish import free_model_name
from core.training.corrections.figures import Learned
from core.training.recipes.start import corrections_recipe
from core.training.runs.folder import (
    LEARNED,
    RunSettings,
    create_run,
    existing_run,
    read_json,
    read_run_recipe,
    read_settings,
    run_ids,
)


def learn_from_corrections(data: Path, model: str) -> str:
    """Start a run in which a model learns from the set of corrections in a folder; returns the run's ID.

    The run becomes a new model with the run's name; the old one stays as it is.
    ModelNotFoundError, DatasetError; RunError and OSError if the run's folder cannot be written.
    """
    recipe = corrections_recipe(model)
    open_dataset(data)
    name = free_model_name(f"{model}-corrected")
    run = create_run(recipe, data, run=name, publish=name)
    start(run)
    return run


def latest_learning(data: Path) -> str | None:
    """The ID of the run that learnt last from the corrections in a folder; None if there is none.

    Whatever state it is in: `core.training.runs.records.read_summary` says so.
    """
    found = [
        (settings.created, run)
        for run in run_ids()
        if (settings := _settings(run)) is not None and Path(settings.data) == data.absolute()
    ]
    return max(found)[1] if found else None


def what_was_learnt(run: str) -> Learned | None:
    """The figures of a finished run that learnt from corrections; None if it has none that can be read."""
    try:
        return read_json(existing_run(run) / LEARNED, Learned)
    except RunError:
        return None


def _settings(run: str) -> RunSettings | None:
    """The settings of a run that learns from corrections; None for any other and for a damaged one."""
    try:
        folder = existing_run(run)
        return read_settings(folder) if read_run_recipe(folder).corrections else None
    except RunError:
        return None
