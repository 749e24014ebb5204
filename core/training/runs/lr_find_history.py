"""Earlier learning-rate finders, and the names of their suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import RunError
from core.training.recipes.recipe import Recipe
from core.training.runs.folder import existing_run, read_run_recipe, read_settings
from core.training.runs.records import RunSummary

SUGGESTIONS: dict[str, tuple[str, str, str]] = {
    "valley": ("Valley", "in the longest valley of the curve", "diamond"),
    "steep": ("Steep", "where the loss falls fastest", "triangle-down"),
    "minimum": ("Minimum / 10", "a tenth of the rate with the lowest loss", "star"),
}
"""Each suggestion's name, meaning, and marker in the chart."""

# Settings that affect neither where the finder starts nor what it sees.
_OF_RECIPE = {"name", "summary", "stages", "every_epoch", "preview_seconds", "tensorboard"}
_OF_STAGE = {"name", "lr", "suggestion", "lr_find", "epochs", "pct_start"}


def fitting_finder(
    summaries: Sequence[RunSummary], recipe: Recipe, data: Path, stage: str
) -> RunSummary | None:
    """The first of these runs that is a finder for such a stage on this data; None if there is none.

    Recipes count as the same if they differ only in what does not matter to the finder, such as the
    learning rate.
    """
    wanted = _essence(recipe, stage)
    for summary in summaries:
        if summary.task != "lr_find" or summary.data != str(data.absolute()):
            continue
        try:
            folder = existing_run(summary.id)
            asked = read_settings(folder).stages[0]
            if asked == stage and _essence(read_run_recipe(folder), asked) == wanted:
                return summary
        except RunError:
            continue
    return None


def rate_in_words(rate: float) -> str:
    """A learning rate in two digits: more would mean nothing."""
    return f"{float(f'{rate:.2g}'):g}"


def _essence(recipe: Recipe, stage: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings that determine a finder's curve."""
    return recipe.model_dump(exclude=_OF_RECIPE), recipe.stage(stage).model_dump(exclude=_OF_STAGE)
