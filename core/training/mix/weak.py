"""Weak labels: what a picture shows of classes that its labels do not tell apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.classes import ClassList
from core.datasets import Frame, SegmentationDataset
from core.training.mix.heights import HeightRule
from core.training.mix.labels import Labels
from core.training.mix.paint import PaintRule
from core.training.mix.signs import SignRule
from core.training.recipes.recipe import Recipe

LabelChange = Callable[[Frame, NDArray[np.uint8], NDArray[np.uint8]], NDArray[np.uint8]]
"""From a frame, its picture (H, W, 3) and its label map (H, W) to another label map."""


def weak_labels(
    recipe: Recipe, labels: Labels, classes: ClassList, dataset: SegmentationDataset
) -> LabelChange | None:
    """What a recipe's rules make of the labels of a frame; None if none of them has anything to say.

    labels, classes: those of the run's own data set `dataset`, and the network's.
    """
    paint = PaintRule.of(labels, classes) if recipe.paint else None
    signs = SignRule.of(labels, classes) if recipe.signs else None
    heights = HeightRule.of(labels, classes, dataset) if recipe.heights else None
    if not (paint or signs or heights):
        return None

    def change(frame: Frame, image: NDArray[np.uint8], label: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if signs:  # before walls, which are houses then
            label = signs(image, label)
        if heights:
            label = heights(frame, label)
        return paint(image, label) if paint else label

    return change
