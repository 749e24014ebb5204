"""Frames segmented and counted, several at a time, for `evaluate`."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.datasets import Frame, SegmentationDataset
from core.datasets.threads import WORKERS, in_order
from core.errors import DatasetError
from core.evaluation.boundaries import BoundaryCounts, count_boundaries
from core.evaluation.calibration import Calibration, count_calibration
from core.evaluation.frame_counts import Cells, filled_cells
from core.evaluation.metrics import IGNORE, count_confusion
from core.hardware.processor import usable_cores
from core.languages import sentence
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import Segmenter
from core.segmentation.sizes import LARGEST_SIZE

_LARGE = 1024 * 1024
"""Frames with more pixels than this are segmented one at a time: each takes a gigabyte or more."""


@dataclass(frozen=True, eq=False)
class FrameMeasurement:
    """What is kept of a frame. size: (height, width)."""

    size: tuple[int, int]
    cells: Cells
    loss: float
    calibration: Calibration
    boundary: BoundaryCounts


def measure_frames(
    segmenter: Segmenter,
    dataset: SegmentationDataset,
    frames: Sequence[Frame],
    table: NDArray[np.uint8],
    longest: int | None = None,
) -> Generator[FrameMeasurement, None, None]:
    """Segment frames and compare them with their truth, in their order.

    table: (256,) from the data set's class numbers to the model's, as `truth_table` makes it. longest: the
    longer side at which frames are segmented, if that is not their own; the answers are enlarged.
    DatasetError for a frame that cannot be read or is too large.

    Two frames at a time with one thread each are faster than one after the other with two: a network's
    layers wait for each other, frames do not. While one frame is decoded or counted, the other is segmented.
    """
    if dataset.read_label(frames[0]).size > _LARGE:
        for frame in frames:
            yield _measure(segmenter, dataset, frame, table, longest)
        return
    own = threading.local()
    one_large = threading.Lock()
    threads = max(1, usable_cores() // WORKERS)

    def measure(frame: Frame) -> FrameMeasurement:
        if not hasattr(own, "segmenter"):
            own.segmenter = segmenter.for_thread(threads)
        return _measure(own.segmenter, dataset, frame, table, longest, one_large)

    with closing(in_order(measure, frames)) as measured:
        yield from measured


def _measure(
    segmenter: Segmenter,
    dataset: SegmentationDataset,
    frame: Frame,
    table: NDArray[np.uint8],
    longest: int | None,
    one_large: threading.Lock | None = None,
) -> FrameMeasurement:
    image, label = dataset.read(frame)
    with one_large if one_large and label.size > _LARGE else nullcontext():
        segmentation = segmenter.segment(image, longest)
        if longest is not None:
            segmentation = segmentation.enlarged(image)
    if segmentation.labels.shape != label.shape:
        raise DatasetError(
            sentence(
                "{name} is larger than {largest_size} pixels, the limit for segmenting.",
                name=frame.image.name,
                largest_size=LARGEST_SIZE,
            )
        )
    return _count(segmentation, table[label])


def _count(segmentation: Segmentation, truth: NDArray[np.uint8]) -> FrameMeasurement:
    found, classes = segmentation.labels, len(segmentation.class_list)
    return FrameMeasurement(
        (segmentation.height, segmentation.width),
        filled_cells(count_confusion(truth, found, classes)),
        mean_loss(segmentation, truth),
        count_calibration(truth, found, segmentation.confidence, classes),
        count_boundaries(truth, found, classes),
    )


def mean_loss(segmentation: Segmentation, truth: NDArray[np.uint8]) -> float:
    """Mean cross-entropy of the pixels that count, in nats; NaN if none does.

    truth: (H, W) class numbers of the segmentation's class list; IGNORE is left out. A probability too
    small for float32 counts as the smallest one: a pixel costs at most 87.4 nats.
    """
    counted = truth != IGNORE
    right = truth == segmentation.labels
    total = -np.log(segmentation.confidence[right]).sum(dtype=np.float64)
    # Where the network is right, its confidence is the true class's probability; the rest is looked up.
    for rows, cols in _in_parts(*np.nonzero(counted & ~right)):
        probabilities = segmentation.probabilities(rows, cols)
        true = probabilities[np.arange(len(rows)), truth[rows, cols]]
        total -= np.log(np.maximum(true, np.finfo(np.float32).tiny)).sum(dtype=np.float64)
    return float(total / counted.sum()) if counted.any() else float("nan")


_PART = 65_536
"""Pixels whose probabilities are computed at a time: a completely wrong picture must not fill the memory."""


def _in_parts(
    rows: NDArray[np.int_], cols: NDArray[np.int_]
) -> Iterator[tuple[NDArray[np.int_], NDArray[np.int_]]]:
    for start in range(0, len(rows), _PART):
        yield rows[start : start + _PART], cols[start : start + _PART]
