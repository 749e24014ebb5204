"""How often each class occurs, in which frames, and where in the picture.

Every label map is counted once (`measure`); all figures come from the counts. They grow with frames times
classes, never with pixels.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.cache import Cache, cache_key
from core.classes import ClassList
from core.datasets.contents.fingerprint import label_fingerprint
from core.datasets.dataset import SPLITS, Frame, SegmentationDataset, Split
from core.datasets.threads import in_order
from core.jobs import ProgressCallback

GRID = (60, 80)
"""Rows and columns of the map of where a class occurs in the picture: CamVid's aspect ratio."""

STATISTICS = Cache("statistics", 256 * 1024**2)
"""Counts of label maps by their fingerprint: 2 to 3 MB a data set."""

_VERSION = 3

Counts = NDArray[np.uint32]
Numbers = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Statistics:
    """The counts of a data set.

    names: the N frames' names in the order of `dataset.frames()`.
    splits: (N,) each frame's split, as its index in SPLITS.
    counts: (N, C) pixels of each class in each frame.
    places: (3, C, 60, 80) for each split, the sum over its frames of each class's share of each cell of the
    picture, in [0, 1] a frame.
    """

    dataset: str
    class_list: ClassList
    names: tuple[str, ...]
    splits: NDArray[np.uint8]
    counts: Counts
    places: NDArray[np.float32]

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """(N, C) each class's share of each frame's labelled pixels, in [0, 1]."""
        pixels = self.counts.sum(axis=1, keepdims=True, dtype=np.int64)
        shares: NDArray[np.float64] = self.counts / np.maximum(pixels, 1)
        return shares

    def within(self, split: Split) -> NDArray[np.bool_]:
        """(N,) whether each frame belongs to a split."""
        if split == "all":
            return np.ones(len(self.names), dtype=np.bool_)
        chosen: NDArray[np.bool_] = self.splits == SPLITS.index(split)
        return chosen

    def pixels(self, split: Split = "all") -> NDArray[np.int64]:
        """(C,) pixels of each class."""
        pixels: NDArray[np.int64] = self.counts[self.within(split)].sum(axis=0, dtype=np.int64)
        return pixels

    def class_shares(self, split: Split = "all") -> NDArray[np.float64]:
        """(C,) each class's share of all labelled pixels, in [0, 1]; 0 if the split has no frames."""
        pixels = self.pixels(split)
        return pixels / max(int(pixels.sum()), 1)

    def frames_with_class(self, split: Split = "all") -> NDArray[np.int64]:
        """(C,) the number of frames in which each class occurs."""
        frames: NDArray[np.int64] = self._occurs(split).sum(axis=0, dtype=np.int64)
        return frames

    def classes_per_frame(self, split: Split = "all") -> NDArray[np.int64]:
        """(frames of the split,) the number of classes in each frame, including Void."""
        classes: NDArray[np.int64] = self._occurs(split).sum(axis=1, dtype=np.int64)
        return classes

    def heat_map(self, number: int, split: Split = "all") -> NDArray[np.float64]:
        """(60, 80) the class `number`'s share of each cell, in [0, 1], averaged over a split's frames.

        Each frame counts the same, whatever its size; all zeros if the split has no frames.
        """
        chosen = slice(None) if split == "all" else slice(SPLITS.index(split), SPLITS.index(split) + 1)
        frames = int(self.within(split).sum())
        summed: NDArray[np.float64] = self.places[chosen, number].sum(axis=0, dtype=np.float64)
        return summed / max(frames, 1)

    def as_dict(self) -> dict[str, Any]:
        """The figures as plain values, for JSON: per class, and per class in each split that has frames."""
        splits: list[Split] = ["all", *(split for split in SPLITS if self.within(split).any())]
        return {
            "dataset": self.dataset,
            "class_list": self.class_list.name,
            "frames": {split: int(self.within(split).sum()) for split in splits},
            "classes": [
                {"class": name, **self._figures(number, "all")}
                | {"splits": {split: self._figures(number, split) for split in splits[1:]}}
                for number, name in enumerate(self.class_list.names)
            ],
            "classes_per_frame": dict(zip(self.names, self.classes_per_frame().tolist(), strict=True)),
        }

    def _figures(self, number: int, split: Split) -> dict[str, Any]:
        return {
            "pixels": int(self.pixels(split)[number]),
            "share": float(self.class_shares(split)[number]),
            "frames": int(self.frames_with_class(split)[number]),
        }

    def _occurs(self, split: Split) -> NDArray[np.bool_]:
        return self.counts[self.within(split)] > 0


def frames_having(counts: Counts, classes: Sequence[int]) -> NDArray[np.bool_]:
    """(N,) which frames have every one of `classes`; all frames if that is empty.

    counts: (N, C).
    """
    return np.asarray((counts[:, list(classes)] > 0).all(axis=1))


def ordered_by_share(
    shares: NDArray[np.float64], number: int, chosen: NDArray[np.bool_] | None = None
) -> Numbers:
    """The indices of the `chosen` (N,) frames, the largest share of the class `number` first.

    shares: (N, C). Frames of equal share keep their order.
    """
    candidates = np.arange(len(shares)) if chosen is None else np.flatnonzero(chosen)
    return candidates[np.argsort(-shares[candidates, number], kind="stable")]


