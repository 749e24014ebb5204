"""The data sets that a recipe mixes in, found by their names in the data folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.datasets import SegmentationDataset
from core.datasets.contents.fingerprint import fingerprint
from core.datasets.cutouts import MOTORCYCLES, OTHER_THINGS
from core.datasets.layouts.opening import find_datasets, open_dataset
from core.errors import DatasetError
from core.languages import sentence
from core.project import data_folder
from core.toytown import TOWNS
from core.training.recipes.mixed import Mix
from core.training.recipes.recipe import Recipe

_OF_PHOTOS = (MOTORCYCLES, OTHER_THINGS)


def mixed_datasets(recipe: Recipe) -> tuple[SegmentationDataset, ...]:
    """The data sets, in the recipe's order.

    DatasetError for one that is not in the data folder, or has nothing to train on.
    """
    if not recipe.mix:
        return ()
    places = _places()
    return tuple(_opened(each, places, recipe.name) for each in recipe.mix)


def fingerprints(datasets: Sequence[SegmentationDataset]) -> tuple[str, ...]:
    """A fingerprint of each: what a run that resumes must find unchanged."""
    return tuple(fingerprint(each) for each in datasets)


def described(recipe: Recipe, datasets: Sequence[SegmentationDataset]) -> list[dict[str, object]]:
    """What a model's card says of the data sets that its recipe mixed in, ready for JSON."""
    return [
        {"dataset": dataset.name, "share": mix.share, "frames": len(dataset.train)}
        for mix, dataset in zip(recipe.mix, datasets, strict=True)
    ]


def _places() -> dict[str, Path]:
    """The data sets in the data folder by the names of their folders in it."""
    folder = data_folder()
    return {path.relative_to(folder).parts[0].casefold(): path for path in reversed(find_datasets(folder))}


def _opened(mix: Mix, places: dict[str, Path], recipe: str) -> SegmentationDataset:
    name = mix.data.casefold()
    if name not in places:
        raise DatasetError(
            sentence(
                "The recipe {recipe} mixes in the data set {data}, which is not in {data_folder}: "
                "{how_to_get}.",
                recipe=recipe,
                data=mix.data,
                data_folder=data_folder(),
                how_to_get=_how_to_get(name),
            )
        )
    dataset = open_dataset(places[name])
    if not dataset.train:
        raise DatasetError(
            sentence(
                "{data}, which the recipe {recipe} mixes in, has no frame to train on.",
                data=mix.data,
                recipe=recipe,
            )
        )
    return dataset


def _how_to_get(name: str) -> str:
    if name in TOWNS:
        command = f"python -m core toytown {data_folder() / name} --town {name}"
        return sentence("draw it on the Data page, or with `{command}`", command=command)
    if name in _OF_PHOTOS:
        command = f"python -m core motorcycles {data_folder() / MOTORCYCLES} --data CAMVID"
        return sentence("make it with `{command}`, which fetches its photos", command=command)
    return sentence(
        "import it on the Data page, put a folder of that name there, or leave it out of the recipe"
    )
