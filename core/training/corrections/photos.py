"""The photos of a set of corrections: those in which something was reviewed, taught or held out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.datasets import Frame, SegmentationDataset
from core.errors import DatasetError
from core.evaluation.metrics import IGNORE, truth_table
from core.files import is_file
from core.languages import sentence
from core.training.recipes.recipe import Recipe

ENOUGH = 5
"""Photos from which on some are held out: with fewer, what is measured is an anecdote."""


@dataclass(frozen=True)
class CorrectedPhotos:
    """The reviewed photos of a set.

    dataset: `train` are those taught; `valid` those held out, or the taught ones again if there are too few.
    held_out: whether `valid` was held out.
    """

    dataset: SegmentationDataset
    held_out: bool


def corrected_photos(dataset: SegmentationDataset) -> CorrectedPhotos:
    """Split a set of corrections; every label map is read. DatasetError if nothing was reviewed.

    Photos without a reviewed pixel are left out. A data set that says itself how it is split keeps its split,
    if both parts have a reviewed photo. Otherwise every fifth photo is held out whole, in the order of their
    names, of five or more.
    """
    table = truth_table(dataset.class_list, dataset.class_list)
    reviewed = {frame for frame in dataset.frames() if (table[dataset.read_label(frame)] != IGNORE).any()}
    if not reviewed:
        raise DatasetError(
            sentence("Nothing was reviewed in {name}: correct something in a photo first.", name=dataset.name)
        )
    train, valid = (tuple(f for f in part if f in reviewed) for part in (dataset.train, dataset.valid))
    if not (_says_its_split(dataset) and train and valid):
        photos = tuple(frame for frame in dataset.frames() if frame in reviewed)
        valid = photos[ENOUGH - 1 :: ENOUGH]
        train = tuple(frame for frame in photos if frame not in valid)
    return CorrectedPhotos(replace(dataset, train=train, valid=valid or train, test=()), bool(valid))


def as_learnt(recipe: Recipe, dataset: SegmentationDataset) -> SegmentationDataset:
    """The data set as a recipe learns from it: of corrections the taught photos and the held-out ones."""
    return corrected_photos(dataset).dataset if recipe.corrections else dataset


def reviewed_pixels(dataset: SegmentationDataset, frames: tuple[Frame, ...]) -> NDArray[np.int64]:
    """(256,) the pixels of each of the data set's class numbers in some frames; Void and unlabelled are 0."""
    counts = np.zeros(256, np.int64)
    for frame in frames:
        counts += np.bincount(dataset.read_label(frame).ravel(), minlength=256)
    counts[truth_table(dataset.class_list, dataset.class_list) == IGNORE] = 0
    return counts


def _says_its_split(dataset: SegmentationDataset) -> bool:
    return dataset.layout != "fastai" or is_file(dataset.root / "valid.txt")
