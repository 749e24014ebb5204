"""What a model knew before it learnt from corrections: the data set by which to remember, and to check."""

from __future__ import annotations

from pathlib import Path

from core.classes import CAMVID_32
from core.datasets import Frame, SegmentationDataset
from core.datasets.layouts.opening import find_datasets, open_dataset
from core.datasets.recent_folders import recent_folders
from core.errors import DatasetError
from core.evaluation.metrics import IGNORE, check_classes_fit, truth_table
from core.models.card import ModelCard
from core.project import data_folder
from core.segmentation.sizes import trained_working_size
from core.toytown import toytown
from core.training.recipes.trained import trained_size

CAMVID, TOYTOWN = "camvid", "toytown"

MOST_FRAMES = 96
"""Replay frames, evenly spread over the training split: a run draws some 300 times from them."""


def reference_dataset(card: ModelCard) -> SegmentationDataset | None:
    """The data set on which a model was measured; if it is not here CamVid, else Toytown, drawn if need be.

    At the size at which the model was trained. None if the model has none of Toytown's classes.
    """
    if (found := known_reference(card)) is not None:
        return found
    if TOYTOWN in _places() or (truth_table(CAMVID_32, card.class_list.restored()) == IGNORE).all():
        return None
    toytown(data_folder() / TOYTOWN)
    return _usable(data_folder() / TOYTOWN, card)


def known_reference(card: ModelCard) -> SegmentationDataset | None:
    """The same, of the data sets that are here; nothing is drawn."""
    places = _places()
    names = (str(card.metrics.get("dataset", "")).casefold(), CAMVID, TOYTOWN)
    usable = (_usable(places[name], card) for name in names if name in places)
    return next((found for found in usable if found is not None), None)


def _places() -> dict[str, Path]:
    """The data sets of this machine by their folders' names."""
    return {path.name.casefold(): path for path in (*recent_folders(), *find_datasets())}


def _usable(folder: Path, card: ModelCard) -> SegmentationDataset | None:
    """A data set that has frames to learn from and to check with, of classes that the model has."""
    try:
        dataset = open_dataset(folder, strict=False)
        check_classes_fit(dataset, card.class_list.restored(), card.name)
    except DatasetError:
        return None
    size = trained_size(card)
    longest = None if size is None else trained_working_size(size).pixels
    return dataset.scaled_to(longest) if dataset.train and dataset.valid else None


def replay_frames(dataset: SegmentationDataset) -> tuple[Frame, ...]:
    """At most MOST_FRAMES training frames of a data set, evenly spread."""
    count = min(len(dataset.train), MOST_FRAMES)
    return tuple(dataset.train[number * len(dataset.train) // count] for number in range(count))
