"""Evaluates a model on a split of a data set: every frame is segmented as the app does it, and counted."""

from __future__ import annotations

from contextlib import closing

import numpy as np

from core.datasets import SegmentationDataset, Split
from core.datasets.dataset import no_frames
from core.errors import DatasetError
from core.evaluation.boundaries import FARTHEST, BoundaryCounts
from core.evaluation.calibration import BINS, Calibration
from core.evaluation.frame_counts import Cells, put_together
from core.evaluation.metrics import check_classes_fit, no_known_pixel, truth_table
from core.evaluation.own_classes import in_classes_of
from core.evaluation.results import SplitEvaluation
from core.jobs import ProgressCallback
from core.photos.images import working_size
from core.segmentation.segmenter import Segmenter


def evaluate(
    segmenter: Segmenter,
    dataset: SegmentationDataset,
    split: Split = "valid",
    progress: ProgressCallback = lambda done, total: None,
    longest: int | None = None,
) -> SplitEvaluation:
    """Evaluate a model on a split, every picture at the size at which the data set gives it, its own or
    `SegmentationDataset.longest`, exactly as the app segments it.

    longest: the longer side in pixels at which the pictures are segmented instead; the answers are then
    enlarged to the labels (`Segmentation.enlarged`), as the app's masks at a photo's own size are.

    A model that tells apart what the data set does not is measured in the data set's classes.

    progress: called with the pictures done and their total; raising from it stops the work. DatasetError for
    a split without pictures, without a pixel that counts, or with none of the model's classes.
    """
    from core.evaluation.frames import (
        measure_frames,  # imports torch, which reading figures does not need
    )

    frames = dataset.frames(split)
    if not frames:
        raise DatasetError(no_frames(dataset.name, split))
    check_classes_fit(dataset, segmenter.class_list, segmenter.name)
    segmenter = in_classes_of(dataset, segmenter)
    table = truth_table(dataset.class_list, segmenter.class_list)
    classes = len(segmenter.class_list)
    calibration, boundary = _nothing(classes)
    cells: list[Cells] = []
    losses: list[float] = []
    sizes = set()
    with closing(measure_frames(segmenter, dataset, frames, table, longest)) as measured:
        for frame in measured:
            cells.append(frame.cells)
            losses.append(frame.loss)
            calibration += frame.calibration
            boundary += frame.boundary
            sizes.add(_in_words(frame.size, longest))
            progress(len(cells), len(frames))
    counts = put_together([frame.name for frame in frames], classes, cells, losses)
    if not len(counts.pairs):
        raise no_known_pixel(dataset, split, segmenter.name)
    return SplitEvaluation(
        segmenter.name,
        dataset.name,
        split,
        ", ".join(sorted(sizes)),
        len(frames),
        segmenter.class_list.names,
        counts.confusion(),
        segmenter.class_list,
        counts,
        calibration,
        boundary,
    )


def _in_words(size: tuple[int, int], longest: int | None) -> str:
    """The (height, width) of a frame's labels, and the size at which it was segmented if that is another."""
    height, width = size
    if longest is None:
        return f"{width} x {height}"
    down, across = working_size(height, width, longest)
    return f"{width} x {height} (segmented at {across} x {down})"


def _nothing(classes: int) -> tuple[Calibration, BoundaryCounts]:
    bins, distances = np.zeros((classes, BINS), np.int64), np.zeros((classes, FARTHEST + 1), np.int64)
    return Calibration(bins, bins, bins.astype(np.float64)), BoundaryCounts(distances, distances)
