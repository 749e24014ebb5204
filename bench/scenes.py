"""Pictures for the scripted annotator: frames with their truth, their prediction, and suggestions."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.annotator import GOAL, IGNORED, Scene
from core.annotation.regions import Scale, segments
from core.annotation.suggestions import Suggester, read_suggester
from core.classes import CAMVID_32
from core.datasets.layouts.opening import open_dataset
from core.evaluation.metrics import truth_table
from core.segmentation.segmenter import Segmenter, load_segmenter
from core.toytown.writing import frame

CAMVID = Path(__file__).parents[2] / "shared/camvid"
"""Beside the repository, if there."""

FIRST_DRIVE = 500
"""Of Toytown: other drives than those that the settings of suggestions were chosen on."""

Pair = tuple[NDArray[np.uint8], NDArray[np.uint8]]


def scenes(name: str, count: int) -> Iterator[tuple[Scene, Suggester]]:
    """The frames of a data set that are to be corrected, in the network's classes."""
    segmenter = load_segmenter("street-lite0")
    pairs = _toytown(segmenter, count) if name == "toytown" else _camvid(segmenter, count)
    for image, truth in pairs:
        segmentation = segmenter.segment(image)
        alike = {scale: segments(image, scale) for scale in typing.get_args(Scale)}
        suggester = read_suggester(segmenter, segmentation, alike["small"], segmenter.class_list)
        yield Scene(segmentation.labels, truth, alike), suggester


def _toytown(segmenter: Segmenter, count: int) -> Iterator[Pair]:
    """(image, truth) of a frame of each of so many drives."""
    table = truth_table(CAMVID_32, segmenter.class_list)
    for number in range(count):
        image, label = frame(FIRST_DRIVE + number, 3 * number % 12)
        yield image, table[label]


def _camvid(segmenter: Segmenter, count: int) -> Iterator[Pair]:
    """(image, truth) of so many validation frames whose prediction is below the goal, spread evenly."""
    dataset = open_dataset(CAMVID)
    table = truth_table(dataset.class_list, segmenter.class_list)
    wrong = []
    for each in dataset.frames("valid"):
        image, label = dataset.read(each)
        truth = table[label]
        right = (segmenter.segment(image).labels == truth)[truth != IGNORED].mean()
        if right < GOAL:
            wrong.append((image, truth))
    yield from (wrong[number * len(wrong) // count] for number in range(min(count, len(wrong))))
