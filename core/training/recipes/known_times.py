"""How long recipes took where this project timed them: an estimate before anybody has measured."""

from __future__ import annotations

from typing import NamedTuple

from core.datasets import SegmentationDataset
from core.training.recipes.recipe import Recipe, read_recipe


class KnownTime(NamedTuple):
    """A whole run of a shipped recipe, timed once.

    data, frames: the data set's name, and how many of its frames were trained on. machine: where, in words.
    source: the file of the project that has the figure.
    """

    recipe: str
    data: str
    frames: int
    seconds: float
    machine: str
    source: str


KNOWN_TIMES = (
    KnownTime("classroom", "toytown", 96, 74.0, "two idle cores", "README.md"),
    KnownTime(
        "street",
        "camvid",
        367,
        95.1 * 60,
        "two busy cores",
        "models/street-lite0/README.md",
    ),
    KnownTime(
        "street32",
        "camvid",
        367,
        61.1 * 60,
        "two busy cores",
        "models/street32-lite0/README.md",
    ),
)


def known_time(recipe: Recipe, dataset: SegmentationDataset) -> KnownTime | None:
    """The time of such a recipe on this data set; None if the project has not timed it.

    A learning rate or a name makes no difference, any other setting may.
    """
    for known in KNOWN_TIMES:
        same = _what_takes_time(recipe) == _what_takes_time(read_recipe(known.recipe))
        if same and (dataset.name, len(dataset.train)) == (known.data, known.frames):
            return known
    return None


def _what_takes_time(recipe: Recipe) -> str:
    stage = {"lr", "pct_start"}
    return recipe.model_dump_json(exclude={"name": True, "summary": True, "stages": {"__all__": stage}})
