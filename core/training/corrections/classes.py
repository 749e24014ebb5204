"""The classes of a model that learns from corrections: its own, and those that people added."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.classes import ClassList, SegmentationClass
from core.datasets import SegmentationDataset
from core.errors import DatasetError
from core.evaluation.metrics import IGNORE, check_classes_fit, truth_table
from core.languages import sentence
from core.training.corrections.photos import reviewed_pixels

_MOST = 255


def extended_classes(dataset: SegmentationDataset, classes: ClassList, model: str) -> ClassList:
    """A model's class list followed by those classes that its corrections add, with their colours.

    classes, model: the model's class list and name. dataset: the taught photos are its `train`.
    A class is added if a taught photo has a reviewed pixel of it and the model has nothing that it counts as.
    Where the set's list begins with the model's whole list, as one that was made from the model's answers
    does, every further class is one that somebody added by name. In any other list, a class whose group the
    model has counts as that: CamVid's SUVPickupTruck is a Car to a model of 11 classes.
    DatasetError if the model has none of the set's classes, or if all together are too many.
    """
    check_classes_fit(dataset, classes, model)
    own = dataset.class_list
    taught = reviewed_pixels(dataset, dataset.train)[: len(own)] > 0
    if own.names[: len(classes)] == classes.names:
        lacking = np.arange(len(own)) >= len(classes)
    else:
        lacking = truth_table(own, classes)[: len(own)] == IGNORE
    new = tuple(c for c, add in zip(own.classes, taught & lacking, strict=True) if add)
    if not new:
        return classes
    if len(classes) + len(new) > _MOST:
        raise DatasetError(
            sentence(
                "{model} has {count} classes and {name} adds {added}; a model can have {most}: leave "
                "some out.",
                model=model,
                count=len(classes),
                name=dataset.name,
                added=len(new),
                most=_MOST,
            )
        )
    return replace(classes, name=f"{classes.name} and {_listed(new)}", classes=(*classes.classes, *new))


def known_truth(truth: ClassList, target: ClassList, known: int) -> NDArray[np.uint8]:
    """As `truth_table`, but pixels of the added classes, numbered from `known`, count nowhere.

    What is added, the corrections alone say: a data set may mean something else by the same name.
    """
    table = truth_table(truth, target)
    table[table >= known] = IGNORE
    return table


def what_labels_may_be(truth: ClassList, target: ClassList, known: int) -> tuple[tuple[int, ...], ...]:
    """For each class of `target`, which of its classes a pixel may be that a data set labels so.

    That is itself, and of the added classes, numbered from `known`, those that the data set does not tell
    apart from it: where motorcycles are labelled Bicyclist, a Bicyclist may be a MotorcycleScooter.
    truth: the data set's classes.
    """
    sets = [{number} for number in range(len(target))]
    numbers = truth_table(truth, target)[: len(truth)].tolist()
    for number, members in zip(numbers, truth.members(target), strict=True):
        if number < known:
            sets[number] |= {member for member in members if member >= known}
    return tuple(tuple(sorted(each)) for each in sets)


def _listed(classes: tuple[SegmentationClass, ...]) -> str:
    return classes[0].name if len(classes) == 1 else f"{len(classes)} more"