def measure(
    dataset: SegmentationDataset, progress: ProgressCallback = lambda done, total: None
) -> Statistics:
    """Count every label map, or take the cached counts if this content was counted before.

    progress: called with the frames done and their total; raising from it stops the counting. DatasetError
    names the first label map that cannot be read.
    """
    frames = dataset.frames()
    key = cache_key(_VERSION, label_fingerprint(dataset))
    kept = _decode(STATISTICS.read(key))
    if kept is None:
        kept = _count(dataset, frames, progress)
        STATISTICS.write(key, _encode(*kept))
    else:
        progress(len(frames), len(frames))
    splits = np.array([SPLITS.index(frame.split) for frame in frames], dtype=np.uint8)
    names = tuple(frame.name for frame in frames)
    return Statistics(dataset.name, dataset.class_list, names, splits, *kept)


def count_label(label: NDArray[np.uint8], classes: int) -> Counts:
    """(C,) pixels of each class in an (H, W) label map; UNLABELLED pixels count nowhere."""
    return np.bincount(label.ravel(), minlength=classes)[:classes].astype(np.uint32)


def place_label(label: NDArray[np.uint8], classes: int) -> NDArray[np.float32]:
    """(C, 60, 80) each class's share of each cell of the picture, in [0, 1].

    label: (H, W), in which UNLABELLED pixels are of no class. The cells divide the picture evenly; one with
    fewer rows or columns than the grid is repeated to have as many.
    """
    rows, cols = (_cells(side, cells) for side, cells in zip(label.shape, GRID, strict=True))
    spread = label[np.ix_(rows[0], cols[0])] if min(label.shape) < max(GRID) else label
    cells = rows[1][:, None] * GRID[1] + cols[1]
    size = GRID[0] * GRID[1]
    counted = np.bincount((spread * np.intp(size) + cells).ravel(), minlength=classes * size)[
        : classes * size
    ]
    areas = np.bincount(rows[1], minlength=GRID[0])[:, None] * np.bincount(cols[1], minlength=GRID[1])
    return (counted.reshape(classes, *GRID) / areas).astype(np.float32)


@dataclass(frozen=True)
class ClassExample:
    """A box of a frame that shows a class well: top left corner and size, in pixels of the frame."""

    frame: Frame
    top: int
    left: int
    height: int
    width: int
    share: float

    def cut(self, array: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The box of an image (H, W, 3) or label map (H, W) of that frame."""
        return array[self.top : self.top + self.height, self.left : self.left + self.width]


def typical_example(dataset: SegmentationDataset, statistics: Statistics, number: int) -> ClassExample | None:
    """A box that shows the class `number`: the densest one of the frame that has the most of it.

    The box has an aspect ratio of 4:3 and about twice the area of the class in that frame; `share` is the
    class's share of it, in [0, 1]. None if the class does not occur. DatasetError as for `read_label`.
    """
    if not statistics.counts[:, number].any():
        return None
    frame = dataset.frames()[int(statistics.shares[:, number].argmax())]
    mask = dataset.read_label(frame) == number
    height, width = _box_size(mask)
    top, left, share = _densest(mask, height, width)
    return ClassExample(frame, top, left, height, width, share)


def _box_size(mask: NDArray[np.bool_]) -> tuple[int, int]:
    rows, cols = mask.shape
    height = round(float(np.sqrt(2 * mask.sum() * 3 / 4)))
    height = min(rows, max(height, rows // 6, 1))
    return height, min(cols, round(height * 4 / 3))


def _densest(mask: NDArray[np.bool_], height: int, width: int) -> tuple[int, int, float]:
    """Top, left and share of the box with most of the mask; an integral image gives every box's sum."""
    integral = np.pad(mask.astype(np.int64), ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    upper, lower = integral[:-height], integral[height:]
    sums = lower[:, width:] - lower[:, :-width] - upper[:, width:] + upper[:, :-width]
    top, left = (int(place) for place in np.unravel_index(sums.argmax(), sums.shape))
    return top, left, float(sums[top, left]) / (height * width)


def _cells(side: int, cells: int) -> tuple[Numbers, Numbers]:
    """For a side of the picture: which pixels are taken, and the cell of each."""
    length = max(side, cells)
    steps = np.arange(length)
    return steps * side // length, steps * cells // length


def _count(
    dataset: SegmentationDataset, frames: tuple[Frame, ...], progress: ProgressCallback
) -> tuple[Counts, NDArray[np.float32]]:
    classes = len(dataset.class_list)
    counts = np.zeros((len(frames), classes), dtype=np.uint32)
    places = np.zeros((len(SPLITS), classes, *GRID), dtype=np.float32)

    def count(frame: Frame) -> tuple[Counts, NDArray[np.float32]]:
        label = dataset.read_label(frame)
        return count_label(label, classes), place_label(label, classes)

    with contextlib.closing(in_order(count, frames, in_background=True)) as results:
        for number, (frame, (pixels, place)) in enumerate(zip(frames, results, strict=True)):
            counts[number] = pixels
            places[SPLITS.index(frame.split)] += place
            progress(number + 1, len(frames))
    return counts, places


def _encode(counts: Counts, places: NDArray[np.float32]) -> bytes:
    file = io.BytesIO()
    np.savez(file, counts=counts, places=places)
    return file.getvalue()


def _decode(kept: bytes | None) -> tuple[Counts, NDArray[np.float32]] | None:
    """The cached counts; None if there are none, or the file is damaged."""
    if kept is None:
        return None
    try:
        with np.load(io.BytesIO(kept), allow_pickle=False) as parts:
            return parts["counts"], parts["places"]
    except Exception:  # whatever a damaged file makes the readers raise: it is counted anew
        return None
